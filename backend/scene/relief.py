"""Triangles seen from one side as a map of heights. numpy alone: this also runs inside Blender.

Glossary: u, v are the map's axes, h the height over it; a node is a point of the map's grid.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Nodes:
    """A grid of points: low (2,) is the first, step their distance, shape how many there are along u and v."""

    low: np.ndarray
    step: float
    shape: tuple[int, int]

    @classmethod
    def over(cls, points: np.ndarray, step: float) -> "Nodes":
        """The grid that covers points (N, 2)."""
        low, high = points.min(0), points.max(0)
        return cls(low, step, tuple(int(count) for count in np.ceil((high - low) / step).astype(int) + 1))

    @property
    def u(self) -> np.ndarray:
        """(shape[0],) of the nodes."""
        return self.low[0] + self.step * np.arange(self.shape[0])

    @property
    def v(self) -> np.ndarray:
        """(shape[1],) of the nodes."""
        return self.low[1] + self.step * np.arange(self.shape[1])


def lowest(points: np.ndarray, faces: np.ndarray, nodes: Nodes) -> np.ndarray:
    """The least h of all triangles over each node, inf where there is none: `nodes.shape`.

    points (V, 3): u, v, h; faces (F, 3) into them. The greatest h is -lowest of points with -h.
    """
    least = np.full(nodes.shape[0] * nodes.shape[1], np.inf)
    corners = points[faces].astype(float)
    corners[..., :2] = (corners[..., :2] - nodes.low) / nodes.step
    corners = corners[np.isfinite(corners).all((1, 2))]
    limit = np.array(nodes.shape) - 1
    first = np.clip(np.ceil(corners[..., :2].min(1)), 0, None).astype(int)
    last = np.minimum(np.floor(corners[..., :2].max(1)), limit).astype(int)
    tall = np.maximum(last - first + 1, 0)
    count = tall.prod(1)
    which = np.repeat(np.arange(len(corners)), count)
    within = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    node = first[which] + np.stack([within // np.maximum(tall[which, 1], 1), within % np.maximum(tall[which, 1], 1)], 1)
    height, inside = _heights(corners[which], node)
    np.minimum.at(least, node[inside, 0] * nodes.shape[1] + node[inside, 1], height[inside])
    return least.reshape(nodes.shape)


def _heights(corners: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangles (N, 3, 3) and a place (N, 2) each -> the height there (N,), and whether the triangle reaches it."""
    a, b, c = (corners[:, k, :2] - at for k in range(3))
    shares = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)], 1)
    area = shares.sum(1)
    safe = np.where(np.abs(area) < 1e-12, np.inf, area)
    shares = shares / safe[:, None]
    inside = (shares >= -1e-6).all(1) & np.isfinite(safe)
    return (shares * corners[:, :, 2]).sum(1), inside


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
