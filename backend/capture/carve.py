"""A coarse visual hull: which of a grid's points all masks allow, and how well that explains the masks.

Glossary: V views, N points. What lies beyond a side of a picture is unknown to this view where its mask touches that
side, and carved where it does not: a subject in one piece that leaves the picture must cross its edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from ..scene import Camera, View

_SIDE = 192  # pixels along the longer side of the masks that vote
_COARSE = 48  # pixels along the longer side of the pictures that hull and masks are compared in
_EDGE = 0.01  # share of a picture's side that a mask must touch to count as cut off there
_FRINGE = 2  # pixels of the voting masks along each side that count as the side
_SHY = 0.15  # share of the picture next to a cut-off side where the hull need not explain the mask


@dataclass(frozen=True)
class Silhouette:
    """A mask small enough to vote quickly.

    distance  (h, w) pixels to the outline, negative inside     camera  at that size
    touched   how much of the left, top, right and bottom side the mask touches, 0..1
    """

    name: str
    camera: Camera
    distance: np.ndarray
    touched: np.ndarray  # (4,)


@dataclass(frozen=True)
class Votes:
    """What each view says of each point: whether its picture holds it, and whether it rules it out; (V, N) bool."""

    points: np.ndarray  # (N, 3) world
    spacing: float  # of the grid, world units
    seen: np.ndarray
    carved: np.ndarray

    def survivors(self, seen_share: float, dissent: float) -> np.ndarray:
        """(N,) bool: seen by `seen_share` of all views (two at least), carved by at most `dissent` of who tell."""
        seen, carved = self.seen.sum(0), self.carved.sum(0)
        telling = (self.seen | self.carved).sum(0)
        return (seen >= max(2, seen_share * len(self.seen))) & (carved <= dissent * telling)


def silhouette(view: View) -> Silhouette:
    """The view's mask at voting size."""
    small = shrunk_mask(view, _SIDE)
    inside = small > 0.5
    sides = inside[:, :_FRINGE].T, inside[:_FRINGE], inside[:, -_FRINGE:].T, inside[-_FRINGE:]
    edges = np.array([side.any(0).mean() for side in sides])
    outward, inward = ndimage.distance_transform_edt(~inside), ndimage.distance_transform_edt(inside)
    distance = np.where(inside, 0.5 - inward, outward - 0.5).astype(np.float32)
    camera = view.camera.resized(inside.shape[1], inside.shape[0])
    return Silhouette(view.name, camera, distance, np.where(edges >= _EDGE, edges, 0.0))


def shrunk_mask(view: View, side: int) -> np.ndarray:
    """The mask averaged down so that its longer side has `side` pixels (never enlarged)."""
    scale = min(1.0, side / max(view.mask.shape))
    size = tuple(max(1, round(length * scale)) for length in view.mask.shape[::-1])
    return np.asarray(Image.fromarray(np.ascontiguousarray(view.mask, np.float32)).resize(size, Image.Resampling.BOX))


def grid(center: np.ndarray, half: np.ndarray | float, cells: int) -> tuple[np.ndarray, float]:
    """Centers (N, 3) of the cubes that fill the box center +- half, `cells` along its longest side; their spacing."""
    half = np.broadcast_to(np.asarray(half, float), 3)
    spacing = 2 * float(half.max()) / cells
    counts = np.maximum(np.ceil(2 * half / spacing - 1e-9).astype(int), 1)
    steps = [np.arange(count) - (count - 1) / 2 for count in counts]
    axes = [middle + spacing * step for middle, step in zip(center, steps, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3), spacing


def vote(points: np.ndarray, spacing: float, silhouettes: Sequence[Silhouette]) -> Votes:
    """Every silhouette's word on points (N, 3); one is carved only if half a cell around it lies outside the mask."""
    seen = np.zeros((len(silhouettes), len(points)), bool)
    carved = np.zeros_like(seen)
    for number, one in enumerate(silhouettes):
        pixels, depth = one.camera.project(points)
        column, row = np.floor(np.clip(pixels, -1, 1e6)).astype(int).T
        height, width = one.distance.shape
        inside = (depth > 0) & (column >= 0) & (row >= 0) & (column < width) & (row < height)
        cell = 0.5 * spacing * one.camera.fl_x / depth[inside]
        seen[number] = inside
        carved[number] = _beyond_closed_side(pixels, depth, one)
        carved[number, inside] = one.distance[row[inside], column[inside]] > cell
    return Votes(points, spacing, seen, carved)


def _beyond_closed_side(pixels: np.ndarray, depth: np.ndarray, one: Silhouette) -> np.ndarray:
    """(N,) bool: outside of the picture, and only beyond sides that the mask does not touch."""
    height, width = one.distance.shape
    beyond = np.stack([pixels[:, 0] < 0, pixels[:, 1] < 0, pixels[:, 0] >= width, pixels[:, 1] >= height])
    beyond[:, depth <= 0] = True
    open_side = one.touched > 0
    return beyond.any(0) & ~beyond[open_side].any(0)


def agreement(points: np.ndarray, spacing: float, silhouettes: Sequence[Silhouette]) -> tuple[np.ndarray, np.ndarray]:
    """How well the cubes at points (N, 3) explain each mask: recall (V,) and intersection over union (V,).

    Near the sides where a mask is cut off nothing is compared: there the hull is unknown.
    """
    figures = [_compare(points, spacing, one) for one in silhouettes]
    return tuple(np.array(figures).reshape(-1, 2).T)


def _compare(points: np.ndarray, spacing: float, one: Silhouette) -> tuple[float, float]:
    height, width = one.distance.shape
    step = max(1, round(max(height, width) / _COARSE))
    mask = one.distance[step // 2 :: step, step // 2 :: step] < 0
    hit = footprint(points, spacing, one.camera, mask.shape)
    compared = np.ones_like(mask)
    rows, columns = int(np.ceil(_SHY * mask.shape[0])), int(np.ceil(_SHY * mask.shape[1]))
    left, top, right, bottom = one.touched > 0
    compared[:, :columns] &= not left
    compared[:rows] &= not top
    compared[:, mask.shape[1] - columns :] &= not right
    compared[mask.shape[0] - rows :] &= not bottom
    both = (mask & hit & compared).sum()
    return both / max((mask & compared).sum(), 1), both / max(((mask | hit) & compared).sum(), 1)


def footprint(points: np.ndarray, spacing: float, camera: Camera, shape: tuple[int, int]) -> np.ndarray:
    """(h, w) bool: where cubes of side `spacing` at points (N, 3) show in the camera's picture at another size."""
    small = camera.resized(shape[1], shape[0])
    hit = np.zeros(shape, bool)
    pixels, depth = small.project(points)
    column, row = np.floor(np.clip(pixels, -1, 1e6)).astype(int).T
    inside = (depth > 0) & (column >= 0) & (row >= 0) & (column < shape[1]) & (row < shape[0])
    if not inside.any():
        return hit
    hit[row[inside], column[inside]] = True
    size = round(float(spacing * small.fl_x / np.median(depth[inside])))
    if size < 2:
        return hit
    # Close the gaps between samples without growing the outline.
    padded = np.pad(hit, size, mode="edge")
    closed = ndimage.binary_closing(padded, np.ones((size + 1, size + 1), bool))
    return closed[size:-size, size:-size]
