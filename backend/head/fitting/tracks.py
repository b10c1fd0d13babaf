"""The same points of the skin in two photos, by dense flow between one photo and the other redrawn into its view.

The model, placed as far as it is known, carries the second photo into the first one's view; what displacement is left
there (dense inverse search, Kroeger et al. 2016, "Fast Optical Flow using Dense Inverse Search") tells how far
model and cameras are still off. Both photos then see one point of the model at known pixels.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy import ndimage

from ...scene import Camera, Surface
from .observations import Tracks
from .shine import shining_apart
from .sight import Sight

_GRID = 8  # pixels between tracks
_NOISE = 4.0  # gray levels by which two photos of one thing differ
_WINDOW = 2.5  # pixels: reach of the texture that tells a point's place
_ROUND_TRIP = 1.0  # pixels that flow forth and back may miss
_FACING = 0.35  # least cosine between the surface and a line of sight
_LONGEST = 12.0  # pixels of flow
_CONTINUED = (24.0, 6.0, 2.0)  # pixels around from which the unknown is filled
# Pixels around which flow evens mean and contrast out: at first, and least. Sheen moves with the camera and is wider
# than the skin's texture, so the less there is left to move, the less is heard of what is wide (per pixel of flow).
_WIDEST, _NARROWEST, _PER_FLOW = 12.0, 3.5, 16.0
_ROBUST = 6.0  # deviations beyond which a track counts as false


@dataclass(frozen=True)
class Seen:
    """One photo as the tracks need it: gray (H, W) float32 in [0, 255], usable (H, W) bool, its camera and sight.

    colors (H, W, 3) float32 sRGB in [0, 255], which tell reflections; None: these are not looked for.
    """

    gray: np.ndarray
    usable: np.ndarray
    camera: Camera
    sight: Sight
    colors: np.ndarray | None = None


def tracks_between(
    numbers: tuple[int, int], first: Seen, second: Seen, vertices: np.ndarray, faces: np.ndarray, sigma: float
) -> Tracks:
    """What the second photo shows of the pixels of the first.

    numbers: the photos' places in the least squares. vertices (V, 3) in the cameras' world; faces (F, 3) of the skin.
    sigma: pixels that flow is off by at best.
    """
    normals = Surface(vertices, faces).vertex_normals()
    rows, columns = _grid(first.usable & first.sight.covered)
    corners, weights = faces[first.sight.face[rows, columns]], first.sight.weights[rows, columns]
    points, normal = (_at(values, corners, weights) for values in (vertices, normals))
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    facing = _facing(points, normal, (first.camera, second.camera))
    at, known = _places(first, second, vertices, faces)
    known &= first.usable
    if first.colors is not None and second.colors is not None:
        known &= ~shining_apart(first.colors, cv2.remap(second.colors, *at, cv2.INTER_LINEAR), known)
    redrawn = cv2.remap(second.gray, *at, cv2.INTER_LINEAR)
    flow, sure = flow_between(_continued(first.gray, known), _continued(redrawn, known), known)
    pixels, depth = second.camera.project(points)
    # The flow leads from a pixel to where the redrawn photo shows the same: another point of the model, whose
    # place in the second photo is where this point really appears there.
    own = np.stack([columns + 0.5, rows + 0.5], -1)
    target, hit = _carry(own + flow[rows, columns], first, second, vertices, faces)
    kept = hit & sure[rows, columns] & (facing > _FACING) & (depth > 0)
    kept &= _inside(target, second.usable) & _visible(pixels, depth, second)
    whiten = certainty(first.gray, sigma, rows, columns)
    parts = (part[kept] for part in (corners, weights, normal, own, target, whiten))
    return Tracks(*numbers, *parts, robust=_ROBUST)


def certainty(gray: np.ndarray, sigma: float, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Whitening (M, 2, 2) at pixels: how well texture tells a displacement (structure tensor); sigma pixels at best."""
    gy, gx = np.gradient(cv2.GaussianBlur(gray, (0, 0), 0.8))
    tensor = np.stack([gx * gx, gx * gy, gx * gy, gy * gy], -1)
    tensor = cv2.GaussianBlur(tensor, (0, 0), _WINDOW)[rows, columns].reshape(-1, 2, 2) * (_WINDOW / _NOISE) ** 2
    values, axes = np.linalg.eigh(tensor)
    values = np.maximum(values, 0)
    values = values / (1 + values * sigma**2)
    return np.sqrt(values)[..., :, None] * np.swapaxes(axes, -1, -2)


def _at(values: np.ndarray, corners: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return (values[corners] * weights[..., None]).sum(1)


def _grid(usable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    chosen = np.zeros_like(usable)
    chosen[_GRID // 2 :: _GRID, _GRID // 2 :: _GRID] = True
    return np.nonzero(usable & chosen)


def _facing(points: np.ndarray, normals: np.ndarray, cameras: tuple[Camera, Camera]) -> np.ndarray:
    """The smaller cosine between the unit normals and the lines to the two cameras."""
    cosines = []
    for camera in cameras:
        toward = camera.position - points
        cosines.append((normals * toward).sum(1) / np.linalg.norm(toward, axis=1))
    return np.minimum(*cosines)


def redraw(first: Seen, second: Seen, vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The second photo as the first camera would see it (H, W), and where that is known."""
    at, known = _places(first, second, vertices, faces)
    # Beyond what is known the first photo continues the picture, so that the flow meets no false edges there.
    return np.where(known, cv2.remap(second.gray, *at, cv2.INTER_LINEAR), first.gray), known


def _places(first: Seen, second: Seen, vertices: np.ndarray, faces: np.ndarray):
    """Where the second photo shows what the first one's pixels see: x and y (H, W), and whether it does (H, W)."""
    covered = first.sight.covered
    corners, weights = faces[first.sight.face[covered]], first.sight.weights[covered]
    pixels, depth = second.camera.project(_at(vertices, corners, weights))
    x, y = np.full(covered.shape, -1, np.float32), np.full(covered.shape, -1, np.float32)
    x[covered], y[covered] = pixels[:, 0] - 0.5, pixels[:, 1] - 0.5
    known = np.zeros_like(covered)
    known[covered] = _visible(pixels, depth, second) & _inside(pixels, second.usable)
    return (x, y), known


def _continued(gray: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Gray (H, W) whose unknown pixels go on smoothly from the known ones: glasses would pull the flow beside them."""
    weight = known.astype(np.float32)
    fill = np.full_like(gray, gray[known].mean() if known.any() else 0)
    for sigma in _CONTINUED:  # what is near paints over what is farther
        share = cv2.GaussianBlur(weight, (0, 0), sigma)
        mean = cv2.GaussianBlur(gray * weight, (0, 0), sigma) / np.maximum(share, 1e-6)
        fill += np.clip(10 * share, 0, 1) * (mean - fill)
    return np.where(known, gray, fill).astype(np.float32)


def flow_between(gray: np.ndarray, other: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Displacement (H, W, 2) from gray to other, and where it can be believed."""
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    inner = ndimage.binary_erosion(known, iterations=4)
    forth, back, sure = _flow(search, gray, other, inner, _WIDEST)
    if sure.any():
        left = np.median(np.linalg.norm(forth[sure], axis=1))
        reach = np.clip(_PER_FLOW * left, _NARROWEST, _WIDEST)
        forth, _, sure = _flow(search, gray, other, inner, reach, forth, back)
    return forth, sure


def _flow(search, gray: np.ndarray, other: np.ndarray, inner: np.ndarray, reach: float, forth=None, back=None):
    """Flow forth and back (H, W, 2), from what is known of it on, and where the two agree within `inner` (H, W)."""
    pictures = [_leveled(picture, reach) for picture in (gray, other)]
    forth, back = search.calc(*pictures, forth), search.calc(*pictures[::-1], back)
    ys, xs = np.indices(gray.shape, dtype=np.float32)
    returned = cv2.remap(back, xs + forth[..., 0], ys + forth[..., 1], cv2.INTER_LINEAR)
    miss = np.linalg.norm(forth + returned, axis=-1)
    length = np.linalg.norm(forth, axis=-1)
    return forth, back, inner & (miss < _ROUND_TRIP) & (length < _LONGEST)


def _leveled(gray: np.ndarray, reach: float) -> np.ndarray:
    """uint8 picture whose local mean and contrast are even: light differs between photos, texture does not."""
    mean = cv2.GaussianBlur(gray, (0, 0), reach)
    spread = np.sqrt(cv2.GaussianBlur((gray - mean) ** 2, (0, 0), 1.5 * reach)) + _NOISE
    return np.clip(128 + 45 * (gray - mean) / spread, 0, 255).astype(np.uint8)


def _carry(moved: np.ndarray, first: Seen, second: Seen, vertices: np.ndarray, faces: np.ndarray):
    """Pixels (M, 2) of the first photo -> those of the second that the model links with them (M, 2), and a hit (M,)."""
    height, width = first.sight.face.shape
    x = np.clip(moved[:, 0].astype(int), 0, width - 1)
    y = np.clip(moved[:, 1].astype(int), 0, height - 1)
    hit = first.sight.covered[y, x]
    corners, weights = faces[first.sight.face[y, x]], first.sight.weights[y, x]
    points = _at(vertices, corners, weights)
    # From the pixel's center on to the point itself, along the plane of its triangle.
    plane = np.cross(
        vertices[corners[:, 1]] - vertices[corners[:, 0]], vertices[corners[:, 2]] - vertices[corners[:, 0]]
    )
    rays = first.camera.rays(moved)
    along = ((points - first.camera.position) * plane).sum(1) / _nonzero((rays * plane).sum(1))
    return second.camera.project(first.camera.position + rays * along[:, None])[0], hit


def _nonzero(values: np.ndarray) -> np.ndarray:
    return np.where(np.abs(values) < 1e-12, 1e-12, values)


def _inside(pixels: np.ndarray, usable: np.ndarray) -> np.ndarray:
    height, width = usable.shape
    x, y = pixels[:, 0].astype(int), pixels[:, 1].astype(int)
    inside = (pixels > 0).all(1) & (x < width) & (y < height)
    return inside & usable[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]


def _visible(pixels: np.ndarray, depth: np.ndarray, seen: Seen) -> np.ndarray:
    """Whether nothing of the model lies before the points."""
    height, width = seen.sight.depth.shape
    x, y = np.clip(pixels[:, 0].astype(int), 0, width - 1), np.clip(pixels[:, 1].astype(int), 0, height - 1)
    front = seen.sight.depth[y, x]
    return (front > 0) & (depth < front * 1.006 + 1e-9)
