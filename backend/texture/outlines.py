"""Outlines of eyes, brows, lips and beard among the points of a FaceRecord, as soft masks of a photo's size."""

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from ..scene.face import FaceRecord

# Indices into mediapipe's 478 points, around each shape. "Right" is the subject's.
RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
NOSE_UNDERSIDE = (64, 98, 97, 2, 326, 327, 294, 279, 4, 49)  # with the nostrils and the wings
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
BEARD = (98, 205, 207, 214, 135, 169, 170, 140, 171, 175, 396, 369, 395, 394, 364, 434, 427, 425, 327)
FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
RIGHT_IRIS, LEFT_IRIS = 468, 473  # the center of each; the four after it lie on the rim

_OPEN = 0.03  # gap between the lips, in lengths of the face's scale, from which the mouth counts as open


def inside(record: FaceRecord, shapes: tuple[tuple[int, ...], ...], shape: tuple[int, int], grow: float) -> np.ndarray:
    """(H, W) in [0, 1]: inside any of the outlines, moved outwards by `grow` pixels (a soft edge of that width)."""
    picture = Image.new("L", (shape[1], shape[0]))
    draw = ImageDraw.Draw(picture)
    for outline in shapes:
        points = [tuple(point) for point in (record.points[list(outline)] - 0.5).tolist()]
        draw.polygon(points, fill=255)
        if grow > 0.5:
            draw.line([*points, points[0]], fill=255, width=round(2 * grow))
    return gaussian_filter(np.asarray(picture, np.float32) / 255, 0.7)


def opening(record: FaceRecord, shape: tuple[int, int]) -> np.ndarray:
    """(H, W) in [0, 1]: the gap between the lips; zero while they are closed."""
    gap = np.linalg.norm(record.points[13] - record.points[14])
    if gap < _OPEN * record.scale:
        return np.zeros(shape, np.float32)
    return inside(record, (INNER_LIPS,), shape, 0)


def above_face(record: FaceRecord, shape: tuple[int, int]) -> np.ndarray:
    """(H, W) bool: around the face's oval, but not below the eyes: where people have hair, or a bald head."""
    rows, columns = np.indices(shape) + 0.5
    eyes = record.points[[33, 263]]
    upwards = eyes.mean(0) - record.points[152]  # from the chin
    upwards = upwards / max(float(np.linalg.norm(upwards)), 1e-9)
    height = (columns - eyes[:, 0].mean()) * upwards[0] + (rows - eyes[:, 1].mean()) * upwards[1]
    around = inside(record, (FACE_OVAL,), shape, 0.1 * record.scale) < 0.1
    return around & (height > 0.15 * record.scale) & (height < 2 * record.scale)
