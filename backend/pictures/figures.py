"""How well a textured surface matches photos: figures, never pictures."""

from collections.abc import Sequence

import numpy as np

from ..scene import Camera, CutPlane, Drawer, Surface, TexturedSurface, View
from .raster import sample
from .shade import draw_unlit

_LONGEST = 1024  # pixels: larger photos are measured at this size
_FIELD_LONGEST = 256  # the same for fields, which take seconds to draw
_GRAY = 0.5  # background of a field's pictures
_REACH = 2.0  # radii of the surface within which what was cut away may hide or widen the subject


def psnr(drawn: np.ndarray, photo: np.ndarray, where: np.ndarray) -> float:
    """Peak signal to noise (dB) of (H, W, 3) pictures in [0, 1] over the pixels `where` (H, W) bool; at most 100."""
    if not where.any():
        return float("nan")
    error = np.mean((drawn[where].astype(float) - photo[where]) ** 2)
    return float(-10 * np.log10(max(error, 1e-10)))


def silhouette_iou(cover: np.ndarray, mask: np.ndarray, ignored: np.ndarray | None = None) -> float:
    """Shared over joined area of two silhouettes (H, W), each where it is above a half."""
    a, b = cover > 0.5, mask > 0.5
    if ignored is not None:
        a, b = a & ~ignored, b & ~ignored
    joined = (a | b).sum()
    return float((a & b).sum() / joined) if joined else 1.0


def measure(textured: TexturedSurface, views: Sequence[View], cut: CutPlane | None = None) -> dict[str, float]:
    """Means over the views: `iou` of the silhouette, `psnr` (dB) of the texture drawn unlit, over the mask; both in the
    same frame. What the surface does not cover counts as mid gray. See `beyond_cut` for what a cut plane leaves out."""
    ious, ratios = [], []
    for view in views:
        shrink = _LONGEST / max(view.camera.width, view.camera.height)
        seen = view.resized(shrink) if shrink < 1 else view
        drawn, cover = draw_unlit(textured, seen.camera)
        ignored = np.zeros(cover.shape, bool)
        if cut is not None:
            ignored = beyond_cut(textured.surface, seen.camera, cut) & (seen.mask > 0.5)
        ious.append(silhouette_iou(cover, seen.mask, ignored))
        ratios.append(psnr(drawn, seen.photo, (seen.mask > 0.5) & ~ignored))
    return {"psnr": float(np.nanmean(ratios)), "iou": float(np.mean(ious)), "views": len(ious)}


def measure_drawn(draw: Drawer, views: Sequence[View]) -> dict[str, float]:
    """The same figures of whatever `draw` draws; nothing is left out, for a field also has what lies beyond the cut."""
    ious, ratios = [], []
    for view in views:
        seen = view.shrunk(_FIELD_LONGEST)
        picture = draw(seen.camera)
        ious.append(silhouette_iou(picture.alpha, seen.mask))
        ratios.append(psnr(picture.over(_GRAY), seen.photo, seen.mask > 0.5))
    return {"psnr": float(np.nanmean(ratios)), "iou": float(np.mean(ious)), "views": len(ious)}


def beyond_cut(surface: Surface, camera: Camera, cut: CutPlane) -> np.ndarray:
    """(H, W) bool: pixels that may show what the cut has taken away, so that neither cover nor color can be judged.

    Before the ray through the pixel's center meets the surface (or where it meets none) it runs on the far side of
    the plane, somewhere within _REACH radii of the surface: every descending ray meets the plane somewhere.
    """
    rows, columns = np.indices((camera.height, camera.width)) + 0.5
    rays = camera.rays(np.stack([columns, rows], -1))
    slope = rays @ cut.normal
    height = float((cut.point - camera.position) @ cut.normal)  # from the camera to the plane; negative: beyond it
    crossing = height / np.where(slope == 0, 1e-12, slope)
    crossing = np.where(crossing > 0, crossing, np.inf)
    first = crossing if height > 0 else np.zeros_like(crossing)  # the far part of the ray: between first and last
    last = np.minimum(_distances(surface, camera), np.inf if height > 0 else crossing)
    center = (surface.vertices.max(0) + surface.vertices.min(0)) / 2.0
    radius = np.linalg.norm(surface.vertices - center, axis=1).max()
    nearest = np.clip(rays @ (center - camera.position), np.minimum(first, 1e9 * radius), last)
    at = camera.position + rays * np.minimum(nearest, 1e9 * radius)[..., None]
    return (first < last) & (np.linalg.norm(at - center, axis=-1) < _REACH * radius)


def _distances(surface: Surface, camera: Camera) -> np.ndarray:
    """(H, W) from the camera to the surface along each pixel's ray, infinite where there is none."""
    samples = sample(surface, camera, across=1)
    distances = np.full(samples.face.shape, np.inf)
    points = samples.gather(surface.vertices.astype(float), surface.faces)
    distances[samples.hit] = np.linalg.norm(points - camera.position, axis=1)
    return distances
