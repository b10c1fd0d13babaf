"""Expressions under their ARKit names, as displacements of the mean at coefficient 1. Centimeters, the left half.

Three tools: pulls with a falloff; weights that spread over the mesh itself, so that the lips part at their seam; and
turns (the jaw about its hinge, the lids about the eyeball). One-sided expressions are a symmetric field times a mask
that crosses over within a centimeter of the middle, so that left plus right is the symmetric field again.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import eye
from .fields import Graph, pull, ramp
from .layout import OPENINGS, Half
from .skin import EYE, EYE_RADIUS, LID

HINGE = np.array([0.0, -0.9, -0.7])  # of the jaw: the condyles lie 2 cm before and below the ear canals' line
JAW_TURN = np.radians(17.0)  # an opening of some 35 mm between the teeth
CORNER = 0.35  # how much of the jaw's way the corner of the mouth goes
CLOSING = 0.22  # where the lids meet: share of the way from the lower to the upper lid


@dataclass(frozen=True)
class Flesh:
    """The half's points in centimeters and how it is attached.

    points  (V, 3); lower (V,): 1 on what the jaw carries, 0 on the skull, between on the cheeks
    """

    half: Half
    points: np.ndarray
    lower: np.ndarray

    @property
    def upper_lip(self) -> np.ndarray:
        """(V,) weight of what moves with the upper lip."""
        return 1.0 - self.lower


def flesh(half: Half, points: np.ndarray) -> Flesh:
    """The jaw's share spreads over the mesh from chin and lower lip, and is held by skull, nose, upper lip and neck."""
    mouth = half.rings["mouth"]
    corner = mouth.shape[1] // 2
    x, y, z = points.T
    carried = (z < -7.4) & (z > -9.7) & (y < -5.5)
    carried |= (np.abs(z + 6.2 - 0.62 * (y + 2.8)) < 0.7) & (y < -3.3) & (x > 3.0) & (x < 7)  # along the jaw's edge
    held = (z > -3.4) & (y < -6.0)
    held |= (z > -1.8) | ((y > 0.3) & (z > -8.0)) | (z < -13.0) | (y > 1.5)
    value = np.where(carried & ~held, 1.0, 0.0)
    known = carried | held
    along = np.abs(np.arange(mouth.shape[1]) / corner - 1)  # 0 in the corner, 1 in the middle
    oval = np.sqrt(1 - (1 - along) ** 2)
    lips = np.where(np.arange(len(along)) < corner, CORNER + (1 - CORNER) * oval, CORNER * (1 - oval))
    for ring in mouth[2:]:
        known[ring], value[ring] = True, lips
    lower = Graph.of(half.quads, len(points)).diffused(np.flatnonzero(known), value[known])
    return Flesh(half, points, lower)


def jaw_open(f: Flesh) -> np.ndarray:
    """The jaw turns about its hinge and slides a little to the front."""
    local = f.points - HINGE
    cos, sin = np.cos(JAW_TURN), np.sin(JAW_TURN)
    turned = np.stack([local[:, 0], cos * local[:, 1] - sin * local[:, 2], sin * local[:, 1] + cos * local[:, 2]], -1)
    narrowed = pull(f.points, (2.6, -9.3, -5.9), (0.7, 1.0, 0.9), (-0.30, 0.1, -0.25))
    return f.lower[:, None] * (turned - local + np.array([0, -0.25, 0])) + narrowed


def smile(f: Flesh) -> np.ndarray:
    """The corner of the mouth goes out, back and up; the cheek rises before it."""
    p = f.points
    return (pull(p, (2.5, -9.2, -5.9), (1.0, 1.4, 1.0), (0.50, 0.36, 0.62))
            + pull(p, (3.6, -8.4, -2.6), (1.4, 1.6, 1.3), (0.10, -0.18, 0.34))
            + pull(p, (3.2, -8.8, 0.3), (1.4, 1.2, 0.5), (0, -0.03, 0.08)))  # fmt: skip


def frown(f: Flesh) -> np.ndarray:
    """The corner of the mouth goes down."""
    return pull(f.points, (2.5, -9.2, -6.0), (0.95, 1.3, 1.0), (0.10, 0.06, -0.60))


def stretch(f: Flesh) -> np.ndarray:
    """The corner of the mouth goes out, back and a little down."""
    return pull(f.points, (2.6, -9.2, -6.0), (1.1, 1.5, 1.2), (0.62, 0.34, -0.22))


def pucker(f: Flesh) -> np.ndarray:
    """The lips gather before the teeth."""
    p = f.points
    inwards = -0.42 * p[:, 0] * np.exp(-0.5 * (((p[:, 2] + 5.95) / 1.1) ** 2 + ((p[:, 1] + 9.6) / 1.9) ** 2))
    inwards *= ramp(p[:, 0], 5.0, 2.2)
    out = np.zeros_like(p)
    out[:, 0] = inwards
    return out + pull(p, (0, -10.0, -5.9), (1.4, 1.4, 0.9), (0, -0.62, 0))


def upper_up(f: Flesh) -> np.ndarray:
    """The upper lip rises beside the middle, with the nose's wing."""
    p = f.points
    return f.upper_lip[:, None] * pull(p, (1.1, -9.9, -5.4), (0.95, 1.2, 0.85), (0.03, 0.06, 0.58))


def lower_down(f: Flesh) -> np.ndarray:
    """The lower lip falls beside the middle."""
    p = f.points
    return f.lower[:, None] * pull(p, (1.1, -9.8, -6.5), (0.95, 1.2, 0.85), (0.05, 0.08, -0.56))


def brow_inner_up(f: Flesh) -> np.ndarray:
    """The brows rise by the nose."""
    return pull(f.points, (1.1, -9.4, 3.4), (1.2, 1.6, 1.0), (0, 0.02, 0.60))


def brow_outer_up(f: Flesh) -> np.ndarray:
    """The brow rises at its arch and tail."""
    return pull(f.points, (4.3, -8.4, 3.5), (1.4, 1.8, 1.0), (0.04, 0.05, 0.62))


def brow_down(f: Flesh) -> np.ndarray:
    """The brow falls, most by the nose, and is drawn to the middle."""
    p = f.points
    return (pull(p, (1.4, -9.3, 3.2), (1.2, 1.6, 0.8), (-0.16, -0.05, -0.44))
            + pull(p, (3.6, -8.7, 3.4), (1.3, 1.7, 0.8), (-0.05, 0, -0.26)))  # fmt: skip


def cheek_puff(f: Flesh) -> np.ndarray:
    """Air behind closed lips."""
    p = f.points
    return (pull(p, (4.3, -7.2, -5.0), (1.6, 2.0, 1.7), (0.78, -0.50, 0))
            + pull(p, (0, -9.9, -4.6), (1.6, 1.2, 0.5), (0, -0.12, 0))
            + pull(p, (0, -9.6, -7.3), (1.6, 1.2, 0.5), (0, -0.12, 0)))  # fmt: skip


def blink(f: Flesh) -> np.ndarray:
    """The lids slide over the ball until their edges meet; the rings about them follow, ever less."""
    out = np.zeros_like(f.points)
    rings, hole = f.half.rings["eye"], OPENINGS["eye"]
    rim = np.roll(rings[hole.rim], hole.tall // 2)  # begins at the inner corner, first along the lower lid
    radius = np.linalg.norm(f.points[rim] - EYE, axis=1)
    twin = -np.arange(len(rim)) % len(rim)
    is_upper = np.arange(len(rim)) > len(rim) // 2
    local = f.points[rim] - EYE
    low, high = np.where(is_upper[:, None], local[twin], local), np.where(is_upper[:, None], local, local[twin])
    meet = low + CLOSING * (high - low)
    meet = meet / np.linalg.norm(meet, axis=1, keepdims=True)
    over = eye.corneal_radius(np.arccos(-meet[:, 1]))  # how far the ball reaches where the lids meet
    reach = np.maximum(radius, EYE_RADIUS + LID)
    move = meet * np.maximum(0.5 * (reach + reach[twin]), over + 0.05)[:, None] - local
    shares = (0.03, 0.10, 0.26, 0.48, 0.72, 0.90, 1.0)  # of the rings from the rectangle to the rim
    for ring, share in zip(rings[: hole.rim], shares[:-1], strict=True):
        who = np.roll(ring, hole.tall // 2)
        start = f.points[who] - EYE
        size = np.linalg.norm(start, axis=1, keepdims=True)
        goal = start + share * move
        far = np.maximum(size * (1 - share) + share * reach[:, None], EYE_RADIUS + LID)
        goal *= far / np.linalg.norm(goal, axis=1, keepdims=True)
        out[who] = goal - start
    out[rim] = move
    for ring in rings[hole.rim + 1 : hole.rim + 2]:  # the margin's inner edge stays on the ball
        who = np.roll(ring, hole.tall // 2)
        out[who] = EYE + meet * (over + 0.02)[:, None] - f.points[who]
    return out


SYMMETRIC: dict[str, Callable[[Flesh], np.ndarray]] = {
    "jawOpen": jaw_open, "mouthPucker": pucker, "browInnerUp": brow_inner_up, "cheekPuff": cheek_puff,
}  # fmt: skip
SIDED: dict[str, Callable[[Flesh], np.ndarray]] = {
    "mouthSmile": smile, "mouthFrown": frown, "mouthStretch": stretch, "mouthUpperUp": upper_up,
    "mouthLowerDown": lower_down, "browOuterUp": brow_outer_up, "browDown": brow_down, "eyeBlink": blink,
}  # fmt: skip
MIDLINE = 1.0  # centimeters on either side within which the left and the right of an expression cross over


def displacements(f: Flesh) -> tuple[tuple[str, ...], list[tuple[np.ndarray, np.ndarray]]]:
    """Names, and for each its displacement (V, 3) of the left half and that of the right half, mirrored to the left."""
    names, fields = [], []
    for name, make in SYMMETRIC.items():
        names.append(name)
        fields.append((make(f),) * 2)
    left = ramp(f.points[:, 0], -MIDLINE, MIDLINE)[:, None]
    for name, make in SIDED.items():
        moved = make(f)
        names += [name + "Left", name + "Right"]
        fields += [(moved * left, moved * (1 - left)), (moved * (1 - left), moved * left)]
    return tuple(names), fields
