"""Where a photo shows faces: boxes by both detectors, on the whole photo, on a wider one, and on parts of it."""

from collections.abc import Iterator

import cv2
import numpy as np

from .detector import box_finders

_SIDE = 1280  # pixels along the longer side beyond which the detectors gain nothing
_PAD = 0.5  # share of the longer side added all around for the second look: faces that fill the photo
_TILE = 0.5  # side of the parts of the third look over the shorter side: faces that are small in the photo
_STEP = 0.5  # from part to part, as a share of a part
_SAME = 0.3  # overlap beyond which two boxes are one face
_LEAST = 8  # pixels that a face's box must have to count as seen at all


def find_boxes(photo: np.ndarray) -> np.ndarray:
    """photo (H, W, 3) uint8 sRGB -> (N, 3): center x, y and side of the square around each face, pixels."""
    scale = min(1.0, _SIDE / max(photo.shape))
    small = photo if scale == 1 else cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for look in (_whole, _padded, _parts):
        found = _merge(np.concatenate([*_see(look(small)), np.zeros((0, 5))]))
        if len(found):
            left, top, width, height = found[:, :4].T / scale
            return np.stack([left + width / 2, top + height / 2, np.maximum(width, height)], 1)
    return np.zeros((0, 3))


def _see(pieces: Iterator[tuple[np.ndarray, float, float]]) -> Iterator[np.ndarray]:
    """Boxes (N, 5) in the photo's pixels for pieces of it: the pixels, and where their corner lies."""
    for picture, x, y in pieces:
        for find in box_finders():
            yield find(picture) + (x, y, 0, 0, 0)


def _whole(photo: np.ndarray) -> Iterator[tuple[np.ndarray, float, float]]:
    yield photo, 0, 0


def _padded(photo: np.ndarray) -> Iterator[tuple[np.ndarray, float, float]]:
    pad = round(_PAD * max(photo.shape))
    color = [float(value) for value in np.median(photo.reshape(-1, 3), 0)]
    yield cv2.copyMakeBorder(photo, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=color), -pad, -pad


def _parts(photo: np.ndarray) -> Iterator[tuple[np.ndarray, float, float]]:
    height, width = photo.shape[:2]
    side = round(_TILE * min(height, width))
    step = max(1, round(_STEP * side))
    for y in range(0, max(1, height - side + step), step):
        for x in range(0, max(1, width - side + step), step):
            yield np.ascontiguousarray(photo[y : y + side, x : x + side]), x, y


def _merge(boxes: np.ndarray) -> np.ndarray:
    """Boxes (N, 5) without those that overlap a surer one (non-maximum suppression)."""
    kept = []
    for box in boxes[np.argsort(-boxes[:, 4], kind="stable")]:
        if box[2:4].max() >= _LEAST and all(_overlap(box, other) < _SAME for other in kept):
            kept.append(box)
    return np.array(kept).reshape(-1, 5)


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over the smaller box: a part of a face is the same face."""
    corner = np.minimum(a[:2] + a[2:4], b[:2] + b[2:4]) - np.maximum(a[:2], b[:2])
    return float(corner.clip(0).prod() / max(min(a[2:4].prod(), b[2:4].prod()), 1e-9))
