"""Expressions of the jaw, which turns about its hinge and slides on it, and the mouth closed over an open jaw."""

import numpy as np

from .expression_flesh import HINGE, Flesh
from .layout import OPENINGS

TURN = np.radians(18.0)  # an opening of some 38 mm between the teeth
SLIDE = np.array([0.0, -0.25, 0.0])  # of the hinge while it turns
FORWARD = np.array([0.0, -0.95, -0.10])
SIDEWAYS, SWING = 0.75, 0.02


def turned(points: np.ndarray, angle: float = TURN) -> np.ndarray:
    """How points (V, 3) of the jaw move when it opens: a turn about the hinge, which slides to the front."""
    local = points - HINGE
    cos, sin = np.cos(angle), np.sin(angle)
    there = np.stack([local[:, 0], cos * local[:, 1] - sin * local[:, 2], sin * local[:, 1] + cos * local[:, 2]], -1)
    return there - local + SLIDE * (angle / TURN)


def advanced(points: np.ndarray) -> np.ndarray:
    """How points (V, 3) of the jaw move when the lower teeth come before the upper ones."""
    return np.repeat(FORWARD[None], len(points), 0)


def swung(points: np.ndarray, way: float) -> np.ndarray:
    """How points (V, 3) of the jaw move to the left (way 1) or right (-1): about the joint of the side they go to."""
    return way * np.stack([np.full(len(points), SIDEWAYS), SWING * points[:, 0], np.zeros(len(points))], -1)


def jaw_open(f: Flesh) -> np.ndarray:
    """The mouth's corners are drawn in, and the upper lip comes down a little."""
    narrowed = f.pull("corner", (0.7, 1.0, 0.9), (-0.30, 0.05, -0.20))
    drawn = f.lips[1][:, None] * f.pull("upper lip", (1.8, 1.2, 1.0), (0, 0.04, -0.12))
    return f.lower[:, None] * turned(f.points) + narrowed + drawn


def jaw_forward(f: Flesh) -> np.ndarray:
    """The corners of the mouth go along."""
    return f.lower[:, None] * advanced(f.points) + f.pull("corner", (0.9, 1.2, 0.9), (0, -0.2, 0))


def jaw_sideways(f: Flesh, way: float) -> np.ndarray:
    """To the left (way 1) or to the right (-1); the upper lip is drawn along a little."""
    lip = 0.15 * f.near("upper lip", (2.2, 1.5, 0.9)) * f.lips[1] + 0.25 * f.near("corner", (1.0, 1.3, 1.0))
    return f.lower[:, None] * swung(f.points, way) + lip[:, None] * np.array([way * SIDEWAYS, 0, 0])


def mouth_close(f: Flesh) -> np.ndarray:
    """To be used with an open jaw, as Apple defines it: takes back what the jaw does to the lips, so that they meet."""
    mouth, held = f.half.rings["mouth"], np.zeros(len(f.points))
    lips = np.unique(mouth[2 : OPENINGS["mouth"].rim + 3])
    far = np.linalg.norm(f.points - f.marks["seam"], axis=1) > 6.5
    low = f.points[:, 2] < f.marks["menton"][2] + 0.6
    far[mouth[OPENINGS["mouth"].rim + 5 :]] = far[f.half.caps["mouth"]] = True  # these stay with the teeth
    still = np.setdiff1d(np.flatnonzero(far | low), lips)
    held[lips] = 1.0
    known = np.concatenate([lips, still])
    return -f.graph.diffused(known, held[known])[:, None] * jaw_open(f)
