"""Expressions of a head: a network from canonical point, coefficients and pose to displacement, and what it bakes.

Points are canonical (canonical.py); displacements are meters in the head model's frame.
"""

from dataclasses import dataclass, field, fields

import numpy as np
import torch

from ..head.model import HeadModel
from ..scene.progress import Progress, silent
from .canonical import is_ball
from .learning import LearningConfig, learned_network
from .network import ExpressionNetwork
from .shelf import Shelf

_NOTICED = 0.0003  # meters: what a pair of keys departs from their sum by less than this needs no key of its own

_STANDARD = LearningConfig()


def _still() -> np.ndarray:
    return np.zeros(3)


@dataclass(frozen=True)
class Pose:
    """How joints are turned from rest: rotation vectors (3,), radians, in the head model's frame."""

    neck: np.ndarray = field(default_factory=_still)
    jaw: np.ndarray = field(default_factory=_still)
    eye_left: np.ndarray = field(default_factory=_still)
    eye_right: np.ndarray = field(default_factory=_still)

    def vector(self) -> np.ndarray:
        """(12,)"""
        return np.concatenate([getattr(self, joint.name) for joint in fields(self)])


REST = Pose()


@dataclass(frozen=True)
class ExpressionField:
    """How every point of a head moves. Eyeballs are left still: eyes.gaze_keys turns them."""

    network: ExpressionNetwork

    def displacements(self, points: np.ndarray, coefficients: np.ndarray, pose: Pose = REST) -> np.ndarray:
        """points (N, 4), coefficients (52,) in the order of ARKIT -> (N, 3) float32; 0 where all are 0."""
        moved = self.network(_tensor(points), _tensor(coefficients), _tensor(pose.vector())).numpy()
        return _off_balls(moved, points)

    def bake(self, points: np.ndarray) -> np.ndarray:
        """points (N, 4) -> (52, N, 3) float32: the displacements at each coefficient alone at 1."""
        moved = self.network.linear(_tensor(points)).permute(1, 0, 2).contiguous().numpy()
        return _off_balls(moved, points)

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything that was learned, for a checkpoint."""
        return self.network.arrays()

    @classmethod
    def of(cls, arrays: dict[str, np.ndarray]) -> "ExpressionField":
        """The inverse of `arrays`. KeyError or RuntimeError where they are none of ours."""
        return cls(ExpressionNetwork.of(arrays))


def train(
    model: HeadModel, seed: int = 0, progress: Progress = silent, config: LearningConfig = _STANDARD
) -> ExpressionField:
    """Learn the model's own expressions; a key that it lacks does nothing."""
    return ExpressionField(learned_network(model, config, seed, progress))


def learned(
    model: HeadModel, progress: Progress = silent, shelf: Shelf | None = None, config: LearningConfig = _STANDARD
) -> ExpressionField:
    """As `train`, but only the first time on this machine for this model."""
    shelf = shelf or Shelf()
    place = shelf.place(model, config)
    arrays = shelf.read(place)
    if arrays is not None:
        try:
            return ExpressionField.of(arrays)
        except (KeyError, ValueError, RuntimeError):  # none of ours, whatever its name: it is learned anew
            pass
    field = train(model, progress=progress, config=config)
    shelf.keep(place, field.arrays())
    return field


def _off_balls(moved: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Displacements (..., N, 3), zero on eyeballs."""
    moved[..., is_ball(points), :] = 0
    return moved


def _tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, np.float32))
