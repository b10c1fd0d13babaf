"""Where a photo may show what the cut has taken away, so that its mask asks for nothing there."""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from ..scene import Camera, CutPlane, View

_CELLS = 64  # samples along each side of the space beyond the cut
_WIDTH = 1.8  # half its width, in radii of the kept part
_DEPTH = 0.9  # how far it reaches beyond the cut


def points_beyond(views: Sequence[View], cut: CutPlane) -> np.ndarray:
    """Samples (N, 3) of the volume beyond the cut that no mask rules out."""
    across = np.linalg.svd(cut.normal[None])[2][1:]  # two axes within the plane
    ticks = np.linspace(-_WIDTH, _WIDTH, _CELLS)
    grid = np.stack(np.meshgrid(ticks, ticks, np.linspace(0, _DEPTH, _CELLS // 2), indexing="ij"), -1).reshape(-1, 3)
    center = cut.normal * (cut.point @ cut.normal)  # the plane's point nearest to the origin
    points = center + grid[:, :2] @ across + grid[:, 2:] * cut.normal
    possible = np.ones(len(points), bool)
    for view in views:
        pixels, depth = view.camera.project(points)
        column, row = np.floor(pixels).astype(int).T
        height, width = view.mask.shape
        inside = (depth > 0) & (column >= 0) & (row >= 0) & (column < width) & (row < height)
        seen = np.zeros(len(points), bool)
        seen[inside] = view.mask[row[inside], column[inside]] < 0.5
        possible &= ~seen
    return points[possible]


def pixels_beyond(camera: Camera, points: np.ndarray) -> np.ndarray:
    """(H, W) bool: pixels whose ray meets the volume sampled by points (N, 3) from `points_beyond`."""
    hit = np.zeros((camera.height, camera.width), bool)
    pixels, depth = camera.project(points)
    column, row = np.floor(pixels).astype(int).T
    inside = (depth > 0) & (column >= 0) & (row >= 0) & (column < camera.width) & (row < camera.height)
    hit[row[inside], column[inside]] = True
    # One sample stands for a cube; grow it to the cube's size in pixels.
    if inside.any():
        size = 2 * _WIDTH / _CELLS * np.sqrt(camera.fl_x * camera.fl_y) / np.median(depth[inside])
        hit = ndimage.maximum_filter(hit, size=max(3, int(np.ceil(size))))
    return hit
