"""Smooth displacements of the left half: pulls, stretches and weights, from which identity and expressions are made.

Everything in centimeters on points (N, 3) of the half with x >= 0. Every field is the left half of a symmetric one: a
pull on the left has its mirror image on the right, which reaches over the middle.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix, diags
from scipy.sparse.linalg import splu

from .skin import EYE

FLIP = np.array([-1.0, 1.0, 1.0])


def ramp(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 at `low`, 1 at `high`, smooth between and flat beyond; either order of the two."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return t * t * t * (10 - 15 * t + 6 * t * t)


def bump(points: np.ndarray, center: tuple, size: tuple | float) -> np.ndarray:
    """A Gaussian (N,) with standard deviations `size`."""
    return np.exp(-0.5 * (((points - np.asarray(center)) / np.asarray(size)) ** 2).sum(-1))


def pull(points: np.ndarray, center: tuple, size: tuple | float, vector: tuple) -> np.ndarray:
    """A Gaussian pull at `center` and its mirror image: (N, 3). A center on the middle pulls once."""
    here = bump(points, center, size)[:, None] * np.asarray(vector)
    if center[0] == 0:
        return here
    return here + bump(points * FLIP, center, size)[:, None] * np.asarray(vector) * FLIP


@dataclass(frozen=True)
class Graph:
    """The half as a graph: who neighbors whom."""

    laplace: csc_matrix  # (V, V) symmetric, positive semidefinite

    @classmethod
    def of(cls, quads: np.ndarray, count: int) -> "Graph":
        """Of quads (P, 4) over `count` vertices."""
        pairs = np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)])
        links = csc_matrix((np.ones(len(pairs)), pairs.T), (count, count))
        links = ((links + links.T) > 0).astype(float)
        return cls((diags(np.asarray(links.sum(1)).ravel()) - links).tocsc())

    def diffused(self, known: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Harmonic: `values` (N,) or (N, D) at the vertices `known` (N,), the mean of the neighbors elsewhere."""
        count = self.laplace.shape[0]
        out = np.zeros((count, *values.shape[1:]))
        out[known] = values
        free = np.setdiff1d(np.arange(count), known)
        out[free] = splu(self.laplace[free][:, free].tocsc()).solve(-self.laplace[free][:, known] @ out[known])
        return out


def carried_eye(points: np.ndarray, field, reach: tuple[float, float] = (1.5, 3.0)) -> np.ndarray:
    """A field (points -> vectors) that moves the eye and what hugs it as one piece: (N, 3)."""
    free, whole = field(points), field(EYE[None])
    share = ramp(np.linalg.norm(points - EYE, axis=1), reach[1], reach[0])[:, None]
    return free + share * (whole - free)
