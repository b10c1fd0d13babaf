"""What makes a head move: shape keys under Apple's names, and joints."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

_SIDES = ("Left", "Right")
_EYE = ("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide")
_MOUTH_PAIRS = ("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch")
_LIPS = ("mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper")
_LATE_PAIRS = ("mouthPress", "mouthLowerDown", "mouthUpperUp")

# Apple's ARFaceAnchor.BlendShapeLocation, in the order of its documentation. Left and right are the subject's.
ARKIT = (
    *(name + side for side in _SIDES for name in _EYE),
    "jawForward", "jawLeft", "jawRight", "jawOpen",
    "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight",
    *(name + side for name in _MOUTH_PAIRS for side in _SIDES),
    *_LIPS,
    *(name + side for name in _LATE_PAIRS for side in _SIDES),
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
# Degrees that an eye turns at coefficient 1: up, down, to the nose, away from it.
GAZE = {"eyeLookUp": 25.0, "eyeLookDown": 30.0, "eyeLookIn": 35.0, "eyeLookOut": 35.0}
JOINTS = ("neck", "head", "jaw", "eyeLeft", "eyeRight")
_MIRRORED = {"Left": "Right", "Right": "Left"}


def mirrored(name: str) -> str:
    """The key of the other side; the name itself where a key has no side."""
    for side, other in _MIRRORED.items():
        if name.endswith(side):
            return name.removesuffix(side) + other
    return name


@dataclass(frozen=True)
class Joint:
    """A bone at rest, in the frame of the surface. It turns about `head`."""

    name: str  # one of JOINTS
    parent: str | None
    head: np.ndarray  # (3,)
    tail: np.ndarray  # (3,)


@dataclass(frozen=True)
class Rig:
    """How a surface in its neutral expression moves; everything in the surface's frame and vertex order.

    keys         name of ARKIT -> displacements (V, 3) float32 at coefficient 1, all 52
    correctives  "jawOpen+mouthClose" -> displacements (V, 3), to be added times the product of both coefficients
    joints       parents first; weights (V, J) float32, rows sum to 1
    region       (V,) uint8, index into scene.head.REGIONS
    photos       name of a view -> its coefficients, those that are not 0
    worn         the expression that the photos have in common: coefficients, those that are not 0
    """

    keys: dict[str, np.ndarray]
    correctives: dict[str, np.ndarray]
    joints: tuple[Joint, ...]
    weights: np.ndarray
    region: np.ndarray
    photos: dict[str, dict[str, float]] = field(default_factory=dict)
    worn: dict[str, float] = field(default_factory=dict)

    def moved(self, coefficients: Mapping[str, float]) -> np.ndarray:
        """Key -> coefficient: the displacements (V, 3) float32 of all together, without correctives."""
        total = np.zeros((len(self.region), 3), np.float32)
        for name, coefficient in coefficients.items():
            total += np.float32(coefficient) * self.keys[name]
        return total


@dataclass(frozen=True)
class Carrier:
    """Where the vertices of a surface lie on a head model: what is known of the model's vertices is carried over.

    corners  (V, 3) int32 into the model's vertices; weights (V, 3) float32, rows sum to 1
    """

    corners: np.ndarray
    weights: np.ndarray

    @classmethod
    def itself(cls, count: int) -> "Carrier":
        """Of a surface that has the model's own vertices."""
        corners = np.repeat(np.arange(count, dtype=np.int32)[:, None], 3, 1)
        return cls(corners, np.tile(np.float32([1, 0, 0]), (count, 1)))

    @property
    def is_itself(self) -> bool:
        """Whether every vertex is the model's of the same number."""
        return bool((self.weights[:, 0] == 1).all() and (self.corners[:, 0] == np.arange(len(self.corners))).all())

    def carry(self, values: np.ndarray) -> np.ndarray:
        """values (M, ...) at the model's vertices -> (V, ...) at the surface's."""
        weights = self.weights.reshape(*self.weights.shape, *(1,) * (values.ndim - 1))
        return (values[self.corners] * weights).sum(1)
