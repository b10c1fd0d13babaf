"""What is solved for: identity, expressions, cameras, and where the head stands."""

from dataclasses import dataclass

import numpy as np

from .pose import Pose


@dataclass(frozen=True)
class Placement:
    """World = scale * rotation @ model + translation."""

    scale: float
    rotation: np.ndarray  # (3, 3)
    translation: np.ndarray  # (3,)


@dataclass(frozen=True)
class Shot:
    """One photo in the least squares."""

    pose: Pose
    center: tuple[float, float]  # principal point, pixels
    lens: int  # photos of one number share a focal length


@dataclass(frozen=True)
class Lens:
    """A focal length in pixels and its prior: ln(focal) ~ N(ln(expected), deviation^2)."""

    focal: float
    expected: float
    deviation: float  # 0: known


@dataclass(frozen=True)
class Solution:
    """Everything that is solved for."""

    identity: np.ndarray  # (K,)
    expressions: np.ndarray  # (N, E)
    shots: tuple[Shot, ...]
    lenses: tuple[Lens, ...]
    placement: Placement
    cameras_known: bool
