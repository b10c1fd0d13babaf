"""How a stage tells how far it is, shows what it has, and learns that it must stop."""

from typing import Protocol

from .picture import Drawer
from .surface import Surface


class Progress(Protocol):
    """Called often by a stage; raises errors.Cancelled when the job must stop.

    Of a stage that refines, it raises errors.Enough each time once the artist has asked for what there is.
    """

    def __call__(self, fraction: float) -> None:
        """fraction of this stage that is done, in [0, 1]."""


def silent(fraction: float) -> None:
    """A Progress that nobody listens to."""


class Live(Protocol):
    """Where a stage shows what it has so far (normalized frame). Called after every step: it draws when one is due."""

    def surface(self, surface: Surface) -> None:
        """The surface so far."""

    def field(self, draw: Drawer) -> None:
        """The field so far."""


class Unseen:
    """A Live that nobody looks at."""

    def surface(self, surface: Surface) -> None:
        """Nothing is drawn."""

    def field(self, draw: Drawer) -> None:
        """Nothing is drawn."""
