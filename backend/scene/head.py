"""A head model after it was fitted to views: what the stages that follow need to know of it."""

from dataclasses import dataclass

import numpy as np

from .surface import Surface, UvAtlas

# What a vertex belongs to. The last four are parts of their own, which the skin encloses.
REGIONS = ("face", "lips", "scalp", "ear", "neck", "socket", "mouth", "eyeball", "teeth")
FACE, LIPS, SCALP, EAR, NECK, SOCKET, MOUTH, EYEBALL, TEETH = range(len(REGIONS))


@dataclass(frozen=True)
class HeadShape:
    """The fitted model, in the frame of the views it was fitted to.

    surface  triangles: the skin (open at the neck), eyeballs, and what the mouth holds
    atlas    the model's own texture coordinates, one tile, nothing overlapping
    region   (V,) uint8, index into REGIONS; what hair covers counts as scalp
    mirror   (V,) int32: the vertex on the other side of the head, the nearest one to it where there is no such; itself
             on the middle line
    carried  whether photos and not the model made the skin's shape: what they see lies where they see it
    """

    surface: Surface
    atlas: UvAtlas
    region: np.ndarray
    mirror: np.ndarray
    model: str  # name of the head model
    carried: bool = False
    metre: float | None = None  # length of one in the surface's frame; None: not known

    @property
    def inner(self) -> np.ndarray:
        """(V,) bool: what the skin encloses; photos show little of it, and by accident."""
        return np.isin(self.region, (SOCKET, MOUTH, EYEBALL, TEETH))
