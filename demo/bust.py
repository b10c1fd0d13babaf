"""The bust's shape: one signed distance for head, neck, shoulders and shirt.

Centimeters while modelling (METER converts), +Z up, the face to -Y, the origin between the ears. Lengths follow
an average adult's: 23 cm from chin to crown, 15 cm broad, 6.3 cm between the pupils.
"""

import numpy as np

from . import ear, face, hair
from .polygonize import biggest_piece, surface_nets
from .solids import blend, carve, cone, ellipsoid, meet, ramp, sphere, tube

METER = 0.01  # meters in a centimeter
BOTTOM = -36.0  # where the bust ends, below every photo's frame
RAISE = np.array([0.0, 0.0, 1.7])  # shoulders up: a neck of usual length
# the neckline's plane: a point of it, its normal into the shirt
COLLAR = (np.array([0.0, 0.0, -14.5]), np.array([0.0, 0.32, -0.9474]))


def asymmetry(points: np.ndarray) -> np.ndarray:
    """Nobody is symmetric: the face (not the skull) leans by about a millimeter. (N, 3) -> (N, 3)."""
    moved = points.copy()
    front = ramp(points[:, 1], -4.0, -10.0)
    moved[:, 0] += 0.10 * front * np.sin(0.45 * points[:, 2] + 0.5)
    moved[:, 2] += 0.018 * front * points[:, 0]
    return moved


def mirrored(points: np.ndarray) -> np.ndarray:
    """Points (N, 3) folded onto the subject's left half, after the asymmetry."""
    folded = asymmetry(points)
    folded[:, 0] = np.sqrt(folded[:, 0] ** 2 + 0.12**2) - 0.03  # rounded, so that the middle shows no crease
    return folded


def softly_mirrored(points: np.ndarray) -> np.ndarray:
    """Points folded for the chest, whose halves meet without a crease; shoulders drawn in by a tenth."""
    folded = points.copy()
    folded[:, 0] = np.sqrt((1.08 * folded[:, 0]) ** 2 + 0.8**2)
    return folded


def skull(p: np.ndarray) -> np.ndarray:
    """Cranium, brow, cheekbones and jaw under the skin; mirrored points."""
    head = ellipsoid(p, (0, 0.5, 4.5), (7.25, 9.2, 8.1))
    head = blend(head, ellipsoid(p, (0, 3.2, 2.4), (6.6, 6.5, 6.0)), 2.5)
    head = blend(head, ellipsoid(p, (0, -3.0, 4.9), (6.15, 6.25, 5.4)), 2.0)
    head = blend(head, ellipsoid(p, (0, -4.0, -2.0), (5.3, 4.9, 6.2)), 2.5)
    head = blend(head, tube(p, [(0, -8.5, 2.9, 0.7), (1.5, -8.45, 3.1, 0.75), (3.6, -7.95, 3.3, 0.75),
                                (5.2, -6.4, 2.6, 0.7), (5.8, -5.2, 1.2, 0.6)]), 1.8)  # fmt: skip
    cheek = ellipsoid(p, (4.2, -6.3, -0.85), (1.8, 1.75, 1.25))
    arch = cone(p, (5.1, -5.0, -0.4), (6.2, -1.0, 0.0), 0.95, 0.8)
    head = blend(head, blend(cheek, arch, 1.4), 2.2)
    head = blend(head, ellipsoid(p, (3.9, -5.0, -3.4), (2.3, 2.9, 3.0)), 1.8)
    return blend(head, jaw(p), 1.6)


def jaw(p: np.ndarray) -> np.ndarray:
    """Mandible and the flesh on it; mirrored points."""
    bone = tube(p, [(0, -8.15, -8.75, 1.35), (1.5, -7.6, -8.6, 1.3), (4.0, -3.9, -6.9, 1.25), (5.15, -1.4, -5.2, 1.15),
                    (5.95, -0.6, -0.6, 1.0)], 9)  # fmt: skip
    chin = ellipsoid(p, (0, -8.35, -8.75), (1.75, 1.45, 1.4))
    flesh = ellipsoid(p, (0, -3.9, -5.4), (4.7, 5.1, 3.7))
    return blend(blend(bone, chin, 0.8), flesh, 1.8)


def neck(p: np.ndarray) -> np.ndarray:
    """Throat, sternocleidomastoids, trapezius; mirrored points."""
    column = cone(p, (0, 0.8, -4), (0, 2.0, -16), 4.6, 4.9)
    column = blend(column, cone(p, (0.9, 1.4, -5), (1.2, 2.6, -16), 4.4, 4.7), 2.0)
    throat = cone(p, (0, -2.6, -9.5), (0, -2.0, -17), 1.6, 1.5)
    column = blend(blend(column, throat, 1.6), sphere(p, (0, -3.75, -12.0), 0.55), 1.1)
    strap = tube(p, [(5.8, 2.0, -2.6, 0.8), (4.9, 0.6, -8, 0.9), (3.0, -1.8, -13, 0.85), (1.3, -3.5, -17.4, 0.7)])
    nape = cone(p, (1.8, 4.8, -3), (3.0, 5.0, -15), 2.2, 2.9)
    slope = tube(p, [(3.0, 4.7, -9, 2.1), (6.0, 4.6, -14.6, 2.3), (13.5, 3.6, -18.0, 2.2)])
    column = blend(blend(column, nape, 2.0), slope, 2.4)
    column = blend(column, strap, 0.9)
    return carve(column, sphere(p, (0, -5.1, -17.0), 0.9), 1.4)


def torso(p: np.ndarray) -> np.ndarray:
    """Shoulders, chest, upper arms; mirrored points."""
    chest = ellipsoid(p, (0, 1.4, -31), (15.5, 9.3, 13.0))
    girdle = cone(p, (4, 2.8, -24.5), (15.5, 2.6, -23.2), 6.0, 4.4)
    arm = tube(p, [(16.8, 2.5, -23.4, 4.7), (18.4, 2.6, -29, 4.7), (19.2, 2.8, -40, 4.2)], 5)
    clavicle = tube(p, [(1.6, -3.9, -19.7, 0.7), (6, -3.0, -19.6, 0.6), (13, 0.2, -19.2, 0.7)])
    body = blend(blend(chest, girdle, 4.0), arm, 2.0)
    return blend(body, clavicle, 2.2)


def over_collar(points: np.ndarray) -> np.ndarray:
    """Signed distance to the neckline's surface: negative on the shirt's side."""
    point, normal = COLLAR
    return -((points - point) @ normal)


def drape(points: np.ndarray) -> np.ndarray:
    """The form that cloth hangs on: neck and shoulders without the hollows between their muscles."""
    p = softly_mirrored(points)
    column = cone(p, (0, 1.5, -8), (0, 1.4, -18), 6.15, 6.9)
    column = blend(column, cone(p, (2.6, 4.6, -10), (9.5, 4.2, -16.6), 2.6, 2.4), 3.0)
    return blend(column, torso(p - RAISE), 3.4)


def shirt(points: np.ndarray, body: np.ndarray) -> np.ndarray:
    """A T-shirt over the body: a shell cut at the neckline, with a ribbed collar."""
    plane = over_collar(points)
    body = np.minimum(body, drape(points))
    wrinkle = 0.16 * np.sin(0.55 * points[:, 0] + 0.9 * points[:, 2] + 0.02 * points[:, 1] ** 2)
    shell = meet(body - 0.32 - wrinkle * ramp(plane, -1.0, -5.0), plane, 0.25)
    collar = np.sqrt((body - 0.22) ** 2 + (0.55 * (plane + 0.55)) ** 2) - 0.42
    return blend(shell, collar, 0.15)


def scalp(points: np.ndarray) -> np.ndarray:
    """Skull, neck and hair, without ears and face."""
    folded = mirrored(points)
    return hair.hair(points, blend(skull(folded), neck(folded), 1.6))


def skin(points: np.ndarray) -> np.ndarray:
    """Everything but the shirt."""
    folded = mirrored(points)
    head = face.face(folded, ear.ear(folded, scalp(points)))
    return blend(head, torso(softly_mirrored(points) - RAISE), 2.6)


def distance(points: np.ndarray) -> np.ndarray:
    """points (N, 3) centimeters -> signed distance (N,) to the whole bust, negative inside."""
    bare = skin(points)
    whole = np.minimum(bare, shirt(points, bare))
    return np.maximum(whole, BOTTOM - points[:, 2])


def lattice(step: float) -> tuple[np.ndarray, ...]:
    """Lattice lines along x, y, z: `step` centimeters on the head, growing to three steps far from it."""
    x = spread(step, -9.3, 9.3, -25.5, 25.5)
    y = spread(step, -12.8, 11.3, -14.5, 13.5)
    z = spread(step, -11.5, 14.2, BOTTOM - 0.8, 15.5)
    return x, y, z


def spread(step: float, fine_low: float, fine_high: float, low: float, high: float) -> np.ndarray:
    """Increasing coordinates from low to high: `step` apart inside the fine range, wider by 5 % a line outside."""
    fine = np.arange(fine_low, fine_high + step, step)
    growth = step * np.cumsum(np.minimum(1.05 ** np.arange(1, 4000), 3.0))
    above = fine[-1] + growth[: np.searchsorted(growth, high - fine[-1]) + 1]
    below = fine[0] - growth[: np.searchsorted(growth, fine[0] - low) + 1]
    return np.concatenate([below[::-1], fine, above])


def sculpt(step: float) -> tuple[np.ndarray, np.ndarray]:
    """The bust as vertices (V, 3) centimeters and quads (Q, 4)."""
    vertices, quads = surface_nets(distance, lattice(step))
    kept, quads = biggest_piece(len(vertices), quads)
    return vertices[kept], quads
