"""Skin lifted off a ball by the same amount in all its layers, so that none comes out through another.

What is needed somewhere is spread over the directions out of the ball's center, with a slope around it where it would
end as a step. A lid's outside, its edge and what is hidden behind them then keep their order.
"""

import numpy as np

_STEP = 0.02  # radians between the nodes of the map: 0.3 mm on an eyeball
_WIDEST = 1.5  # radians from the front, in azimuth and elevation
_COUNT = int(2 * _WIDEST / _STEP) + 1
_SLOPE = 12  # times that the map is smoothed


def spherical(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (..., 3) from the center -> azimuth from -Y to +X, elevation towards +Z (radians), and distance (...,)."""
    size = np.linalg.norm(points, axis=-1)
    return np.arctan2(points[..., 0], -points[..., 1]), np.arcsin(points[..., 2] / size), size


def cartesian(azimuth: np.ndarray, elevation: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The inverse of `spherical`: (..., 3)."""
    flat = size * np.cos(elevation)
    return np.stack([flat * np.sin(azimuth), -flat * np.cos(azimuth), size * np.sin(elevation)], -1)


def samples(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """What is known at vertices (K, ...), at the corners, the edges' middles and the middles of triangles (7F, ...)."""
    corners = points[faces]
    middles = (corners + np.roll(corners, 1, 1)) / 2
    return np.concatenate([corners, middles, corners.mean(1, keepdims=True)], 1).reshape(-1, *points.shape[1:])


def spread(need: np.ndarray, points: np.ndarray, at: np.ndarray) -> np.ndarray:
    """need (S,) at points (S, 3) from the center -> (K,) at points (K, 3): nowhere less than what is needed there."""
    least = np.zeros((_COUNT, _COUNT))
    first = _place(points)[0]
    for across in (0, 1):
        for up in (0, 1):
            np.maximum.at(least, (first[:, 0] + across, first[:, 1] + up), need)
    everywhere = least
    for _ in range(_SLOPE if need.any() else 0):
        everywhere = np.maximum(least, _mean(everywhere))
    (i, j), (u, v) = (part.T for part in _place(at))
    near = (1 - v) * everywhere[i, j] + v * everywhere[i, j + 1]
    far = (1 - v) * everywhere[i + 1, j] + v * everywhere[i + 1, j + 1]
    return (1 - u) * near + u * far


def _place(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The node before each point (N, 2), and the share of the way to the next."""
    azimuth, elevation, _ = spherical(points)
    at = np.clip((np.stack([azimuth, elevation], 1) + _WIDEST) / _STEP, 0, _COUNT - 1.001)
    return at.astype(int), at % 1


def _mean(values: np.ndarray) -> np.ndarray:
    """Of each node and its eight neighbors."""
    for axis in (0, 1):
        padded = np.pad(values, [(1, 1) if axis == other else (0, 0) for other in (0, 1)])
        values = (padded.take(range(_COUNT), axis) + values + padded.take(range(2, _COUNT + 2), axis)) / 3
    return values
