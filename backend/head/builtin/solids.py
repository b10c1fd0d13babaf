"""Signed distances of the primitives that the skin is modeled from, and the soft ways of joining them.

Negative inside; points (N, 3) and everything else in centimeters; every function returns (N,). The forms are textbook
ones (J. C. Hart, "Sphere tracing", 1996; the smooth minimum is the quadratic one of J. Bloomenthal (ed.),
"Introduction to Implicit Surfaces", 1997).
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Point = Sequence[float]


def length(vectors: np.ndarray) -> np.ndarray:
    """vectors (N, 3) -> norms (N,)."""
    return np.sqrt(np.einsum("ij,ij->i", vectors, vectors))


def ball(points: np.ndarray, center: Point, radius: float) -> np.ndarray:
    """Exact distance to a ball."""
    return length(points - np.asarray(center)) - radius


def ellipsoid(points: np.ndarray, center: Point, radii: Point) -> np.ndarray:
    """First-order distance to an ellipsoid along the axes."""
    scaled = (points - np.asarray(center)) / np.asarray(radii)
    size = length(scaled)
    return size * (size - 1.0) / np.maximum(length(scaled / np.asarray(radii)), 1e-9)


def bone(points: np.ndarray, start: Point, end: Point, start_radius: float, end_radius: float) -> np.ndarray:
    """The balls at `start` and `end` and all balls between them."""
    axis = np.asarray(end, float) - np.asarray(start, float)
    local = points - np.asarray(start)
    t = np.clip(local @ axis / (axis @ axis), 0.0, 1.0)
    return length(local - t[:, None] * axis) - (start_radius + (end_radius - start_radius) * t)


def curve(knots: Sequence[Point], samples: int) -> np.ndarray:
    """A Catmull-Rom curve through knots (K, D) at `samples` even parameters -> (samples, D)."""
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
    pieces = [bone(points, a[:3], b[:3], a[3], b[3]) for a, b in pairwise(path)]
    return np.minimum.reduce(pieces)


def blend(a: np.ndarray, b: np.ndarray, width: float) -> np.ndarray:
    """Union of a and b with a fillet about `width` wide."""
    h = np.maximum(width - np.abs(a - b), 0.0) / width
    return np.minimum(a, b) - h * h * width * 0.25


def carve(a: np.ndarray, b: np.ndarray, width: float) -> np.ndarray:
    """a without b, the rim rounded over about `width`."""
    return -blend(-a, b, width)


def gradient(distance, points: np.ndarray, step: float = 0.02) -> np.ndarray:
    """Gradient (N, 3) of a distance at points, by central differences over `step` centimeters."""
    columns = []
    for axis in np.eye(3) * step:
        columns.append((distance(points + axis) - distance(points - axis)) / (2 * step))
    return np.stack(columns, -1)


def project(distance, points: np.ndarray, rounds: int = 3, most: float = 0.5) -> np.ndarray:
    """Points (N, 3) moved onto the zero of the distance by Newton steps of at most `most` centimeters."""
    for _ in range(rounds):
        slope = gradient(distance, points)
        move = -distance(points) / np.maximum(np.einsum("ij,ij->i", slope, slope), 0.05)
        points = points + np.clip(move, -most, most)[:, None] * slope
    return points
