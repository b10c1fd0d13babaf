"""Expressions by bounded least squares: how far a known head moved along its keys, seen by one or more cameras.

Glossary: b coefficients (E,) of displacement fields, the first `bounded` of which are keys in [0, 1], the others free
directions; a pose takes the head's frame to a camera's. Cameras that are known may still be off by a little, because
people move between photos.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import lsq_linear

from ...scene.rig import ARKIT
from .pose import Pose
from .rotation import skew, turned

_SETTLED = 1e-3  # of a coefficient
_TAIL = 0.35  # how much less a strong key is held back than a weak one


@dataclass(frozen=True)
class Marks:
    """Points of the head and where a photo shows them (M of them).

    rest    (M, 3) metres in the neutral expression; keys (M, 3, E): how they move at coefficient 1
    target  (M, 2) pixels; whiten (M, 2, 2): whiten @ (projected - target) has unit variance
    robust  residual length, in deviations, beyond which a point counts as an outlier (Geman and McClure 1987)
    share   of the points whose errors are their own: neighbors err together
    """

    rest: np.ndarray
    keys: np.ndarray
    target: np.ndarray
    whiten: np.ndarray
    robust: float
    share: float = 1.0


@dataclass(frozen=True)
class Sighting:
    """A camera before the head, and what it sees.

    pose  head's frame -> camera; turn (radians) and shift (metres): how far it may be off; inf where it is a guess
    """

    pose: Pose
    focal: float
    center: tuple[float, float]
    marks: tuple[Marks, ...] = ()
    turn: float = np.inf
    shift: float = np.inf

    def project(self, points: np.ndarray) -> np.ndarray:
        """points (..., 3) in the head's frame -> pixels (..., 2)."""
        swung = points @ self.pose.rotation.T + self.pose.translation
        return self.focal * swung[..., :2] / np.maximum(swung[..., 2:], 1e-6) + np.asarray(self.center)


@dataclass(frozen=True)
class Expectation:
    """Coefficients before the photos: means and deviations (E,), 0 where the mean is certain; `bounded` in [0, 1]."""

    mean: np.ndarray
    deviation: np.ndarray
    bounded: int = len(ARKIT)

    @classmethod
    def of(cls, told: dict[str, float], near: float = 0.05, unsaid: float = 0.06) -> "Expectation":
        """The told keys are nearly what they are told to be, all others nearly 0. Where eyes look is not asked."""
        mean = np.array([told.get(name, 0.0) for name in ARKIT])
        gaze = np.array([name.startswith("eyeLook") for name in ARKIT])
        return cls(mean, np.where(mean > 0, near, np.where(gaze, 0.0, unsaid)))

    def joined(self, count: int) -> "Expectation":
        """With `count` free directions of unit deviation."""
        mean, deviation = np.pad(self.mean, (0, count)), np.pad(self.deviation, (0, count), constant_values=1.0)
        return Expectation(mean, deviation, self.bounded)

    def spread(self, b: np.ndarray) -> np.ndarray:
        """Deviations (E,) near b: of the untold keys few strong rather than many weak ones, by a heavy tail."""
        untold = (np.arange(len(b)) < self.bounded) & (self.mean == 0)
        tail = np.where(untold, _TAIL * b, 0)
        spread = np.sqrt(self.deviation**2 + tail**2)
        return np.where(self.deviation > 0, spread, 1e-6)


@dataclass(frozen=True)
class Reading:
    """Coefficients (E,), the poses as corrected, and the inverse covariance (E, E) of what the photos say."""

    coefficients: np.ndarray
    poses: tuple[Pose, ...]
    evidence: np.ndarray


def read(
    sightings: Sequence[Sighting], expected: Expectation, rounds: int = 8, start: Reading | None = None
) -> Reading:
    """The expression that the sightings share."""
    b, count = (start.coefficients if start else expected.mean).copy(), len(expected.mean)
    poses = list(start.poses) if start else [sighting.pose for sighting in sightings]
    for _ in range(rounds):
        matrix, right = _normal_equations(sightings, b, poses)
        evidence, precision = matrix[:count, :count].copy(), expected.spread(b) ** -2
        matrix[np.diag_indices(count)] += precision
        right[:count] += (expected.mean - b) * precision
        step = _bounded(matrix, right, b[: expected.bounded])
        b = b + step[:count]
        b[: expected.bounded] = np.clip(b[: expected.bounded], 0, 1)
        poses = [_moved(pose, part) for pose, part in zip(poses, step[count:].reshape(-1, 6), strict=True)]
        if np.abs(step[: expected.bounded]).max() < _SETTLED:
            break
    return Reading(b, tuple(poses), evidence)


def _normal_equations(sightings, b: np.ndarray, poses) -> tuple[np.ndarray, np.ndarray]:
    """J^T J and -J^T r over coefficients, then turn and shift of every pose."""
    count = len(b)
    size = count + 6 * len(poses)
    matrix, right = np.zeros((size, size)), np.zeros(size)
    for number, (sighting, pose) in enumerate(zip(sightings, poses, strict=True)):
        own = count + 6 * number + np.arange(6)
        at = np.r_[np.arange(count), own]
        for marks in sighting.marks:
            rows, residual = _linear(marks, sighting, pose, b)
            half = rows.astype(np.float32)  # the one product that takes time
            matrix[np.ix_(at, at)] += half.T @ half
            right[at] -= rows.T @ residual
        precision, away = _held(sighting, pose)
        matrix[own, own] += precision
        right[own] -= precision * away
    return matrix, right


def _linear(marks: Marks, sighting: Sighting, pose: Pose, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted rows of derivatives (2M, E + 6) and residuals (2M,)."""
    keys = marks.keys[:, :, : len(b)]
    swung = (marks.rest + keys @ b) @ pose.rotation.T
    x, y, z = (swung + pose.translation).T
    z = np.maximum(z, 1e-6)
    pixels = sighting.focal * np.stack([x / z, y / z], 1)
    by_camera = np.zeros((len(z), 2, 3))
    by_camera[:, 0, 0] = by_camera[:, 1, 1] = sighting.focal / z
    by_camera[:, :, 2] = -pixels / z[:, None]
    by_camera = marks.whiten @ by_camera
    residual = np.einsum("mij,mj->mi", marks.whiten, pixels + np.asarray(sighting.center) - marks.target)
    weight = np.sqrt(marks.share) / (1 + (residual**2).sum(1) / marks.robust**2)
    by_pose = np.concatenate([-skew(swung), np.broadcast_to(np.eye(3), (len(swung), 3, 3))], 2)
    rows = np.concatenate([(by_camera @ pose.rotation) @ keys, by_camera @ by_pose], 2) * weight[:, None, None]
    return rows.reshape(-1, rows.shape[2]), (residual * weight[:, None]).ravel()


def _held(sighting: Sighting, pose: Pose) -> tuple[np.ndarray, np.ndarray]:
    """The prior of a camera: precision (6,), and how far the pose has left it (6,)."""
    back = pose.rotation @ sighting.pose.rotation.T
    turn = 0.5 * np.array([back[2, 1] - back[1, 2], back[0, 2] - back[2, 0], back[1, 0] - back[0, 1]])
    away = np.concatenate([turn, pose.translation - sighting.pose.translation])
    return np.repeat([sighting.turn**-2, sighting.shift**-2], 3), away


def _moved(pose: Pose, step: np.ndarray) -> Pose:
    return Pose(turned(pose.rotation, step[:3]), pose.translation + step[3:])


def _bounded(matrix: np.ndarray, right: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The step that solves the normal equations and leaves the keys b within [0, 1]."""
    count = len(b)
    inner, cross, rest = matrix[:count, :count], matrix[:count, count:], matrix[count:, count:]
    rest = rest + 1e-9 * np.diag(np.diag(rest)) + 1e-12 * np.eye(len(rest))
    solved = np.linalg.solve(rest, np.c_[cross.T, right[count:]])  # the free unknowns, eliminated
    inner = inner - cross @ solved[:, :-1]
    scale = 1 / np.sqrt(np.diag(inner) + 1e-12)
    factor = np.linalg.cholesky(inner * scale * scale[:, None] + 1e-9 * np.eye(count))
    target = np.linalg.solve(factor, (right[:count] - cross @ solved[:, -1]) * scale)
    bounds = (-b - 1e-9) / scale, (1 - b + 1e-9) / scale
    step = lsq_linear(factor.T, target, bounds, method="bvls", tol=1e-8).x * scale
    return np.concatenate([step, solved[:, -1] - solved[:, :-1] @ step])
