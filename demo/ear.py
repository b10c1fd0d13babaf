"""The ear of the bust. Points are mirrored (x = |x|), centimeters; the ear is built flat in its own axes.

Ear axes: u backwards along the ear's plate, v upwards, w outwards from it; the origin at the ear canal.
"""

import numpy as np

from .solids import blend, carve, cone, ellipsoid, length, sphere, tube

CENTER = np.array([6.95, 0.1, -0.1])
FLARE = np.radians(26)  # how far the plate stands off the head
TILT = np.radians(12)  # how far its top leans back


def ear_axes() -> np.ndarray:
    """Rows u, v, w (3, 3): unit and orthogonal."""
    back = np.array([np.sin(FLARE), np.cos(FLARE), 0.0])
    out = np.array([np.cos(FLARE), -np.sin(FLARE), 0.0])
    up = np.array([0.0, 0.0, 1.0])
    return np.stack([np.cos(TILT) * back - np.sin(TILT) * up, np.cos(TILT) * up + np.sin(TILT) * back, out])


def plate(local: np.ndarray) -> np.ndarray:
    """The thin leaf that carries the relief: upper fan and lobe."""
    upper = ellipsoid(local, (0.95, 1.05, 0.28), (1.72, 2.15, 0.38))
    lower = ellipsoid(local, (0.45, -0.9, 0.16), (1.15, 1.6, 0.36))
    lobe = ellipsoid(local, (0.15, -2.1, 0.20), (0.78, 0.95, 0.34))
    return blend(blend(upper, lower, 0.8), lobe, 0.6)


def relief(local: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Helix, antihelix with its two legs, tragus and antitragus, concha, added to the plate."""
    helix = tube(local, [(0.35, 0.15, 0.15, 0.16), (-0.35, 0.75, 0.45, 0.24), (-0.25, 2.0, 0.55, 0.27),
                         (0.75, 2.95, 0.60, 0.29), (2.0, 2.6, 0.65, 0.29), (2.55, 1.3, 0.62, 0.27),
                         (2.1, -0.3, 0.52, 0.22), (1.35, -1.4, 0.40, 0.18)], 19)  # fmt: skip
    stem = tube(local, [(0.75, -1.05, 0.35, 0.22), (1.35, -0.5, 0.52, 0.22), (1.6, 0.5, 0.62, 0.24),
                        (1.25, 1.4, 0.55, 0.22), (0.75, 2.15, 0.42, 0.16)], 10)  # fmt: skip
    leg = tube(local, [(1.45, 0.95, 0.55, 0.2), (0.75, 1.15, 0.45, 0.15), (0.1, 1.25, 0.38, 0.1)], 5)
    skin = carve(skin, ellipsoid(local, (0.42, -0.1, 0.5), (0.78, 0.85, 0.62)), 0.25)
    skin = carve(skin, ellipsoid(local, (0.62, 0.62, 0.55), (0.62, 0.35, 0.40)), 0.2)
    skin = blend(skin, helix, 0.16)
    skin = blend(skin, blend(stem, leg, 0.2), 0.3)
    skin = blend(skin, ellipsoid(local, (-0.42, -0.25, 0.42), (0.26, 0.55, 0.34)), 0.3)
    skin = blend(skin, sphere(local, (0.4, -1.2, 0.42), 0.26), 0.35)
    return carve(skin, cone(local, (-0.05, -0.2, 0.3), (-0.25, -0.1, -0.9), 0.3, 0.22), 0.2)


def ear(points: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """The skin with an ear, where it can matter: within 6 cm of the ear's middle."""
    near = length(points - CENTER - np.array([0.4, 1.0, 0.3])) < 6.0
    local = (points[near] - CENTER) @ ear_axes().T
    root = ellipsoid(local, (0.5, 0.3, -0.45), (0.95, 1.9, 0.75))
    work = blend(skin[near], blend(root, plate(local), 0.35), 0.3)
    skin = skin.copy()
    skin[near] = relief(local, work)
    return skin
