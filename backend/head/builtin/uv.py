"""Texture coordinates: the skin unrolled from a seam down the back of the head, the rest as islands below it.

The skin is mapped into a rectangle by springs (W. Tutte, "How to draw a graph", 1963): with a convex border they never
fold. Ears, sockets, nostrils, the mouth's inside and the eyeballs become disks. What the mouth holds: mouth_uv.py.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix, diags
from scipy.sparse.linalg import splu

from .blocks import spread, spread_half
from .fields import ramp
from .layout import COLUMNS, OPENINGS, Half, block_quads, ring_quads

FLOOR = 0.290  # v above which the skin lies
GUTTER = 0.006


@dataclass(frozen=True)
class Island:
    """quads (P, 4) of the half or of an eyeball, and where its vertices lie: (V, 2), only those used count."""

    quads: np.ndarray
    uvs: np.ndarray


def spring_weights(points: np.ndarray, quads: np.ndarray, middle: np.ndarray) -> csc_matrix:
    """(V, V) symmetric: springs along the quads' edges, softer in the face, so that it becomes large."""
    pairs = np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)])
    pairs = np.unique(np.sort(pairs, 1), axis=0)
    front = ramp(points[pairs].mean(1)[:, 1], -1.0, -8.0) * ramp(points[pairs].mean(1)[:, 2], -12.0, -9.0)
    values = np.where(middle[pairs].all(1), 0.5, 1.0) / (1 + 0.6 * front)  # both halves share the middle's springs
    weights = csc_matrix((values, pairs.T), (len(points),) * 2)
    return (weights + weights.T).tocsc()


def flattened(
    weights: csc_matrix, used: np.ndarray, rim: np.ndarray, places: np.ndarray, middle: np.ndarray
) -> np.ndarray:
    """(V, 2): the vertices `rim` at the convex `places`, those of the middle at u = 0.5, the rest in balance."""
    out = np.full((weights.shape[0], 2), 0.5)
    out[rim] = places
    laplace = (diags(np.asarray(weights.sum(1)).ravel()) - weights).tocsc()
    for axis in range(2):
        fixed = np.union1d(rim, np.flatnonzero(middle)) if axis == 0 else rim
        free = np.setdiff1d(used, fixed)
        out[free, axis] = splu(laplace[free][:, free]).solve(-laplace[free][:, fixed] @ out[fixed, axis])
    return out


def lengths(points: np.ndarray, weights: np.ndarray | float = 1.0) -> np.ndarray:
    """(N,) share of a path's length walked at each of its points (N, D)."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1) * weights
    return np.append(0, np.cumsum(steps)) / steps.sum()


def skin(half: Half, points: np.ndarray) -> Island:
    """The half's skin in [0.5, 1] x [FLOOR, 1]; the middle of the face at u = 0.5."""
    seam, bottom = half.grid[::-1, COLUMNS], half.grid[0]
    down = lengths(points[seam])
    corner = np.searchsorted(down, 0.42)  # the seam's upper part runs along the top
    top, right = 0.5 + 0.5 * down / down[corner], 1 - (down - down[corner]) / (1 - down[corner])
    floor = np.linspace(1.0, 0.5, COLUMNS + 1)
    places = np.stack([
        np.concatenate([np.minimum(top, 1.0), floor[1:]]), np.concatenate([np.minimum(right, 1.0), 0 * floor[1:]])
    ], 1)  # fmt: skip
    rim = np.concatenate([seam, bottom[-2::-1]])
    weights = spring_weights(points, half.quads, half.middle)
    inner = [half.rings[name][hole.rim :].ravel() for name, hole in OPENINGS.items()]
    hidden = np.concatenate(inner + [cap.ravel() for cap in half.caps.values()])
    stiff = diags(np.where(np.isin(np.arange(len(points)), hidden), 2.0, 1.0))
    weights = (stiff @ weights @ stiff).tocsc()  # the openings stay small
    uvs = flattened(weights, np.arange(len(points)), rim, places, half.middle)
    uvs[:, 1] = FLOOR + GUTTER + (1 - FLOOR - 2 * GUTTER) * uvs[:, 1]
    uvs[:, 0] = 0.5 + (uvs[:, 0] - 0.5) * (1 - 2 * GUTTER)
    return Island(np.concatenate(skin_quads(half)), uvs)


def skin_quads(half: Half) -> list[np.ndarray]:
    """Quads of the half that are no island of their own."""
    parts = [block_quads(half.grid), block_quads(half.crown)]
    for name, hole in OPENINGS.items():
        parts.append(ring_quads(half.rings[name][: hole.rim + 1], name != "mouth"))
    return parts


def disk(half: Half, name: str, center: tuple[float, float], radius: float) -> Island:
    """What lies inside an opening's rim as concentric rings; the mouth's as the right half of a disk."""
    rings, cap, hole = half.rings[name][OPENINGS[name].rim :], half.caps[name], OPENINGS[name]
    if name == "mouth":
        angle = np.linspace(-np.pi / 2, np.pi / 2, rings.shape[1])
    else:
        angle = np.radians(225) + np.arange(rings.shape[1]) * 2 * np.pi / rings.shape[1]
    way = np.stack([np.cos(angle), np.sin(angle)], 1)
    uvs = np.zeros((len(half.middle), 2))
    for step, ring in enumerate(rings):
        uvs[ring] = (1 - 0.75 * step / (len(rings) - 0.5)) * way
    fill = spread_half if name == "mouth" else spread
    uvs[cap] = fill(uvs[rings[-1]], hole.wide, hole.tall)
    quads = np.concatenate([ring_quads(rings, name != "mouth"), block_quads(cap)])
    return Island(quads, np.asarray(center) + radius * uvs)


def half_islands(half: Half, points: np.ndarray) -> list[Island]:
    """All islands of the left half, in the right half of the tile; mirrored they are those of the right half."""
    return [skin(half, points), disk(half, "ear", (0.895, 0.105), 0.098), disk(half, "mouth", (0.5, 0.051), 0.048),
            disk(half, "eye", (0.615, 0.055), 0.032), disk(half, "nostril", (0.615, 0.135), 0.022)]  # fmt: skip


def eyeball_islands(quads: np.ndarray, angle: np.ndarray, around: np.ndarray, split: float) -> list[Island]:
    """The front of the left eyeball (up to the angle `split`) and its back, as disks; the iris is in the middle."""
    way = np.stack([np.cos(around), np.sin(around)], 1)
    is_front = angle[quads].max(1) <= split + 1e-6
    front = np.array([0.722, 0.105]) + 0.070 * (angle / split)[:, None] ** 0.85 * way
    back = np.array([0.615, 0.185]) + 0.024 * ((np.pi - angle) / (np.pi - split))[:, None] * way * np.array([-1, 1])
    return [Island(quads[is_front], front), Island(quads[~is_front], back)]
