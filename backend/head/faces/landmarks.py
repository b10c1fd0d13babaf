"""Faces in a photo: 478 points each, how far each is to be relied on, and how sure the whole is.

Every face is looked at several times, on crops of different width and on their mirror images. The median of the
answers is the point; how far they differ tells how sure it is: a detector that does not know answers at random.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...errors import UserError
from ...scene import FaceRecord
from . import regions
from .certainty import confidence_of, sigma_of, yaw_between
from .crop import Crop
from .detector import MeshFinder, has_face_finder, mesh_finder
from .sightings import find_boxes

__all__ = ["choose_face", "find_faces", "has_face_finder", "yaw_of"]

_WIDTHS = (1.6, 2.0, 2.6)  # sides of the crops over the side of the detector's box
_CROP = (256, 640)  # pixels that the crops' sides are brought between
_AGREED = 0.5  # share of the crops that must show a face before it is believed
_MIDDLE = 0.5  # how far from the box's center a crop's face may lie, as a share of the box's side
_DOUBTFUL = 0.2  # confidence below which a face is none: crops on two persons, a profile, a pattern like a face
_SAME = 0.5  # two faces whose centers are nearer than this many eye distances are one


def find_faces(photo: np.ndarray, model: Path | None = None) -> list[FaceRecord]:
    """photo (H, W, 3) float32 sRGB in [0, 1] -> its faces without masks, from the picture's left to its right.

    model: a file face_landmarker.task to find the points with; without it, or where it cannot be read, the model
    that mediapipe brings along. UserError where mediapipe is not installed.
    """
    find = mesh_finder(model)
    pixels = np.ascontiguousarray((np.clip(photo, 0, 1) * 255).round().astype(np.uint8))
    faces: list[FaceRecord] = []
    for x, y, side in find_boxes(pixels):
        face = _look_closer(pixels, np.array([x, y]), side, find)
        if face is not None and all(_apart(face, other) for other in faces):
            faces.append(face)
    return sorted(faces, key=lambda face: float(_center(face)[0]))


def choose_face(faces: Sequence[FaceRecord], face: int | None, name: str) -> FaceRecord:
    """The largest of the `faces`, or the one with the number `face`, counted from the left starting with 0.

    name: the photo's, for the message of the UserError where there is no such face.
    """
    if not faces:
        raise UserError(f"No face was found in {name}.")
    if face is None:
        return max(faces, key=lambda one: one.scale)
    if not 0 <= face < len(faces):
        some = "1 face, number 0" if len(faces) == 1 else f"{len(faces)} faces, numbers 0 to {len(faces) - 1}"
        raise UserError(f"There is no face number {face} in {name}: it shows {some}, counted from the left.")
    return faces[face]


def yaw_of(record: FaceRecord) -> float:
    """Rough yaw in degrees, positive where the subject turns to its left (to the picture's right).

    It rests on the detector's depth and reads 80 to 90 % of the true angle (FIELD_NOTES); solve a camera for more.
    Clicked points have no depth: 0 then.
    """
    return yaw_between(_with_depth(record))


def _look_closer(photo: np.ndarray, center: np.ndarray, side: float, find: MeshFinder) -> FaceRecord | None:
    """The face around `center` whose detected box has this `side` (pixels); None where the crops do not agree."""
    seen = []
    for width in _WIDTHS:
        for flipped in (False, True):
            seen += _points_in_crop(photo, center, width * side, flipped, find, _MIDDLE * side)
    if len(seen) < _AGREED * 2 * len(_WIDTHS):
        return None
    stack = np.stack(seen)  # (crops, 478, 3)
    points = np.median(stack, 0)
    scale = float(np.linalg.norm(points[regions.RIGHT_OUTER, :2] - points[regions.LEFT_OUTER, :2]))
    disagreement = np.sqrt(stack[..., :2].var(0).mean(-1))
    confidence = confidence_of(float(np.median(disagreement)) / max(scale, 1e-6))
    if confidence < _DOUBTFUL:
        return None
    sigma = sigma_of(points, disagreement, scale)
    planes = points.astype(np.float32)
    return FaceRecord(planes[:, :2], sigma, planes[:, 2], confidence)


def _points_in_crop(
    photo: np.ndarray, center: np.ndarray, side: float, flipped: bool, find: MeshFinder, room: float
) -> list[np.ndarray]:
    """[(478, 3)] pixels of the photo, or [] where the crop shows no face within `room` pixels of the center."""
    crop = Crop.around(center, side, int(np.clip(side, *_CROP)))
    picture = crop.cut(photo)
    best, least = [], room
    for points in find(np.ascontiguousarray(picture[:, ::-1]) if flipped else picture):
        if flipped:
            points = points[regions.MIRROR] * (-1, 1, 1) + (crop.size, 0, 0)
        points = crop.out(points)
        away = float(np.linalg.norm(points[:, :2].mean(0) - center))
        if away < least:
            best, least = [points], away
    return best


def _with_depth(record: FaceRecord) -> np.ndarray:
    return np.concatenate([record.points, record.depth[:, None]], 1).astype(np.float64)


def _center(face: FaceRecord) -> np.ndarray:
    return face.points.mean(0)


def _apart(a: FaceRecord, b: FaceRecord) -> bool:
    return float(np.linalg.norm(_center(a) - _center(b))) > _SAME * max(a.scale, b.scale)
