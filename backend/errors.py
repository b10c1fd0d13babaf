"""The one exception tree. Standard library only, so that every layer and the extension can use it."""


class LikenessError(Exception):
    """Anything that Likeness raises on purpose."""


class UserError(LikenessError):
    """The input or the machine is at fault: the text says what happened and what to do about it."""


class Cancelled(LikenessError):
    """The artist, a time limit or the end of Blender stopped the job."""


class Enough(LikenessError):
    """The artist asks for a result made of what there is so far: what refines ends here, the job does not."""
