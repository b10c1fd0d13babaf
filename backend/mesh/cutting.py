"""Holes in a fitted surface for the openings of a head model that was laid onto it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..scene import Surface
from .closest import Closest
from .openings import Opening
from .patches import simple_patch

_SPACING, _TURN = 0.002, 0.004  # meters, see Closest
_STRIP = 0.0006  # meters along the skin from the loop, over which the surface goes at least
_WIDEST = 0.012  # meters from the loop: what reaches farther is more than a hole for an eye or a mouth
_NEAR = 0.004  # meters: a loop that lies farther from the surface ...
_SHARE = 0.1  # ... along more than this share of it cannot be joined


@dataclass(frozen=True)
class Cut:
    """A hole for an opening: the surface's triangles (F,) bool that go, and the loop (N,) of vertices around them."""

    opening: Opening
    faces: np.ndarray
    loop: np.ndarray


def cuts_for(target: Surface, model: Surface, skin: np.ndarray, openings: Sequence[Opening], metre: float) -> list[Cut]:
    """One for each opening that the surface allows. model: laid onto the target; skin (V,) bool of its vertices."""
    faces = model.faces[skin[model.faces].all(1)]
    on_model = Closest(Surface(model.vertices, faces), _SPACING * metre, _TURN * metre)
    touch = on_model.touch(target.vertices, target.vertex_normals())
    on_target = Closest(target, _SPACING * metre, _TURN * metre)
    cuts: list[Cut] = []
    taken = np.zeros(len(target.vertices), bool)
    for opening in openings:
        if not _lies_on(on_target, model, opening.loop, metre):
            continue
        height = (opening.height[faces[touch.face]] * touch.weights).sum(1)
        patch = simple_patch(target.faces, (height < _STRIP * metre)[target.faces].any(1))
        if patch is None:
            continue
        corners = target.faces[patch[0]]
        if height[corners].max() < _WIDEST * metre and not taken[corners].any():
            taken[corners] = True
            cuts.append(Cut(opening, *patch))
    return cuts


def widened(target: Surface, cut: Cut, vertices: np.ndarray) -> Cut:
    """The cut with the triangles about those vertices of its loop; the cut itself where it cannot be wider."""
    about = np.isin(target.faces, np.intersect1d(vertices, cut.loop)).any(1)
    patch = simple_patch(target.faces, cut.faces | about) if about.any() else None
    return cut if patch is None else Cut(cut.opening, *patch)


def _lies_on(on_target: Closest, model: Surface, loop: np.ndarray, metre: float) -> bool:
    """Whether the target has the model's skin along a loop, but for a small share of it."""
    touch = on_target.touch(model.vertices[loop], model.vertex_normals()[loop])
    return ((touch.away > _NEAR * metre) | (touch.agreement < 0)).mean() <= _SHARE
