"""What `install.py` does. Standard library only: it runs before anything is installed."""


class SetupError(Exception):
    """Something that the user can mend: the text is one sentence that says what is wrong and what to do."""
