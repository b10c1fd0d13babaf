"""The skin as a signed distance, without ears and without the openings of eyes, mouth and nostrils.

Centimeters, +Z up, the face to -Y, the origin between the ears; points are taken by |x|, so both sides are one.
Lengths follow published means of adults of both sexes, rounded (L. Farkas, "Anthropometry of the Head and Face", 1994;
the ANSUR survey, 1988): head length 19.2, breadth 15.0, bizygomatic breadth 13.6, menton to sellion 11.7, bigonial
breadth 10.8, nose height 5.1, breadth 3.4 and protrusion 2.0, mouth breadth 5.0, interpupillary 6.3. How the features
of a face lie to one another was checked against mediapipe's canonical face model (Apache-2.0).
"""

import numpy as np

from .solids import ball, blend, bone, carve, ellipsoid, length, tube

EYE = np.array([3.15, -7.30, 1.65])  # center of the left eyeball
EYE_RADIUS = 1.20
LID = 0.13  # thickness of the lids


def folded(points: np.ndarray) -> np.ndarray:
    """Points (N, 3) on the left half, rounded so that the middle shows no crease."""
    half = points.copy()
    half[:, 0] = np.sqrt(points[:, 0] ** 2 + 0.12**2) - 0.03
    return half


def skull(p: np.ndarray) -> np.ndarray:
    """Cranium, brow, cheekbones and jaw under the skin."""
    head = ellipsoid(p, (0, 0.5, 4.5), (7.25, 9.2, 8.1))
    head = blend(head, ellipsoid(p, (0, 3.2, 2.4), (6.6, 6.5, 6.0)), 2.5)
    head = blend(head, ellipsoid(p, (0, -3.0, 4.9), (6.15, 6.25, 5.4)), 2.0)
    head = blend(head, ellipsoid(p, (0, -4.0, -2.0), (5.3, 4.9, 6.2)), 2.5)
    brow = [(0, -8.35, 2.9, 0.7), (1.5, -8.2, 3.15, 0.75), (3.6, -7.7, 3.3, 0.75), (5.2, -6.2, 2.6, 0.7),
            (5.8, -5.1, 1.2, 0.6)]  # fmt: skip
    head = blend(head, tube(p, brow), 2.2)
    cheek = ellipsoid(p, (4.1, -6.1, -1.0), (1.9, 1.75, 1.35))
    arch = bone(p, (5.0, -5.0, -0.5), (6.05, -1.0, 0.0), 0.95, 0.8)
    head = blend(head, blend(cheek, arch, 1.6), 2.6)
    head = blend(head, ellipsoid(p, (3.7, -5.0, -3.6), (2.3, 2.9, 3.0)), 2.2)
    return blend(head, jaw(p), 2.0)


def jaw(p: np.ndarray) -> np.ndarray:
    """Mandible and the flesh on it."""
    body = tube(p, [(0, -7.95, -8.7, 1.3), (1.4, -7.4, -8.55, 1.25), (3.7, -3.9, -6.9, 1.2), (4.75, -1.6, -5.2, 1.1),
                    (5.75, -0.6, -0.6, 1.0)], 9)  # fmt: skip
    chin = ellipsoid(p, (0, -8.05, -8.65), (1.6, 1.4, 1.35))
    flesh = ellipsoid(p, (0, -3.9, -5.2), (4.7, 5.1, 3.8))
    return blend(blend(body, chin, 1.0), flesh, 2.0)


def neck(p: np.ndarray) -> np.ndarray:
    """Column, throat, nape and the straps behind the ears."""
    column = bone(p, (0, 0.8, -4), (0, 2.0, -22), 4.2, 4.6)
    column = blend(column, bone(p, (0.9, 1.6, -5), (1.1, 2.8, -22), 4.0, 4.3), 2.0)
    column = blend(column, bone(p, (0, -2.3, -10), (0, -1.7, -22), 1.6, 1.6), 1.8)
    strap = tube(p, [(5.5, 2.0, -2.6, 0.8), (4.5, 0.9, -8, 0.9), (3.1, -1.4, -13, 0.8), (1.6, -3.0, -20, 0.6)])
    nape = bone(p, (1.2, 4.4, -3), (1.7, 4.6, -22), 2.3, 2.8)
    return blend(blend(column, nape, 2.4), strap, 1.4)


def orbit(p: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Socket, the closed surface of the lids over the eyeball, their folds."""
    skin = carve(skin, ellipsoid(p, (3.25, -9.9, 1.75), (1.95, 1.5, 0.95)), 1.2)
    skin = carve(skin, ellipsoid(p, (1.75, -9.6, 1.55), (0.6, 0.85, 0.75)), 0.9)
    local = p - EYE
    return blend(skin, length(local) - EYE_RADIUS - LID, 0.5)


def nose(p: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Bridge, tip, wings and septum."""
    bridge = tube(p, [(0, -8.55, 2.6, 0.62), (0, -8.65, 1.6, 0.58), (0, -9.6, 0.0, 0.64), (0, -10.7, -1.9, 0.70)])
    flank = bone(p, (0.55, -8.3, 0.6), (0.95, -9.1, -2.5), 0.55, 0.85)
    skin = blend(skin, blend(bridge, flank, 1.0), 1.1)
    tip = blend(ball(p, (0, -10.80, -2.15), 0.86), ball(p, (0.25, -10.95, -2.25), 0.55), 0.7)
    skin = blend(skin, tip, 0.8)
    wing = tube(p, [(0.45, -11.0, -2.55, 0.55), (1.05, -10.55, -2.5, 0.52), (1.36, -9.85, -2.65, 0.48),
                    (1.25, -9.35, -3.0, 0.36)], 7)  # fmt: skip
    crease = tube(p, [(1.55, -10.2, -1.75, 0.02), (1.95, -9.55, -2.3, 0.04), (1.95, -9.2, -2.9, 0.04)])
    skin = carve(blend(skin, wing, 0.55), crease, 0.6)
    return blend(skin, bone(p, (0, -10.95, -2.75), (0, -9.75, -3.4), 0.36, 0.3), 0.35)


def lips(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances to the red of the upper and of the lower lip."""
    upper = tube(p, [(0, -9.85, -5.52, 0.32), (0.55, -9.83, -5.48, 0.32), (1.4, -9.50, -5.62, 0.27),
                     (2.5, -8.75, -5.87, 0.12)], 8)  # fmt: skip
    upper = blend(upper, ellipsoid(p, (0, -9.90, -5.60), (0.42, 0.34, 0.28)), 0.25)
    lower = tube(p, [(0, -9.70, -6.30, 0.40), (0.6, -9.68, -6.30, 0.40), (1.4, -9.33, -6.24, 0.34),
                     (2.5, -8.73, -5.99, 0.12)], 8)  # fmt: skip
    return upper, lower


def muzzle(p: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """What lies about the mouth: philtrum, lips, the hollows under them and at their corners."""
    skin = blend(skin, ellipsoid(p, (0, -7.00, -5.3), (3.0, 2.75, 2.6)), 1.4)
    skin = blend(skin, bone(p, (0.34, -9.80, -3.7), (0.5, -9.75, -5.0), 0.12, 0.16), 0.6)
    skin = carve(skin, bone(p, (0, -10.12, -3.75), (0, -10.10, -4.95), 0.18, 0.26), 0.4)
    skin = carve(skin, tube(p, [(0, -10.25, -7.45, 0.5), (1.1, -9.95, -7.4, 0.45), (2.1, -9.05, -7.1, 0.2)]), 1.0)
    skin = carve(skin, ellipsoid(p, (2.75, -9.05, -6.05), (0.26, 0.3, 0.35)), 0.7)
    upper, lower = lips(p)
    return np.minimum(blend(skin, upper, 0.3), blend(skin, lower, 0.36))


def folds(p: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """The fold from the nose's wing past the mouth's corner, and the hollow under the eye."""
    nasolabial = tube(p, [(2.35, -9.2, -3.4, 0.02), (2.8, -9.02, -4.3, 0.02), (3.3, -8.68, -5.6, 0.02)])
    tear = tube(p, [(1.9, -9.02, 0.9, 0.02), (2.7, -8.9, 0.0, 0.03), (3.9, -8.5, -0.4, 0.02)])
    return carve(carve(skin, nasolabial, 0.5), tear, 0.45)


def distance(points: np.ndarray) -> np.ndarray:
    """points (N, 3) centimeters -> signed distance (N,) to the skin, negative inside."""
    p = folded(points)
    skin = blend(skull(p), neck(p), 1.8)
    for part in (muzzle, nose, folds, orbit):
        skin = part(p, skin)
    return skin
