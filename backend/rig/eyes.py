"""The eyes of a surface in any frame: where the balls are, which is the left, and how the look keys turn them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from ..errors import UserError
from ..scene.eyeball import fitted_ball
from ..scene.head import EYEBALL
from ..scene.rig import GAZE

SIDES = ("Left", "Right")
APART = 0.062  # meters between the centers of a person's eyeballs, to tell a surface's scale
_FEWEST = 20  # vertices of a ball
_DOME = 0.02  # of the radius: a cornea stands out by more
_APEX = 0.7  # of the dome's height: what is higher tells where the eye looks


@dataclass(frozen=True)
class Eye:
    """One ball, in the frame of the vertices."""

    side: str  # Left or Right, the subject's
    center: np.ndarray  # (3,)
    radius: float
    members: np.ndarray  # (V,) bool


@dataclass(frozen=True)
class Eyes:
    """Both balls, and the head's directions: unit vectors (3,) at right angles."""

    balls: tuple[Eye, Eye]  # left, right
    left: np.ndarray
    forward: np.ndarray

    @property
    def up(self) -> np.ndarray:
        """(3,)"""
        return np.cross(self.forward, self.left)

    @property
    def apart(self) -> float:
        """The distance between the balls' centers."""
        return float(np.linalg.norm(self.balls[0].center - self.balls[1].center))


def eyes_of(vertices: np.ndarray, region: np.ndarray, keys: Mapping[str, np.ndarray]) -> Eyes:
    """Find both eyes: vertices (V, 3) in any frame, region (V,), and the blinks (V, 3), which tell left from right."""
    blinks = [_middle(vertices, keys[f"eyeBlink{side}"]) for side in SIDES]
    on_left = (vertices - (blinks[0] + blinks[1]) / 2) @ (blinks[0] - blinks[1]) > 0
    members = [(region == EYEBALL) & (on_left == (side == "Left")) for side in SIDES]
    if min(own.sum() for own in members) < _FEWEST:
        raise UserError("This head model has no eyeballs. Choose the head model ict or builtin.")
    rough = [vertices[own].mean(0) for own in members]
    left = _unit(rough[0] - rough[1])
    # Blinks move the front of the lids, which lies before the balls.
    ahead = _across(blinks[0] + blinks[1] - rough[0] - rough[1], left)
    balls = _balls(vertices, members, left, ahead)
    left = _unit(balls[0].center - balls[1].center)
    domes = [_looking(vertices[ball.members] - ball.center, ball.radius) for ball in balls]
    return Eyes(balls, left, _across(domes[0] + domes[1] if all(dome.any() for dome in domes) else ahead, left))


def gaze_keys(
    vertices: np.ndarray, region: np.ndarray, keys: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:  # fmt: skip
    """The eight look keys with their part in the eyeballs, (V, 3) float32: what they do elsewhere stays.

    Each ball turns rigidly about its own center by scene.rig.GAZE degrees. vertices (V, 3) in any frame.
    """
    eyes = eyes_of(vertices, region, keys)
    moves = {}
    for ball in eyes.balls:
        for name, axis in _axes(eyes, ball.side).items():
            turn = Rotation.from_rotvec(np.radians(GAZE[name]) * axis).as_matrix()
            move = np.array(keys[name + ball.side], np.float32)
            move[region == EYEBALL] = 0
            move[ball.members] = (vertices[ball.members] - ball.center) @ (turn - np.eye(3)).T
            moves[name + ball.side] = move
    return moves


def _axes(eyes: Eyes, side: str) -> dict[str, np.ndarray]:
    """What an eye turns about, right-handed: the nose lies to the right of the left eye."""
    outwards = eyes.up if side == "Left" else -eyes.up
    return {"eyeLookUp": -eyes.left, "eyeLookDown": eyes.left, "eyeLookIn": -outwards, "eyeLookOut": outwards}


def _balls(vertices, members, left: np.ndarray, ahead: np.ndarray) -> tuple[Eye, Eye]:
    """Both balls, measured in the head's own directions and in meters."""
    axes = np.stack([left, -ahead, np.cross(ahead, left)])
    unit = np.linalg.norm(vertices[members[0]].mean(0) - vertices[members[1]].mean(0)) / APART
    found = []
    for side, own in zip(SIDES, members, strict=True):
        ball = fitted_ball(vertices[own] @ axes.T / unit)
        found.append(Eye(side, ball.center @ axes * unit, ball.radius * unit, own))
    return found[0], found[1]


def _looking(points: np.ndarray, radius: float) -> np.ndarray:
    """The direction of the cornea's top, (3,), from points (N, 3) about the center; zero where there is no cornea."""
    height = np.linalg.norm(points, axis=1) - radius
    if height.max() < _DOME * radius:
        return np.zeros(3)
    return _unit(points[height > _APEX * height.max()].mean(0))


def _middle(vertices: np.ndarray, key: np.ndarray) -> np.ndarray:
    """The middle of what a key moves, (3,)."""
    weight = (key.astype(float) ** 2).sum(1)
    if not weight.sum() > 0:
        raise UserError("The head model lacks eyeBlinkLeft or eyeBlinkRight. Choose the head model ict or builtin.")
    return weight @ vertices / weight.sum()


def _across(vector: np.ndarray, left: np.ndarray) -> np.ndarray:
    """The part of a vector (3,) in the head's middle plane, of length 1."""
    return _unit(vector - left * (left @ vector))


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
