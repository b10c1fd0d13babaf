"""How a stage tells how far it is, and learns that it must stop."""

from typing import Protocol


class Progress(Protocol):
    """Called often by a stage; raises errors.Cancelled when the job must stop."""

    def __call__(self, fraction: float) -> None:
        """fraction of this stage that is done, in [0, 1]."""


def silent(fraction: float) -> None:
    """A Progress that nobody listens to."""
