"""Persons apart from their background, by the segmentation model that mediapipe's wheel brings along (offline).

mediapipe has no wheel for every Python and machine; `find_segmenter` then gives None and masks come from cameras and
colors alone. Loaded on first use: it takes two seconds, and captures with masks never need it.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from .silence import silenced, unwarned

Segmenter = Callable[[np.ndarray], np.ndarray]  # (H, W, 3) uint8 sRGB -> probability of a person (H, W) float32

_SMALL = 0.45  # a person whose box is smaller than this share of the picture is looked at again, enlarged
_AROUND = 1.6  # side of the enlarged part over the person's box
_GENERAL = 0  # the model for square pictures; 1 is the one for wide ones


@cache
def find_segmenter() -> Segmenter | None:
    """The model, ready to be called; None where mediapipe is not installed."""
    try:
        with unwarned():
            from mediapipe.python.solutions.selfie_segmentation import SelfieSegmentation

            with silenced():
                model = SelfieSegmentation(model_selection=_GENERAL)
                model.process(np.zeros((64, 64, 3), np.uint8))  # its first run is the one that talks
    except ImportError:
        return None

    def probability(picture: np.ndarray) -> np.ndarray:
        with unwarned():
            return _symmetric(model, picture)

    return probability


def segment_person(picture: np.ndarray, segment: Segmenter) -> np.ndarray:
    """picture (H, W, 3) uint8 sRGB -> probability (H, W); a person small in the picture is enlarged first."""
    whole = segment(picture)
    inside = np.argwhere(whole > 0.5)
    if len(inside) == 0:
        return whole
    (top, left), (bottom, right) = inside.min(0), inside.max(0) + 1
    side = int(_AROUND * max(bottom - top, right - left))
    if side > _AROUND * _SMALL * max(picture.shape[:2]):
        return whole
    row, column = max(0, (top + bottom - side) // 2), max(0, (left + right - side) // 2)
    part = np.s_[row : row + side, column : column + side]
    closer = np.zeros_like(whole)
    closer[part] = segment(np.ascontiguousarray(picture[part]))
    return closer


def _symmetric(model, picture: np.ndarray) -> np.ndarray:
    """The mean of what the model says of the picture and of its mirror image."""
    straight = model.process(picture).segmentation_mask
    mirrored = model.process(np.ascontiguousarray(picture[:, ::-1])).segmentation_mask
    return (straight + mirrored[:, ::-1]).astype(np.float32) / 2
