"""Where the subject is, in any unit and frame: from the cameras and the masks alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..scene import Bounds, CutPlane, View
from .carve import Silhouette, silhouette, vote
from .cut import find_cut
from .hull import Hull, find_hull

_MARGIN = 1.06  # of the sphere around what is kept
_CROWDED = 0.1  # share of the other views that may carve the place of a camera that stands within the subject


@dataclass(frozen=True)
class Placement:
    """Where the subject is, and the names of the views whose cameras stand within it."""

    bounds: Bounds
    cut: CutPlane | None
    inside: tuple[str, ...] = ()


def place(views: Sequence[View]) -> Placement:
    """Bounds and cut of what the views show; UserError where cameras and masks contradict one another."""
    silhouettes = [silhouette(view) for view in views]
    hull = find_hull(silhouettes)
    points = hull.points
    cut = find_cut(hull.votes, hull.kept, silhouettes)
    if cut is not None:
        points = points[(points - cut.point) @ cut.normal < 0]
    middle, radius = enclosing_sphere(points)
    bounds = Bounds(middle, _MARGIN * (radius + hull.votes.spacing / 2))
    return Placement(bounds, cut, _inside(silhouettes, hull, bounds))


def enclosing_sphere(points: np.ndarray) -> tuple[np.ndarray, float]:
    """A nearly smallest sphere around points (N, 3): Badoiu and Clarkson's walk (2003) towards the farthest point."""
    center = (points.min(0) + points.max(0)) / 2
    for step in range(1, 200):
        farthest = points[np.argmax(((points - center) ** 2).sum(1))]
        center = center + (farthest - center) / (step + 1)
    return center, float(np.sqrt(((points - center) ** 2).sum(1).max()))


def _inside(silhouettes: Sequence[Silhouette], hull: Hull, bounds: Bounds) -> tuple[str, ...]:
    """Names of the views whose own camera stands where the other views see the subject."""
    names = []
    for number, one in enumerate(silhouettes):
        position = one.camera.position
        if np.linalg.norm(position - bounds.center) > bounds.radius:
            continue
        others = [*silhouettes[:number], *silhouettes[number + 1 :]]
        if vote(position[None], hull.votes.spacing, others).survivors(0.5, _CROWDED).any():
            names.append(one.name)
    return tuple(names)
