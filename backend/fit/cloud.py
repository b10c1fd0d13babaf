"""A first cloud of Gaussians: on a surface, with the colors that the photos have there."""

from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

from ..scene import Splats, Surface, View

_FLATNESS = 0.3  # standard deviation across the surface, in those along it
_WIDTH = 0.6  # standard deviation along it, in mean distances to the nearest neighbors
_OPACITY = 0.5
_NEIGHBORS = 3
_BAND_0 = 0.28209479177387814  # the constant harmonic


def cloud_on(start: Surface | np.ndarray, views: Sequence[View], count: int, degree: int, seed: int) -> Splats:
    """`count` Gaussians on a surface, or one at each point (N, 3); normalized frame."""
    if isinstance(start, Surface):
        points, normals = scattered(start, count, np.random.default_rng(seed))
    else:
        points, normals = start, None
    distance = cKDTree(points).query(points, _NEIGHBORS + 1)[0][:, 1:].mean(1)
    widths = np.repeat(_WIDTH * np.maximum(distance, 1e-6)[:, None], 3, 1)
    rotations = np.tile([1.0, 0, 0, 0], (len(points), 1))
    if normals is not None:
        widths[:, 2] *= _FLATNESS
        rotations = turning_z_to(normals)
    sh = np.zeros((len(points), (degree + 1) ** 2, 3))
    sh[:, 0] = (photographed(points, normals, views) - 0.5) / _BAND_0
    logits = np.full(len(points), np.log(_OPACITY / (1 - _OPACITY)))
    return Splats(*(part.astype(np.float32) for part in (points, np.log(widths), rotations, logits, sh)))


def scattered(surface: Surface, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points (count, 3) evenly over the surface's area, and its normals there (count, 3)."""
    corners = surface.vertices[surface.faces].astype(np.float64)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(across, axis=1)
    # One sample in each of `count` equal parts of the area: more even than independent ones.
    at = (np.arange(count) + rng.random(count)) / count * areas.sum()
    face = np.minimum(np.searchsorted(areas.cumsum(), at), len(areas) - 1)
    a, b = rng.random((2, count, 1))
    a, b = np.where(a + b > 1, 1 - a, a), np.where(a + b > 1, 1 - b, b)
    first, second, third = np.moveaxis(corners[face], 1, 0)
    points = first + a * (second - first) + b * (third - first)
    return points, across[face] / np.maximum(areas[face, None], 1e-20)


def turning_z_to(normals: np.ndarray) -> np.ndarray:
    """Quaternions (N, 4) w x y z that turn the z axis to the unit normals (N, 3)."""
    x, y, z = normals.T
    opposite = z < -0.9999
    quaternions = np.stack([1 + z, -y, x, np.zeros_like(x)], 1)
    quaternions[opposite] = [0, 1, 0, 0]
    return quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True)


def photographed(points: np.ndarray, normals: np.ndarray | None, views: Sequence[View]) -> np.ndarray:
    """Colors (N, 3): the mean of the photos that the points face, gray where there is none."""
    total, weight = np.zeros((len(points), 3)), np.zeros((len(points), 1))
    for view in views:
        pixels, depth = view.camera.project(points)
        column, row = np.floor(pixels).astype(int).T
        height, width = view.mask.shape
        inside = (depth > 0) & (column >= 0) & (row >= 0) & (column < width) & (row < height)
        column, row = np.where(inside, column, 0), np.where(inside, row, 0)
        seen = np.where(inside, view.mask[row, column], 0.0)
        if normals is not None:
            toward = view.camera.position - points
            facing = (normals * toward).sum(1) / np.linalg.norm(toward, axis=1)
            seen = seen * np.maximum(facing, 0) ** 2  # what turns away lies behind other parts
        total += seen[:, None] * view.photo[row, column]
        weight += seen[:, None]
    return np.where(weight > 1e-3, total / np.maximum(weight, 1e-3), 0.5)
