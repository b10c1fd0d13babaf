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
# the crease above the upper lid, from the eye's center; on the ball of the lids
LID_FOLD = [(-1.12, -0.66, 0.40, 0.04), (-0.75, -0.92, 0.73, 0.09), (0.0, -1.07, 0.92, 0.12), (0.8, -0.90, 0.78, 0.12),
            (1.42, -0.36, 0.40, 0.06)]  # fmt: skip


def folded(points: np.ndarray) -> np.ndarray:
    """Points (N, 3) on the left half, rounded so that the middle shows no crease."""
    half = points.copy()
    half[:, 0] = np.sqrt(points[:, 0] ** 2 + 0.12**2) - 0.03
    return half


def skull(p: np.ndarray) -> np.ndarray:
    """Cranium, brow, cheekbones and jaw under the skin."""
    head = ellipsoid(p, (0, 0.4, 4.7), (7.3, 8.85, 8.1))
    head = blend(head, ellipsoid(p, (0, 3.2, 2.2), (6.5, 6.1, 5.6)), 2.5)
    head = blend(head, ellipsoid(p, (0, -3.0, 4.9), (6.25, 6.3, 5.4)), 2.0)
    head = blend(head, ellipsoid(p, (0, -4.1, -1.6), (5.3, 4.9, 5.8)), 2.5)
    brow = [(0, -8.45, 3.1, 0.7), (1.5, -8.35, 3.3, 0.75), (3.6, -7.7, 3.35, 0.75), (5.2, -6.1, 2.6, 0.7),
            (5.8, -4.9, 1.2, 0.6)]  # fmt: skip
    head = blend(head, tube(p, brow), 2.2)
    cheek = ellipsoid(p, (4.1, -6.1, -0.8), (1.9, 1.75, 1.35))
    arch = bone(p, (5.0, -4.9, -0.4), (6.05, -1.0, 0.0), 0.95, 0.8)
    head = blend(head, blend(cheek, arch, 1.6), 2.6)
    head = blend(head, ellipsoid(p, (3.7, -5.0, -3.3), (2.3, 2.9, 2.9)), 2.2)
    return blend(head, jaw(p), 2.0)


def jaw(p: np.ndarray) -> np.ndarray:
    """Mandible and the flesh on it."""
    body = tube(p, [(0, -8.6, -8.05, 1.3), (1.4, -8.0, -7.95, 1.25), (3.7, -4.3, -6.95, 1.2), (4.75, -1.5, -5.4, 1.1),
                    (5.75, -0.6, -0.6, 1.0)], 9)  # fmt: skip
    chin = ellipsoid(p, (0, -8.75, -8.1), (1.6, 1.4, 1.3))
    flesh = ellipsoid(p, (0, -4.2, -4.8), (4.7, 5.1, 3.8))
    return blend(blend(body, chin, 1.0), flesh, 2.0)


def neck(p: np.ndarray) -> np.ndarray:
    """Column, throat, nape, the straps to the bone behind the ears, and the slope of the shoulders."""
    column = bone(p, (0, 0.2, -5), (0, 1.5, -22), 4.3, 5.0)
    throat = bone(p, (0, -2.9, -9.6), (0, -2.6, -22), 1.7, 1.9)
    column = blend(column, throat, 2.2)
    strap = tube(p, [(4.9, 2.9, -2.6, 1.8), (4.5, 2.7, -5.5, 1.75), (4.1, 0.9, -9.0, 1.1), (2.9, -1.9, -15, 0.8),
                     (1.4, -4.0, -20, 0.6)])  # fmt: skip
    nape = tube(p, [(1.5, 4.6, -2.5, 1.7), (1.4, 3.7, -6.5, 1.7), (1.3, 3.4, -11, 1.9), (1.6, 3.0, -17, 2.2)])
    slope = tube(p, [(2.2, 3.2, -9.5, 1.6), (4.4, 2.9, -15.5, 1.6), (8.5, 2.8, -18.6, 2.0), (13.5, 2.2, -20.6, 2.6)])
    chest = bone(p, (0, 1.0, -24.0), (11.0, 1.6, -24.0), 5.2, 4.0)
    column = blend(blend(column, nape, 2.2), strap, 2.0)
    return blend(blend(column, slope, 2.4), chest, 2.6)


def orbit(p: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Socket, the closed surface of the lids over the eyeball, their folds."""
    skin = carve(skin, ellipsoid(p, (3.25, -9.9, 1.75), (1.95, 1.5, 0.95)), 1.2)
    skin = carve(skin, ellipsoid(p, (1.75, -9.6, 1.55), (0.6, 0.85, 0.75)), 0.9)
    local = p - EYE
    skin = blend(skin, length(local) - EYE_RADIUS - LID, 0.5)
    return carve(skin, tube(local, LID_FOLD), 0.3)


def nose(p: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Bridge, tip, wings and septum."""
    bridge = tube(p, [(0, -8.65, 2.7, 0.62), (0, -8.80, 1.8, 0.58), (0, -9.95, 0.35, 0.62), (0, -11.15, -1.2, 0.68)])
    flank = bone(p, (0.55, -8.5, 0.9), (0.95, -9.5, -1.8), 0.55, 0.85)
    skin = blend(skin, blend(bridge, flank, 1.0), 1.1)
    tip = blend(ball(p, (0, -11.22, -1.40), 0.86), ball(p, (0.25, -11.40, -1.50), 0.55), 0.7)
    skin = blend(skin, tip, 0.8)
    wing = tube(p, [(0.45, -11.40, -1.85, 0.55), (1.05, -10.95, -1.85, 0.52), (1.36, -10.25, -2.02, 0.48),
                    (1.25, -9.75, -2.37, 0.36)], 7)  # fmt: skip
    crease = tube(p, [(1.55, -10.6, -1.12, 0.02), (1.95, -9.85, -1.70, 0.04), (1.95, -9.5, -2.3, 0.04)])
    skin = carve(blend(skin, wing, 0.55), crease, 0.6)
    return blend(skin, bone(p, (0, -11.35, -2.05), (0, -10.2, -2.72), 0.36, 0.3), 0.35)


def lips(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances to the red of the upper and of the lower lip."""
    upper = tube(p, [(0, -10.60, -4.68, 0.32), (0.55, -10.51, -4.64, 0.31), (1.4, -10.10, -4.80, 0.27),
                     (2.5, -9.10, -5.10, 0.12)], 8)  # fmt: skip
    upper = blend(upper, ellipsoid(p, (0, -10.66, -4.76), (0.42, 0.34, 0.28)), 0.25)
    lower = tube(p, [(0, -10.46, -5.50, 0.37), (0.7, -10.33, -5.49, 0.35), (1.5, -9.88, -5.41, 0.28),
                     (2.5, -9.08, -5.22, 0.12)], 8)  # fmt: skip
    return upper, lower


def muzzle(p: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """What lies about the mouth: philtrum, lips, the hollows under them and at their corners."""
    skin = blend(skin, ellipsoid(p, (0, -7.60, -4.6), (3.0, 2.80, 2.6)), 1.4)
    skin = blend(skin, bone(p, (0.34, -10.36, -3.2), (0.5, -10.42, -4.15), 0.10, 0.15), 0.6)
    skin = carve(skin, bone(p, (0, -10.72, -3.3), (0, -10.80, -4.1), 0.18, 0.26), 0.4)
    skin = carve(skin, tube(p, [(0, -10.95, -6.75, 0.5), (1.1, -10.62, -6.7, 0.45), (2.1, -9.65, -6.4, 0.2)]), 1.0)
    skin = carve(skin, ellipsoid(p, (2.75, -9.42, -5.28), (0.26, 0.3, 0.35)), 0.7)
    upper, lower = lips(p)
    return np.minimum(blend(skin, upper, 0.3), blend(skin, lower, 0.5))


def folds(p: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """The fold from the nose's wing past the mouth's corner, and the hollow under the eye."""
    nasolabial = tube(p, [(2.35, -9.6, -2.8, 0.02), (2.8, -9.42, -3.6, 0.02), (3.3, -9.05, -4.9, 0.02)])
    tear = tube(p, [(1.9, -9.10, 1.0, 0.02), (2.7, -8.98, 0.2, 0.03), (3.9, -8.5, -0.2, 0.02)])
    return carve(carve(skin, nasolabial, 0.5), tear, 0.45)


def distance(points: np.ndarray) -> np.ndarray:
    """points (N, 3) centimeters -> signed distance (N,) to the skin, negative inside."""
    p = folded(points)
    skin = blend(skull(p), neck(p), 1.8)
    for part in (muzzle, nose, folds, orbit):
        skin = part(p, skin)
    return skin
