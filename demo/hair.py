"""Short hair as a sculptor cuts it: a cap with a hairline, and locks combed away from a whorl.

Points are not mirrored here (the whorl sits off the middle); centimeters, +Z up, the face to -Y.
"""

import numpy as np

from .solids import fractal, length, noise, ramp

MIDDLE = np.array([0.0, 0.4, 4.2])  # of the cranium
FADE = (1.4, 3.4)  # centimeters from the bare skin between which the hair's influence ends
WHORL = np.array([0.14, 0.62, 0.77])  # direction of the crown
# the hairline: azimuth from the face (degrees) and height there (cm)
HAIRLINE = np.array([
    (0, 8.0), (14, 8.1), (28, 8.4), (42, 7.5), (52, 5.8), (60, 4.6), (69, 3.4), (75, 1.2), (80, -0.8), (85, -0.9),
    (91, 2.4), (100, 3.7), (112, 3.5), (124, 0.8), (135, -3.0), (150, -4.8), (180, -5.3),
])  # fmt: skip


def azimuth(points: np.ndarray) -> np.ndarray:
    """Degrees around the head from the face's middle, 0 to 180 on either side."""
    return np.degrees(np.arctan2(np.abs(points[:, 0]), -points[:, 1]))


def height_over_hairline(points: np.ndarray) -> np.ndarray:
    """Centimeters above the hairline, ragged by noise; negative where there is skin."""
    line = np.interp(azimuth(points), HAIRLINE[:, 0], HAIRLINE[:, 1])
    return points[:, 2] - line + 0.35 * noise(points * 1.1, 5) + 0.2 * noise(points * 3.3, 6)


def cover(points: np.ndarray) -> np.ndarray:
    """How much hair there is, in [0, 1]."""
    return ramp(height_over_hairline(points), -0.25, 0.75)


def locks(points: np.ndarray) -> np.ndarray:
    """Relief in about [-1, 1] of locks that run away from the whorl, with finer strands on them."""
    direction = (points - MIDDLE) / np.maximum(length(points - MIDDLE), 1e-6)[:, None]
    whorl = WHORL / np.linalg.norm(WHORL)
    side = np.cross(whorl, (0.0, 0.0, 1.0))
    side /= np.linalg.norm(side)
    along = np.arccos(np.clip(direction @ whorl, -1, 1))
    angle = np.arctan2(direction @ np.cross(whorl, side), direction @ side)
    angle = angle + 0.5 * along + 0.16 * noise(points * 0.35, 11) + 0.03 * noise(points * 1.3, 12)
    coarse = np.stack([np.cos(angle) * 12.0, np.sin(angle) * 12.0, along * 1.9], -1)
    fine = np.stack([np.cos(angle) * 25.0, np.sin(angle) * 25.0, along * 3.0], -1)
    return 0.75 * noise(coarse, 21) + 0.34 * noise(fine, 22)


def hair(points: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """The skin of the head with its hair, where it can matter: close to the skin, over the neck."""
    near = (np.abs(skin) < FADE[1]) & (points[:, 2] > -7.0)
    some = points[near]
    fade = ramp(np.abs(skin[near]), FADE[1], FADE[0])
    above = height_over_hairline(some)
    top = ramp(some[:, 2], 2.0, 10.0)
    body = ramp(above, -0.3, 0.7) * 0.12 + ramp(above, 0.0, 3.2) * (0.22 + 0.65 * top)
    relief = ramp(above, 0.0, 1.2) * (0.07 + 0.17 * top) * locks(some)
    skin = skin.copy()
    skin[near] -= fade * (body + relief + 0.02 * ramp(above, 0.0, 1.0) * fractal(some * 3.0, 2, 31))
    return skin
