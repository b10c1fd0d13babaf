"""Signed distances of the primitives a sculptor starts from, and the soft ways of joining them.

Distances are negative inside. Points are (N, 3) in centimeters; every function returns (N,) in centimeters.
The forms are textbook ones (J. C. Hart, "Sphere tracing", 1996; the polynomial smooth minimum is from
J. Bloomenthal (ed.), "Introduction to Implicit Surfaces", 1997, in its quadratic shape).
"""

from collections.abc import Sequence

import numpy as np

Point = Sequence[float]


def length(vectors: np.ndarray) -> np.ndarray:
    """vectors (N, 3) -> Euclidean norms (N,)."""
    return np.sqrt(np.einsum("ij,ij->i", vectors, vectors))


def sphere(points: np.ndarray, center: Point, radius: float) -> np.ndarray:
    """Exact distance to a ball."""
    return length(points - np.asarray(center)) - radius


def ellipsoid(points: np.ndarray, center: Point, radii: Point, axes: np.ndarray | None = None) -> np.ndarray:
    """First-order distance to an ellipsoid; rows of `axes` (3, 3) are its unit axes, the world's by default."""
    local = points - np.asarray(center)
    if axes is not None:
        local = local @ axes.T
    scaled = local / np.asarray(radii)
    k0 = length(scaled)
    k1 = length(scaled / np.asarray(radii))
    return k0 * (k0 - 1.0) / np.maximum(k1, 1e-9)


def cone(points: np.ndarray, start: Point, end: Point, start_radius: float, end_radius: float) -> np.ndarray:
    """A bone: the balls at `start` and `end` and all balls between them."""
    axis = np.asarray(end, float) - np.asarray(start, float)
    local = points - np.asarray(start)
    t = np.clip(local @ axis / (axis @ axis), 0.0, 1.0)
    return length(local - t[:, None] * axis) - (start_radius + (end_radius - start_radius) * t)


def chain(points: np.ndarray, joints: np.ndarray, radii: Sequence[float]) -> np.ndarray:
    """Bones one after another: joints (J, 3), radii (J,)."""
    bones = [cone(points, joints[i], joints[i + 1], radii[i], radii[i + 1]) for i in range(len(joints) - 1)]
    return np.minimum.reduce(bones)


def curve(knots: Sequence[Point], samples: int) -> np.ndarray:
    """A Catmull-Rom curve through knots (K, D), resampled to `samples` points (samples, D); D is free."""
    knots = np.asarray(knots, float)
    padded = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    at = np.linspace(0, len(knots) - 1, samples)
    i = np.minimum(at.astype(int), len(knots) - 2)
    t = (at - i)[:, None]
    a, b, c, d = (padded[i + k] for k in range(4))
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def tube(points: np.ndarray, knots: Sequence[Point], samples: int = 9) -> np.ndarray:
    """A tube along a smooth curve; knots (K, 4) are x, y, z and the radius there."""
    path = curve(knots, samples)
    return chain(points, path[:, :3], path[:, 3])


def blend(a: np.ndarray, b: np.ndarray, width: float) -> np.ndarray:
    """Union of a and b with a fillet about `width` wide."""
    h = np.maximum(width - np.abs(a - b), 0.0) / width
    return np.minimum(a, b) - h * h * width * 0.25


def carve(a: np.ndarray, b: np.ndarray, width: float) -> np.ndarray:
    """a without b, the rim rounded over about `width`."""
    return -blend(-a, b, width)


def meet(a: np.ndarray, b: np.ndarray, width: float) -> np.ndarray:
    """Intersection of a and b with a rounded rim."""
    return -blend(-a, -b, width)


def ramp(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between (either order of the two)."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def noise(points: np.ndarray, seed: int = 0) -> np.ndarray:
    """Smooth value noise in about [-1, 1] with features one unit wide; any points (N, 3) -> (N,)."""
    cell = np.floor(points)
    t = points - cell
    t = t * t * t * (t * (6.0 * t - 15.0) + 10.0)
    base = cell.astype(np.int64)
    total = np.zeros(len(points))
    for corner in range(8):
        offset = np.array([corner & 1, corner >> 1 & 1, corner >> 2 & 1])
        weight = np.prod(np.where(offset, t, 1.0 - t), axis=1)
        total += weight * lattice_value(base + offset, seed)
    return total


def lattice_value(nodes: np.ndarray, seed: int) -> np.ndarray:
    """Integer nodes (N, 3) -> repeatable values in [-1, 1) (N,): an integer hash (multiply, shift, exclusive or)."""
    multipliers = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D], np.uint64)
    h = (nodes.astype(np.uint64) * multipliers).sum(axis=1, dtype=np.uint64) + np.uint64(seed * 7919 + 17)
    for shift in (33, 29, 32):
        h ^= h >> np.uint64(shift)
        h *= np.uint64(0xFF51AFD7ED558CCD)
    return (h >> np.uint64(40)).astype(np.float64) / 2.0**23 - 1.0


def fractal(points: np.ndarray, octaves: int, seed: int = 0) -> np.ndarray:
    """Noise summed over `octaves`, each twice as fine and half as strong."""
    return sum(noise(points * 2.0**k + 31.7 * k, seed + k) * 0.5**k for k in range(octaves))
