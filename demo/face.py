"""Eyes, nose and mouth of the bust, worked into a given skin.

Points are mirrored (x = |x|, so the subject's left half), centimeters, +Z up, the face to -Y, the origin between
the ears. `skin` (N,) is the signed distance so far; each worker returns it with its part added.
"""

import numpy as np

from .solids import blend, carve, cone, curve, ellipsoid, length, ramp, sphere, tube

EYE = np.array([3.15, -7.42, 1.65])  # center of the eyeball
EYE_RADIUS = 1.22
LID = 0.15  # thickness of the lids
CANTHI = (-1.22, 1.34)  # inner and outer corner of the lids, x from the eye's center
MOUTH_CORNER = 2.5  # half the mouth's width


def lid_edges(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Heights of the lower and the upper lid's edge over the eye's center at x from the center."""
    u = np.clip((x - CANTHI[0]) / (CANTHI[1] - CANTHI[0]), 0.0, 1.0)
    base = -0.16 + 0.24 * u
    upper = base + 0.52 * (4 * u * (1 - u)) ** 0.72 * (1.08 - 0.16 * u)
    lower = base - 0.44 * (4 * u * (1 - u)) ** 0.8 * (0.9 + 0.2 * u)
    return lower, upper


def fissure(local: np.ndarray) -> np.ndarray:
    """The opening between the lids, a slot in front of the eyeball; local (N, 3) is measured from the eye's center."""
    x, y, z = local.T
    lower, upper = lid_edges(x)
    almond = 0.85 * np.maximum(z - upper, lower - z)
    ends = np.maximum(CANTHI[0] - x, x - CANTHI[1])
    return np.maximum.reduce([almond, ends, y + 0.5, EYE_RADIUS - 0.05 - length(local)])


def lid_crease() -> np.ndarray:
    """Knots (K, 4) of the fold above the upper lid, from the eye's center."""
    x = np.linspace(-1.0, 1.28, 7)
    z = lid_edges(x)[1] + 0.30 + 0.05 * np.cos(x * 1.2)
    y = -np.sqrt(np.maximum((EYE_RADIUS + LID + 0.05) ** 2 - x**2 - z**2, 0.06))
    return np.stack([x, y, z, np.full(7, 0.02)], -1)


def eyes(points: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Socket, lids with their opening and fold, eyeball, caruncle."""
    skin = carve(skin, ellipsoid(points, (3.25, -10.0, 1.75), (1.95, 1.55, 0.95)), 1.1)
    skin = carve(skin, ellipsoid(points, (1.75, -9.7, 1.55), (0.6, 0.85, 0.75)), 0.8)
    local = points - EYE
    skin = blend(skin, length(local) - EYE_RADIUS - LID, 0.42)
    bag = tube(local, [(-0.9, -0.8, -0.95, 0.06), (0.2, -0.9, -1.15, 0.05), (1.1, -0.5, -0.95, 0.04)])
    skin = blend(skin, bag, 0.5)
    skin = carve(skin, tube(local, lid_crease()), 0.2)
    skin = carve(skin, fissure(local), 0.10)
    caruncle = ellipsoid(local, (-1.08, -0.62, -0.12), (0.22, 0.22, 0.16))
    return np.minimum(skin, blend(eyeball(points), caruncle, 0.12))


def eyeball(points: np.ndarray) -> np.ndarray:
    """The white with the cornea's low dome."""
    return blend(sphere(points, EYE, EYE_RADIUS), sphere(points, EYE + np.array([0.02, -0.56, 0.0]), 0.74), 0.12)


def nose(points: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Bridge, tip, wings, septum and nostrils."""
    bridge = tube(points, [(0, -8.75, 2.5, 0.62), (0, -8.85, 1.5, 0.58), (0, -9.75, 0.0, 0.66), (0, -10.9, -2.0, 0.72)])
    flank = cone(points, (0.55, -8.5, 0.6), (0.95, -9.3, -2.5), 0.55, 0.85)
    skin = blend(skin, blend(bridge, flank, 0.9), 1.0)
    tip = blend(sphere(points, (0, -10.95, -2.3), 0.86), sphere(points, (0.28, -11.15, -2.42), 0.54), 0.6)
    skin = blend(skin, tip, 0.7)
    wing = tube(points, [(0.7, -10.9, -2.75, 0.34), (1.3, -10.3, -2.55, 0.46), (1.5, -9.65, -2.8, 0.46),
                         (1.2, -9.4, -3.2, 0.3)], 7)  # fmt: skip
    crease = tube(points, [(1.35, -10.35, -2.1, 0.02), (1.92, -9.55, -2.5, 0.05), (1.95, -9.3, -3.1, 0.05)])
    skin = carve(blend(skin, wing, 0.32), crease, 0.35)
    septum = cone(points, (0, -11.05, -2.85), (0, -9.75, -3.5), 0.36, 0.3)
    skin = blend(skin, septum, 0.3)
    nostril = tube(points, [(0.55, -10.85, -3.35, 0.2), (0.78, -10.2, -3.4, 0.3), (0.8, -9.9, -3.2, 0.28),
                            (0.55, -9.7, -2.4, 0.24)], 7)  # fmt: skip
    return carve(skin, nostril, 0.22)


def lips(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances to the red of the upper and of the lower lip."""
    upper = tube(points, [(0, -9.93, -5.46, 0.35), (0.55, -9.9, -5.40, 0.36), (1.4, -9.52, -5.60, 0.28),
                          (MOUTH_CORNER, -8.72, -5.87, 0.12)], 8)  # fmt: skip
    upper = blend(upper, ellipsoid(points, (0, -9.98, -5.60), (0.42, 0.34, 0.28)), 0.25)
    lower = tube(points, [(0, -9.72, -6.34, 0.45), (0.6, -9.70, -6.34, 0.46), (1.4, -9.33, -6.24, 0.36),
                          (MOUTH_CORNER, -8.7, -5.99, 0.12)], 8)  # fmt: skip
    return upper, lower


def mouth(points: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Muzzle with philtrum, closed lips, the fold under them."""
    skin = blend(skin, ellipsoid(points, (0, -7.0, -5.3), (3.0, 2.75, 2.6)), 1.2)
    ridge = cone(points, (0.34, -9.85, -3.7), (0.5, -9.78, -5.0), 0.12, 0.16)
    skin = blend(skin, ridge, 0.5)
    skin = carve(skin, cone(points, (0, -10.15, -3.75), (0, -10.12, -4.95), 0.18, 0.26), 0.4)
    skin = carve(skin, tube(points, [(0, -10.3, -7.45, 0.55), (1.1, -10.0, -7.4, 0.5), (2.1, -9.1, -7.1, 0.2)]), 0.9)
    skin = carve(skin, ellipsoid(points, (2.75, -9.05, -6.05), (0.28, 0.3, 0.35)), 0.6)
    upper, lower = lips(points)
    skin = np.minimum(blend(skin, upper, 0.22), blend(skin, lower, 0.28))
    line = tube(points, [(0, -10.35, -5.93, 0.05), (0.7, -10.25, -5.88, 0.05), (1.5, -9.75, -5.92, 0.05),
                         (MOUTH_CORNER + 0.15, -8.95, -5.93, 0.03)], 8)  # fmt: skip
    return carve(skin, line, 0.12)


def brow_curve() -> np.ndarray:
    """Points (16, 4) along the eyebrow: x, y, z, half its height; from the nose outwards."""
    knots = [(0.95, -9.6, 3.0, 0.34), (2.2, -9.6, 3.35, 0.36), (3.6, -9.1, 3.6, 0.27), (4.8, -8.1, 3.35, 0.17),
             (5.5, -7.2, 2.85, 0.06)]  # fmt: skip
    return curve(knots, 16)


def brow_cover(points: np.ndarray) -> np.ndarray:
    """How much a point of the skin belongs to the eyebrow, in [0, 1]."""
    path = brow_curve()
    offset = points[:, None, [0, 2]] - path[None, :, [0, 2]]
    ratio = np.sqrt((offset**2).sum(axis=-1)) - path[None, :, 3]
    return ramp(ratio.min(axis=1), 0.14, -0.2) * ramp(points[:, 1], -5.5, -6.5)


def brows(points: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """The eyebrows' slight body of hair."""
    return skin - 0.09 * brow_cover(points)


def folds(points: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """The fold from the nose's wing to the mouth's corner, and the hollow under the eye."""
    nasolabial = tube(points, [(2.0, -9.3, -2.9, 0.03), (2.75, -9.2, -4.2, 0.06), (3.3, -8.8, -5.6, 0.03)])
    tear = tube(points, [(1.9, -9.2, 0.9, 0.02), (2.7, -9.0, 0.0, 0.05), (3.9, -8.6, -0.4, 0.02)])
    return carve(carve(skin, nasolabial, 0.55), tear, 0.45)


def face(points: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Everything of this module, where it can matter: within 9 cm of the middle of the face."""
    near = length(points - np.array([0.0, -9.0, -2.2])) < 9.0
    some, work = points[near], skin[near]
    for part in (mouth, nose, folds, brows, eyes):
        work = part(some, work)
    skin = skin.copy()
    skin[near] = work
    return skin


