"""The subject apart from its background by cameras and colors alone, with no model of what it is.

After Campbell, Vogiatzis, Hernandez and Cipolla, "Automatic 3D object segmentation in multiple views using volumetric
graph-cuts" (2010): photographers point all cameras at the subject, so the subject is where the optical axes meet; its
colors are the same in all photos, and what is behind it is not. A ball around that point gives first color
histograms; space that shows subject's colors in nearly all pictures gives better ones, twice.

Glossary: V views, N points of a grid, (h, w) a small picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from scipy import ndimage

from ..scene import View
from .carve import footprint, grid
from .rays import nearest_point

_CELLS = 44  # cubes along the grid
_BALL = 0.6  # radius of the first guess over what fits into a typical picture
_GRID = 1.3  # half the grid's side, in the same measure
_ROUNDS = 2
_BINS = (16, 32, 32)  # of CIE Lab lightness, a and b
_CLIP = 3.0  # evidence is never stronger than this log-likelihood ratio
_AGAINST = -0.3  # evidence below this speaks against the subject
_DISSENT = 0.17  # share of the views that may speak against a point of the subject
_FOR = 0.3  # mean evidence that a point of the subject needs
_SEEN = 0.5  # share of the views that must see it


@dataclass(frozen=True)
class Fixation:
    """What cameras and colors say.

    evidence  V times (h, w): log-likelihood ratio of subject against background, smoothed
    subject   V times (h, w) bool: where the subject's space shows
    unknown   V times (h, w) bool: where space shows that too few pictures contain to tell
    """

    evidence: tuple[np.ndarray, ...]
    subject: tuple[np.ndarray, ...]
    unknown: tuple[np.ndarray, ...]


def fixate(views: Sequence[View], pictures: Sequence[np.ndarray]) -> Fixation:
    """pictures: V times (h, w, 3) uint8 BGR, the views' photos at a small size."""
    points, spacing, subject = _first_guess(views)
    labels = [_color_labels(picture) for picture in pictures]
    lookups = [_lookup(points, view, label.shape) for view, label in zip(views, labels, strict=True)]
    seen = np.array([inside for _, inside in lookups]).mean(0)
    for _ in range(_ROUNDS):
        shown = _footprints(points[subject], spacing, views, labels)
        evidence = _evidence(labels, shown)
        against, total = np.zeros(len(points)), np.zeros(len(points))
        for (at, inside), values in zip(lookups, evidence, strict=True):
            told = values.ravel()[at[inside]]
            against[inside] += told < _AGAINST
            total[inside] += told
        views_seeing = np.maximum(seen * len(views), 1)
        likely = (against <= _DISSENT * views_seeing) & (total > _FOR * views_seeing)
        found = likely & (seen >= _SEEN)
        subject = found if found.any() else subject
    return Fixation(
        tuple(evidence),
        tuple(_footprints(points[subject], spacing, views, labels)),
        tuple(_footprints(points[likely & ~subject], spacing, views, labels)),
    )


def _first_guess(views: Sequence[View]) -> tuple[np.ndarray, float, np.ndarray]:
    """Grid points (N, 3) around where the cameras look, their spacing, and those of a ball in the middle (N,)."""
    cameras = [view.camera for view in views]
    middles = [camera.rays(np.array([camera.width, camera.height]) / 2) for camera in cameras]
    center = nearest_point(np.array([camera.position for camera in cameras]), np.array(middles))
    reaches = [0.5 * min(c.width, c.height) / c.fl_x * abs(float(c.project(center)[1])) for c in cameras]
    reach = float(np.median(reaches))
    points, spacing = grid(center, _GRID * reach, _CELLS)
    distance = np.linalg.norm(points - center, axis=1)
    within = distance < _GRID * reach
    return points[within], spacing, distance[within] < _BALL * reach


def _color_labels(picture: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8 BGR -> (h, w) number of each pixel's histogram bin, noise smoothed away first."""
    lab = cv2.cvtColor(cv2.bilateralFilter(picture, 5, 30, 3), cv2.COLOR_BGR2LAB).astype(int)
    bins = [lab[..., channel] * count // 256 for channel, count in enumerate(_BINS)]
    return np.ravel_multi_index(bins, _BINS)


def _lookup(points: np.ndarray, view: View, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Each point's flat pixel number (N,) in a picture of `shape`, and whether it is inside (N,)."""
    pixels, depth = view.camera.resized(shape[1], shape[0]).project(points)
    column, row = np.floor(np.clip(pixels, -1, 1e6)).astype(int).T
    inside = (depth > 0) & (column >= 0) & (row >= 0) & (column < shape[1]) & (row < shape[0])
    return row * shape[1] + column, inside


def _footprints(points, spacing: float, views: Sequence[View], labels: Sequence[np.ndarray]) -> list[np.ndarray]:
    return [footprint(points, spacing, view.camera, label.shape) for view, label in zip(views, labels, strict=True)]


def _evidence(labels: Sequence[np.ndarray], shown: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Log-likelihood ratios (h, w): the colors within `shown` in all views against those without."""
    subject = _histogram([label[inside] for label, inside in zip(labels, shown, strict=True)])
    background = _histogram([label[~inside] for label, inside in zip(labels, shown, strict=True)])
    ratio = np.clip(np.log(subject / background), -_CLIP, _CLIP).astype(np.float32)
    return [ndimage.gaussian_filter(ratio[label], 1.5) for label in labels]


def _histogram(labels: Sequence[np.ndarray]) -> np.ndarray:
    """Smoothed probabilities of all bins; none is 0."""
    counts = np.bincount(np.concatenate(labels), minlength=int(np.prod(_BINS))).astype(float)
    smooth = ndimage.gaussian_filter(counts.reshape(_BINS), 1.0).ravel()
    return (smooth / max(smooth.sum(), 1.0) + 0.05 / smooth.size) / 1.05
