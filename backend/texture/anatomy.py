"""Where a fitted head's sides are, how large it is, and how far its vertices lie from its hair."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from ..scene import Surface
from ..scene.head import EAR, FACE, NECK, SCALP, HeadShape

_EAR_MARGIN = 8.0  # millimeters around an ear within which hair may not color what is no scalp
_WIDTH = 155.0  # millimeters: breadth of an adult's head above the ears


@dataclass(frozen=True)
class Axes:
    """turn (3, 3) takes directions into the head's own frame (+X its left, -Y forward, +Z up).

    center      (3,) of the skull, in the surface's frame
    millimeter  length of one, in the surface's frame
    """

    turn: np.ndarray
    center: np.ndarray
    millimeter: float

    @property
    def forward(self) -> np.ndarray:
        """Where the head looks to, (3,) unit, in the surface's frame."""
        return -self.turn[1]


def axes_of(surface: Surface, head: HeadShape) -> Axes:
    """Left and right from the pairs of mirrored vertices, front and up from where face, scalp and neck lie."""
    vertices = surface.vertices.astype(np.float64)
    apart = vertices - vertices[head.mirror]
    left = np.linalg.svd(apart, full_matrices=False)[2][0]
    face, skull = vertices[head.region == FACE], np.isin(head.region, (FACE, SCALP))
    behind = vertices[np.isin(head.region, (SCALP, EAR, NECK))]
    ahead = face.mean(0) - (behind.mean(0) if len(behind) else vertices.mean(0))
    ahead -= left * (ahead @ left)
    # The scalp lies above, the neck below; together they tell up better than either where one is missing.
    up = vertices[head.region == SCALP].mean(0) if (head.region == SCALP).any() else face.mean(0)
    up = up - (vertices[head.region == NECK].mean(0) if (head.region == NECK).any() else vertices.mean(0))
    up -= left * (up @ left)
    forward = ahead - up * (ahead @ up) / max(up @ up, 1e-12)
    if np.linalg.norm(forward) < 1e-6:
        forward = np.cross(left, up)
    forward, up = forward / np.linalg.norm(forward), up / max(np.linalg.norm(up), 1e-12)
    turn = np.stack([np.cross(up, forward), -forward, up])
    across = (vertices[skull] if skull.any() else vertices) @ turn[0]
    millimeter = float(np.ptp(across)) / _WIDTH if head.metre is None else head.metre / 1000
    return Axes(turn, vertices[skull].mean(0), millimeter)


def hairiness(surface: Surface, head: HeadShape, axes: Axes, reach: float = 22.0) -> np.ndarray:
    """(V,) in [0, 1]: may hair color a vertex? 1 on the scalp, falling to 0 `reach` millimeters off it, 0 on ears."""
    hairy = (head.region == SCALP).astype(np.float64)
    near = np.isin(head.region, (FACE, NECK))
    if hairy.any() and near.any():
        scalp = cKDTree(surface.vertices[head.region == SCALP])
        away = scalp.query(surface.vertices[near])[0] / (reach * axes.millimeter)
        hairy[near] = np.clip(1 - away, 0, 1)
        if (head.region == EAR).any():
            ear = cKDTree(surface.vertices[head.region == EAR]).query(surface.vertices[near])[0] / axes.millimeter
            hairy[near] *= np.clip(ear / _EAR_MARGIN - 0.5, 0, 1)
    return hairy


def depth_in_scalp(surface: Surface, head: HeadShape, axes: Axes) -> np.ndarray:
    """(V,) millimeters from a vertex of the scalp to the nearest one of the face; 0 off the scalp."""
    depth = np.zeros(len(surface.vertices))
    scalp = head.region == SCALP
    if scalp.any() and (head.region == FACE).any():
        face = cKDTree(surface.vertices[head.region == FACE])
        depth[scalp] = face.query(surface.vertices[scalp])[0] / axes.millimeter
    return depth
