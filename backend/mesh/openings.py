"""Where a head model's eyes and mouth are cut out of it: loops of its edges outside the lids and the lips."""

from dataclasses import dataclass

import numpy as np

from ..scene import HeadShape
from ..scene.head import LIPS
from .closest import Closest
from .parts import Parts, along_skin, mouth_bag, part_surface, socket_of
from .patches import simple_patch
from .smoothing import umbrella

_BEYOND = {"mouth": 0.007, "eye": 0.007}  # meters along the skin, from the lips and from the lids' rims
_SMOOTHINGS = 10  # of that length, so that a jagged border of the lips does not make a jagged loop
_RIM = 0.0015  # meters from the eyeball: skin that lies on it
_SPACING = 0.001  # meters, see Closest


@dataclass(frozen=True)
class Opening:
    """A patch of the model's skin about an eye or the mouth.

    faces   (F,) bool of the model's triangles
    loop    (N,) the model's vertices around it, with the patch to the left
    height  (V,) length along the skin from the loop, negative inside; inf off the skin
    parts   (V,) bool: eyeball, or teeth, gums and tongue
    """

    name: str  # eye or mouth
    faces: np.ndarray
    loop: np.ndarray
    height: np.ndarray
    parts: np.ndarray

    @property
    def vertices(self) -> np.ndarray:
        """(V,) bool: the patch with its loop."""
        return self.height <= 0


def openings_of(shape: HeadShape, parts: Parts, metre: float) -> list[Opening]:
    """The eyes and the mouth of a model, those that it has."""
    sought = [("eye", _lids(shape, parts.skin, eye, metre), eye) for eye in parts.eyes]
    lips = parts.skin & (shape.region == LIPS)
    if mouth_bag(shape, parts.skin).any():
        sought.append(("mouth", mouth_bag(shape, parts.skin) | lips, parts.inside))
    found = []
    for name, seeds, inside in sought:
        opening = _opening(shape, parts.skin, name, seeds, inside, metre)
        if opening is not None:
            found.append(opening)
    return found


def _lids(shape: HeadShape, skin: np.ndarray, eye: np.ndarray, metre: float) -> np.ndarray:
    """(V,) bool: the socket, and the lids as far as they lie on the eyeball."""
    ball, normals = part_surface(shape.surface, eye), shape.surface.vertex_normals()
    at = np.flatnonzero(skin)
    touch = Closest(ball, _SPACING * metre, 0.0).touch(shape.surface.vertices[at], normals[at])
    lids = socket_of(shape, skin, eye)
    lids[at] |= touch.away < _RIM * metre
    return lids


def _opening(shape: HeadShape, skin: np.ndarray, name: str, seeds, inside, metre: float) -> Opening | None:
    surface, own = part_surface(shape.surface, skin), np.flatnonzero(skin)
    away, to_mean = along_skin(surface, seeds[own]), umbrella(surface.faces, len(own))
    for _ in range(_SMOOTHINGS):
        away = away + 0.5 * (to_mean @ away)
    cut = simple_patch(surface.faces, (away < _BEYOND[name] * metre)[surface.faces].all(1))
    if cut is None:
        return None
    patch, loop = cut
    on_loop = np.zeros(len(own), bool)
    on_loop[loop] = True
    within = np.zeros(len(own), bool)
    within[surface.faces[patch].ravel()] = True
    height = np.full(len(skin), np.inf)
    height[own] = along_skin(surface, on_loop) * np.where(within, -1, 1)
    faces = np.zeros(len(shape.surface.faces), bool)
    faces[np.flatnonzero(skin[shape.surface.faces].all(1))[patch]] = True
    return Opening(name, faces, own[loop], height, inside)
