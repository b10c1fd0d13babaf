"""Which of the 478 points of mediapipe's face mesh lie where. "Left" and "right" are the subject's own.

The mesh is symmetric: points 0..247 are the middle line and the subject's right half, 248..467 the left half in the
same order, so that the mirror follows from the middle line alone. Two rings of irises follow: 468..472 is the right.
"""

import numpy as np

SKIN_POINTS = 468  # without the irises

MIDDLE = (0, 1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
          94, 151, 152, 164, 168, 175, 195, 197, 199, 200)  # fmt: skip
_IRIS_PAIRS = ((468, 473), (469, 476), (470, 475), (471, 474), (472, 477))  # centre, outer, top, inner, bottom


def _mirror() -> np.ndarray:
    right = np.setdiff1d(np.arange(SKIN_POINTS - (SKIN_POINTS - len(MIDDLE)) // 2), MIDDLE)
    left = np.arange(SKIN_POINTS - len(right), SKIN_POINTS)
    mirror = np.arange(SKIN_POINTS + 2 * len(_IRIS_PAIRS))
    mirror[right], mirror[left] = left, right
    for a, b in _IRIS_PAIRS:
        mirror[[a, b]] = b, a
    return mirror


MIRROR = _mirror()  # (478,): the point on the other side of the face; itself on the middle line
SIDE = np.sign(np.arange(len(MIRROR)) - MIRROR)  # (478,): 1 on the subject's left, -1 on its right, 0 in the middle


def mirrored(points: tuple[int, ...]) -> tuple[int, ...]:
    """The same line on the other side of the face."""
    return tuple(int(MIRROR[point]) for point in points)


# Closed lines, in order around the face as seen in the picture.
OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip
LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
MOUTH = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LEFT_EYE = mirrored(RIGHT_EYE)
RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = mirrored(RIGHT_BROW)
RIGHT_IRIS = (469, 470, 471, 472)
LEFT_IRIS = (474, 475, 476, 477)

# Single points.
RIGHT_OUTER, RIGHT_INNER, LEFT_INNER, LEFT_OUTER = 33, 133, 362, 263  # corners of the eyes
NOSE_TIP, NOSE_ROOT, FOREHEAD_TOP, CHIN = 1, 168, 10, 152
RIGHT_IRIS_CENTER, LEFT_IRIS_CENTER = 468, 473

# Open lines and sets.
NOSE = (1, 2, 4, 5, 6, 168, 195, 197, 19, 94, 45, 275, 48, 278, 64, 294, 97, 98, 326, 327, 115, 344, 220, 440)
HAIRLINE = (54, 103, 67, 109, 10, 338, 297, 332, 284)  # the oval's upper end: rarely marked by anything
JAW = (132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361)
# Plain skin, where its color is learned: under the eyes, beside the nose, on the bridge.
RIGHT_CHEEK = (117, 118, 119, 100, 142, 36, 205, 50)
LEFT_CHEEK = mirrored(RIGHT_CHEEK)
