"""Where the subject leaves the pictures: one plane through, say, the shoulders, beyond which nothing is kept.

A mask that touches a side of its picture goes on beyond it. Where many pictures are left in about the same world
direction, and no picture shows the subject's end there, the kept part ends at the outermost slab along this
direction that still lies within most pictures.
"""

from collections.abc import Sequence

import numpy as np

from ..scene import CutPlane
from .carve import Silhouette, Votes

_TOUCHED = 0.3  # share of the views whose masks must be cut off for a plane to be looked for
_COHERENT = 0.5  # cosine to the common direction from which on a side belongs to it
_SEEN = 0.55  # share of the views that see a point of the outermost kept slab, on average
_WITNESSES = 0.15  # share of the views that, showing the subject's end, make a plane needless
# Outward normals of a picture's sides in camera axes: left, top, right, bottom.
_SIDES = np.array([[-1.0, 0, 0], [0, 1, 0], [1, 0, 0], [0, -1, 0]])


def find_cut(votes: Votes, kept: np.ndarray, silhouettes: Sequence[Silhouette]) -> CutPlane | None:
    """The plane, or None where the masks lie within the pictures; kept (N,) bool are the hull's points."""
    direction, leaving = leaving_direction(silhouettes)
    if leaving.mean() < _TOUCHED:
        return None
    points, seen = votes.points[kept], votes.seen[:, kept]
    along = points @ direction
    start = float(np.median(along))
    slab = np.floor((along - start) / votes.spacing).astype(int)
    last = int(slab.max())
    present = [number for number in range(last + 1) if (slab == number).any()]
    first = next((number for number in present if seen[:, slab == number].mean() < _SEEN), last + 1)
    witnesses = seen[:, slab >= min(first, last)].all(1) & ~leaving
    if witnesses.mean() >= _WITNESSES:
        return None  # enough pictures show where it ends
    center = points.mean(0)
    return CutPlane(center + (start + first * votes.spacing - center @ direction) * direction, direction)


def leaving_direction(silhouettes: Sequence[Silhouette]) -> tuple[np.ndarray, np.ndarray]:
    """The unit world direction (3,) in which most masks leave their pictures, and which views' masks do (V,) bool.

    The side with the most support of like-minded sides is the seed; the direction is their mean, weighted by how
    much of the side the mask touches.
    """
    views, sides = np.nonzero(np.array([one.touched for one in silhouettes]))
    if len(views) == 0:
        return np.zeros(3), np.zeros(len(silhouettes), bool)
    touched = [(silhouettes[view], side) for view, side in zip(views, sides, strict=True)]
    directions = np.array([one.camera.camera_to_world[:3, :3] @ _SIDES[side] for one, side in touched])
    weights = np.array([one.touched[side] for one, side in touched])
    support = np.maximum(directions @ directions.T, 0) @ weights
    mean = directions[np.argmax(support)]
    for _ in range(5):
        agreeing = directions @ mean > _COHERENT
        mean = (weights[agreeing, None] * directions[agreeing]).sum(0)
        mean /= np.linalg.norm(mean)
    leaving = np.zeros(len(silhouettes), bool)
    leaving[views[directions @ mean > _COHERENT]] = True
    return mean, leaving
