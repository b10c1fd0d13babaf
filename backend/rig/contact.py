"""Keys made for the mean head, corrected so that lids and lips touch on the person they were carried to.

On another face the lids of eyeBlink may not quite meet or cut the ball, and lips may gape or pass through one another.
What is added is smooth and, but for how strong mouthClose is, dies out within about a centimeter.
"""

from dataclasses import dataclass

import numpy as np

from ..head.model import HeadModel
from ..scene.head import FACE
from .lids import cleared, closed, lids, uncut
from .lips import Lips, lips, sealed, slit, together, uncrossed
from .teeth import before_teeth

_OTHER = {"Left": "Right", "Right": "Left"}
_ABOUT_EYES = ("eye", "brow", "cheekSquint")
_ABOUT_MOUTH = ("mouth", "cheekPuff", "jawForward", "jawLeft", "jawRight", "noseSneer")
_SHUT = ("mouthRollUpper",)  # keys under which lips that touch at rest go on touching
_STILL = 5e-5  # meters: what a key moves less than this it leaves alone
_PARTED = 0.0015  # meters: lips that photos show farther apart are open on purpose
_LEFT_OVER = 0.006  # meters: gap that an expression which was taken off may leave
_TOUCHING = 0.0003  # meters: lips that are mostly no farther apart touch


@dataclass(frozen=True)
class Frame:
    """From a person's vertices to meters in the model's frame: local = (p - center) @ turn / metre."""

    center: np.ndarray  # (3,)
    turn: np.ndarray  # (3, 3)
    metre: float

    @classmethod
    def of(cls, neutral: np.ndarray, model: HeadModel, metre: float) -> "Frame":
        """By the rotation that carries the face of the mean onto this person's (Kabsch 1976)."""
        face = model.region == FACE
        center = neutral[face].mean(0)
        mean = model.vertices[face] - model.vertices[face].mean(0)
        u, _, v = np.linalg.svd((neutral[face] - center).T @ mean)
        turn = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ v))]) @ v
        return cls(center, turn, metre)

    def into(self, points: np.ndarray) -> np.ndarray:
        """Points (V, 3)."""
        return (points.astype(float) - self.center) @ self.turn / self.metre

    def arrows_into(self, moved: np.ndarray) -> np.ndarray:
        """Displacements (V, 3)."""
        return moved.astype(float) @ self.turn / self.metre

    def arrows_out(self, moved: np.ndarray) -> np.ndarray:
        """The inverse of `arrows_into`."""
        return moved @ self.turn.T * self.metre


def in_contact(
    neutral: np.ndarray, keys: dict[str, np.ndarray], model: HeadModel, metre: float
) -> dict[str, np.ndarray]:
    """The keys (V, 3) of a person, corrected: all names stay, in their order.

    neutral (V, 3), in any frame, on the model's vertices; metre: the length of one meter in it.
    """
    frame = Frame.of(neutral, model, metre)
    rest = frame.into(neutral)
    moved = {name: frame.arrows_into(key) for name, key in keys.items()}
    _correct_lids(model, rest, moved)
    _correct_lips(model, rest, moved)
    return {name: frame.arrows_out(key).astype(np.float32) for name, key in moved.items()}


def neutral_sealed(neutral: np.ndarray, model: HeadModel, metre: float, bared: bool = False) -> np.ndarray:
    """neutral (V, 3) whose lips do not pass through one another, and touch where they nearly do.

    bared: a wider gap is known to be no more than left over, say of an expression that was taken off. Lids that the
    eyeballs cut are lifted off them.
    """
    frame = Frame.of(neutral, model, metre)
    rest = frame.into(neutral)
    pose = rest.copy()
    for side in _OTHER:
        eye = lids(model, side, rest)
        if eye is not None:
            pose[eye.place.vertices] += uncut(eye)
    mouth = lips(model, rest)
    if mouth is not None:
        pose = sealed(mouth, pose, 0.5, limit=_LEFT_OVER if bared else _PARTED)
    return (neutral + frame.arrows_out(pose - rest)).astype(np.float32)


def lips_touch(neutral: np.ndarray, model: HeadModel, metre: float) -> bool:
    """Whether the lips of neutral (V, 3) mostly touch; False of models without lips."""
    rest = Frame.of(neutral, model, metre).into(neutral)
    mouth = lips(model, rest)
    return mouth is not None and _touching(slit(mouth, rest)[1])


def _touching(apart: np.ndarray) -> bool:
    return len(apart) > 0 and bool(np.median(apart) < _TOUCHING)


def _correct_lids(model: HeadModel, rest: np.ndarray, moved: dict[str, np.ndarray]) -> None:
    for side in _OTHER:
        eye = lids(model, side, rest)
        if eye is None:
            continue
        own = eye.place.vertices
        for name, key in moved.items():
            if not name.startswith(_ABOUT_EYES) or name.endswith(_OTHER[side]) or np.abs(key[own]).max() < _STILL:
                continue
            if name == "eyeBlink" + side:
                key[own] = closed(eye, key[own])
            else:
                key[own] = cleared(eye, key[own], name)


def _correct_lips(model: HeadModel, rest: np.ndarray, moved: dict[str, np.ndarray]) -> None:
    mouth = lips(model, rest)
    if mouth is None:
        return
    apart = slit(mouth, rest)[1]
    touching = _touching(apart)
    for name, key in moved.items():
        if name.startswith(_ABOUT_MOUTH) and name != "mouthClose" and np.abs(key[mouth.place.vertices]).max() > _STILL:
            shut = touching and name.startswith(_SHUT)
            pose = sealed(mouth, rest + key, 0.5) if shut else uncrossed(mouth, rest + key)
            moved[name] = before_teeth(mouth, pose) - rest
    if "jawOpen" in moved and "mouthClose" in moved:
        moved["mouthClose"] = _closing(mouth, moved["jawOpen"], moved["mouthClose"])


def _closing(mouth: Lips, opened: np.ndarray, closing: np.ndarray) -> np.ndarray:
    """mouthClose that seals the lips at jawOpen 1; all of it is the lower lip's, for the upper one did not move."""
    pose = mouth.rest + opened + together(mouth, opened, closing)
    return sealed(mouth, pose, 0.0) - mouth.rest - opened
