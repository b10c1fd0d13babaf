"""Expressions of the eyelids, which slide along arcs over the eyeball. The eyeball itself is turned by the rig."""

import numpy as np

from . import eye
from .expression_flesh import Flesh
from .layout import OPENINGS
from .skin import EYE, EYE_RADIUS, LID

CLOSING = 0.14  # where the lids meet: share of the way from the lower to the upper lid
_SHARES = (0.05, 0.18, 0.40, 0.64, 0.83, 0.95, 1.0)  # of the rings from the rectangle to the rim, of the rim's way


def blink(f: Flesh) -> np.ndarray:
    """The lids' edges meet, low before the eye, and slide a little towards the nose."""
    return lids(f, CLOSING, CLOSING, np.radians(-5)) + f.pull("lower lid", (1.2, 1.0, 0.5), (-0.10, 0, 0), (0, 0, -1.1))


def look_down(f: Flesh) -> np.ndarray:
    """The upper lid follows the eye out of its fold; the lower one gives way."""
    return lids(f, 0.14, -0.28) + f.pull("upper lid", (1.5, 1.0, 0.4), (0, 0, -0.16), (0.1, 0, 0.8))


def look_up(f: Flesh) -> np.ndarray:
    """Both lids rise."""
    return lids(f, 1.42, 0.18) + f.pull("brow arch", (1.6, 1.5, 0.8), (0, 0, 0.08))


def look_in(f: Flesh) -> np.ndarray:
    """The cornea's bulge carries the lids towards the nose."""
    return lids(f, 1.0, 0.0, np.radians(-14)) + f.pull("lower lid", (1.2, 1.0, 0.7), (-0.10, 0, 0), (0, 0, 0.4))


def look_out(f: Flesh) -> np.ndarray:
    """The cornea's bulge carries the lids away from the nose."""
    return lids(f, 1.0, 0.0, np.radians(14)) + f.pull("lower lid", (1.2, 1.0, 0.7), (0.10, 0, 0), (0, 0, 0.4))


def squint(f: Flesh) -> np.ndarray:
    """The ring muscle about the eye: the lower lid rises with the skin under it, both towards the nose."""
    return lids(f, 0.94, 0.24) + f.pull("lower lid", (1.5, 1.3, 0.8), (-0.26, -0.08, 0.27), (0, 0, -1.1))


def wide(f: Flesh) -> np.ndarray:
    """The upper lid is drawn up into its fold."""
    return lids(f, 1.46, -0.05) + f.pull("brow arch", (1.8, 1.5, 0.9), (0, 0, 0.08))


def lids(f: Flesh, upper: float, lower: float, aside: float = 0.0) -> np.ndarray:
    """Where the lids' edges go, as shares of the way from the lower (0) to the upper lid (1), and an angle around the
    ball's upright axis, away from the nose. The rings about them follow, ever less: (V, 3).
    """
    rings, hole = f.half.rings["eye"], OPENINGS["eye"]
    rim = np.roll(rings[hole.rim], hole.tall // 2)  # begins at the inner corner, first along the lower lid
    local = f.points[rim] - EYE
    goal = _turned(_goals(local, upper, lower), _aside(local, aside))
    goal_way = goal / np.linalg.norm(goal, axis=1, keepdims=True)
    over = eye.corneal_radius(np.arccos(-goal_way[:, 1]))  # how far the ball reaches there
    radius = np.linalg.norm(local, axis=1)
    moved = np.linalg.norm(goal - local, axis=1) > 1e-9
    nearing = np.where(np.arange(len(rim)) > len(rim) // 2, 1 - upper, lower)  # the other lid, as a share of the way
    met = np.clip(nearing / CLOSING, 0, 1)  # where they meet both are as far from the ball
    reach = np.maximum(radius + 0.5 * met * (radius[_twin(len(rim))] - radius), over + 0.05)
    reach = np.where(moved, reach, radius)
    move = goal_way * reach[:, None] - local
    out = np.zeros_like(f.points)
    for ring, share in zip(rings[: hole.rim], _SHARES[:-1], strict=True):
        out[np.roll(ring, hole.tall // 2)] = _along(
            f.points[np.roll(ring, hole.tall // 2)], share, move, reach - radius
        )
    out[rim] = move
    inner = np.roll(rings[hole.rim + 1], hole.tall // 2)  # the margin's inner edge stays on the ball
    out[inner] = np.where(moved[:, None], EYE + goal_way * (over + 0.02)[:, None] - f.points[inner], 0.0)
    return out


def _twin(count: int) -> np.ndarray:
    """The place on the other lid of each place along a rim."""
    return -np.arange(count) % count


def _goals(local: np.ndarray, upper: float, lower: float) -> np.ndarray:
    """Places (N, 3) along the rim from the ball's middle, moved between the lids; the corners stay."""
    is_upper = (np.arange(len(local)) > len(local) // 2)[:, None]
    other = local[_twin(len(local))]
    low, high = np.where(is_upper, other, local), np.where(is_upper, local, other)
    way = low + np.where(is_upper, upper, lower) * (high - low)
    return way * (np.linalg.norm(local, axis=1) / np.maximum(np.linalg.norm(way, axis=1), 1e-9))[:, None]


def _aside(local: np.ndarray, angle: float) -> np.ndarray:
    """(N,) angles: all of it in the middle of the lids, none in their corners."""
    half = len(local) // 2
    return angle * np.sin(np.pi * np.arange(len(local)) / half) ** 2


def _turned(local: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Places (N, 3) turned about the ball's upright axis by angles (N,), from the face's front to the left."""
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = cos * local[:, 0] - sin * local[:, 1], sin * local[:, 0] + cos * local[:, 1]
    return np.stack([x, y, local[:, 2]], 1)


def _along(places: np.ndarray, share: float, move: np.ndarray, away: np.ndarray) -> np.ndarray:
    """Displacements (N, 3) of a ring that goes a share of the rim's way (N, 3), and of its way from the ball (N,).

    Never closer to the ball than a lid is thick.
    """
    start = places - EYE
    size = np.linalg.norm(start, axis=1)
    goal = start + share * move
    goal *= (np.maximum(size + share * away, EYE_RADIUS + LID) / np.linalg.norm(goal, axis=1))[:, None]
    return np.where(np.linalg.norm(move, axis=1) > 1e-9, (goal - start).T, 0.0).T
