"""How near a result is to the truth. Distances in millimetres, exact from point to triangle.

accuracy      from points on the result's outer surface to the truth
completeness  from points of the truth that two training photos see to the result
chamfer       the mean of both means
F-score at t  harmonic mean of the shares of both that are nearer than t (Knapitsch et al. 2017, "Tanks and Temples")
face          completeness within 25 mm of the 68 landmarks
"""

from collections.abc import Callable, Sequence

import numpy as np

from backend.pictures.figures import psnr, silhouette_iou
from backend.pictures.raster import sample
from backend.pictures.shade import draw_unlit
from backend.scene import Camera, Surface, TexturedSurface

from .surfaces import directions_around, face_normals, nearest, seen_by, spread
from .truth import HeldOut, Truth

Painter = Callable[[Camera, np.ndarray], np.ndarray]  # what a camera sees before a background, both (H, W, 3)

_POINTS = 100_000  # in each direction, before those that nobody sees are left out
_FACE = 0.025  # metres around a landmark
_SEEN = 2  # training photos


def score_surface(result: Surface, truth: Truth, training: Sequence[Camera]) -> dict[str, float]:
    """chamfer, accuracy, completeness, f1, f2 and, where there are landmarks, face; metres in, millimetres out."""
    accuracy = nearest(truth.surface, _outer_points(result, truth.floor))[0] * 1000
    points = known_points(truth, training)
    completeness = nearest(result, points)[0] * 1000
    scores = {
        "chamfer": (accuracy.mean() + completeness.mean()) / 2,
        "accuracy": accuracy.mean(),
        "completeness": completeness.mean(),
        "f1": f_score(accuracy, completeness, 1.0),
        "f2": f_score(accuracy, completeness, 2.0),
    }
    if truth.landmarks is not None:
        away = np.linalg.norm(points[:, None] - truth.landmarks[None], axis=2).min(1)
        scores["face"] = completeness[away <= _FACE].mean()
    return {name: float(value) for name, value in scores.items()}


def f_score(accuracy: np.ndarray, completeness: np.ndarray, threshold: float) -> float:
    """In [0, 1]; distances and threshold in one unit."""
    precision, recall = (accuracy < threshold).mean(), (completeness < threshold).mean()
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


def score_photos(result: TexturedSurface, held_out: Sequence[HeldOut], truth: Truth | None) -> dict[str, float]:
    """iou of the silhouette and psnr (dB) of the texture drawn unlit, means over held-out photos.

    With a truth only what lies above its floor is judged, and the silhouette is the truth's own.
    """
    ious, ratios = [], []
    for held in held_out:
        view, mask = held.view, held.view.mask > 0.5
        drawn, cover = draw_unlit(result, view.camera, 0.5 if held.background is None else held.background)
        where = mask
        if truth is not None and np.isfinite(truth.floor):
            where = mask & _above_floor(truth, view.camera)
            mask = _cover(_above(truth.surface, truth.floor), view.camera)
            cover = _cover(_above(result.surface, truth.floor), view.camera)
        ious.append(silhouette_iou(cover, mask))
        ratios.append(psnr(drawn, view.photo, where))
    return {"iou": float(np.mean(ious)), "psnr": float(np.mean(ratios))}


def score_pictures(draw: Painter, held_out: Sequence[HeldOut]) -> dict[str, float]:
    """psnr (dB) over the subject's pixels, where the mask is above a half, and psnr_whole over all; means over photos.

    The background is the photo's own where it is known, else mid gray: where what is drawn is transparent, it shows.
    """
    subject, whole = [], []
    for held in held_out:
        view = held.view
        background = np.full_like(view.photo, 0.5) if held.background is None else held.background
        drawn = draw(view.camera, background)
        subject.append(psnr(drawn, view.photo, view.mask > 0.5))
        whole.append(psnr(drawn, view.photo, np.ones(view.mask.shape, bool)))
    return {"psnr": float(np.mean(subject)), "psnr_whole": float(np.mean(whole))}


def known_points(truth: Truth, training: Sequence[Camera]) -> np.ndarray:
    """Points of the true surface, above the floor, that enough training photos see."""
    use = (truth.surface.vertices[truth.surface.faces][..., 2] > truth.floor).all(1)
    points, faces = spread(truth.surface, _POINTS, use, seed=2)
    seen = seen_by(training, truth.surface, points, face_normals(truth.surface)[faces])
    return points[seen >= _SEEN]


def _outer_points(result: Surface, floor: float) -> np.ndarray:
    """Points above the floor that can be seen from somewhere outside."""
    use = (result.vertices[result.faces][..., 2] > floor).any(1)
    points, faces = spread(result, _POINTS, use, seed=1)
    above = points[:, 2] > floor
    points, normals = points[above], face_normals(result)[faces[above]]
    return points[seen_by(directions_around(result), result, points, normals) > 0]


def _above(surface: Surface, floor: float) -> Surface:
    return Surface(surface.vertices, surface.faces[(surface.vertices[surface.faces][..., 2] > floor).all(1)])


def _cover(surface: Surface, camera: Camera) -> np.ndarray:
    return sample(surface, camera, across=1).hit


def _above_floor(truth: Truth, camera: Camera) -> np.ndarray:
    """(H, W) bool: pixels where the truth is seen above its floor."""
    samples = sample(truth.surface, camera, across=1)
    above = samples.hit.copy()
    above[samples.hit] = samples.gather(truth.surface.vertices, truth.surface.faces)[:, 2] > truth.floor
    return above
