"""Average proportions of faces, and the authored head brought to them by a smooth field.

Surveys give distances along a face, but hardly how far its parts lie before one another. The table below was read off
a published average of scanned people, the mean face of ICT-FaceKit (MIT license, USC Institute for Creative
Technologies, 2020), at points that a landmark detector sees on it; the shape between the points is this project's own,
and so is the jaw's: along an outline a detector's points slide.
"""

import numpy as np

from ..model import LandmarkTable

# Points of mediapipe's face mesh: x, y, z in millimeters from the middle between the pupils, +X the left, -Y ahead,
# +Z up; pupils 63 mm apart. Those off the middle line stand for both sides.
_AVERAGE = {
    10: (0.0, -5.9, 49.1), 151: (0.0, -10.1, 35.6), 9: (0.0, -13.0, 21.9), 168: (0.0, -11.9, 4.8),
    6: (0.0, -16.3, -3.4), 197: (0.0, -21.6, -10.2), 5: (0.0, -31.5, -22.9), 4: (0.0, -35.5, -30.8),
    1: (0.0, -34.6, -36.7), 2: (0.0, -22.9, -43.9), 164: (0.0, -20.3, -49.4), 0: (0.0, -23.5, -58.8),
    13: (0.0, -19.6, -66.2), 17: (0.0, -19.9, -77.8), 18: (0.0, -14.7, -84.0), 200: (0.0, -15.3, -90.9),
    152: (0.0, -6.4, -110.5),
    334: (41.3, -0.8, 26.8), 300: (57.5, 15.9, 15.9), 296: (29.0, -8.1, 26.7),  # brow
    279: (17.4, -16.0, -33.8), 278: (17.5, -17.9, -36.5), 327: (15.8, -11.2, -43.5),  # nose
    291: (24.3, -7.5, -68.6), 267: (7.2, -22.3, -57.7), 405: (13.7, -17.2, -75.6), 270: (19.1, -15.1, -63.6),  # mouth
    280: (47.8, 3.3, -33.5), 330: (33.8, -1.8, -25.9), 425: (38.7, -2.4, -41.8),  # cheek
    297: (35.2, 2.5, 46.2), 332: (50.6, 14.1, 41.0),  # forehead
}  # fmt: skip
_PUPILS = (468, 473)
_HELD = 0.018  # meters around an eye's middle within which nothing moves: lids fit their ball
_EVERY = 12  # of the vertices there that stand for all
_FAR, _FAR_REACH = 0.010, 0.045  # meters: deviation and reach of the field's slow part
_NEAR, _NEAR_REACH = 0.003, 0.016  # and of its quick part
_BLUR, _STILL = 0.0015, 0.0001  # meters: how well a point of the table, and a held vertex, is known
_FLIP = np.array([-1.0, 1.0, 1.0])


def proportioned(vertices: np.ndarray, eyes: np.ndarray, landmarks: LandmarkTable) -> np.ndarray:
    """vertices (V, 3) of the authored head, eyes (2, 3) the balls' middles, meters -> vertices of average proportions.

    A Gaussian process through those points that the landmarks have settled (Rasmussen and Williams 2006, eq. 2.23),
    alike on both sides.
    """
    points = (vertices[landmarks.corners] * landmarks.weights[..., None]).sum(1)
    middle = points[list(_PUPILS)].mean(0)
    # Where a point is not settled, the table does not know which vertex it is: the chin's once lay 11 mm off.
    numbers = [number for number in _AVERAGE if np.isfinite(landmarks.spread[number])]
    moves = np.array([_AVERAGE[number] for number in numbers]) / 1000 + middle - points[numbers]
    near = np.linalg.norm(vertices[:, None] - eyes, axis=2).min(1) < _HELD
    held = vertices[near][::_EVERY]
    known = np.concatenate([points[numbers], points[numbers] * _FLIP, held, held * _FLIP])
    moves = np.concatenate([moves, moves * _FLIP, np.zeros((2 * len(held), 3))])
    blur = np.repeat([_BLUR, _STILL], [2 * len(numbers), 2 * len(held)])
    weights = np.linalg.solve(_covariance(known, known) + np.diag(blur**2), moves)
    return vertices + _covariance(vertices, known) @ weights


def _covariance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    squares = ((a[:, None] - b[None]) ** 2).sum(-1)
    far, near = (
        size**2 * np.exp(-squares / (2 * reach**2)) for size, reach in ((_FAR, _FAR_REACH), (_NEAR, _NEAR_REACH))
    )
    return far + near
