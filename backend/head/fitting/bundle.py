"""Identity, expressions, cameras and where the head stands, by regularized least squares over all photos at once.

    minimize  sum |whiten (project(head(a, b_i)) - target)|^2_robust + |a|^2 + |b_i / deviation|^2 + focal priors

Gauss-Newton with damping (Levenberg 1944, Marquardt 1963) and iteratively reweighted residuals (Geman and McClure
1987). Glossary: a identity, b expression; the placement moves where cameras are given, else the cameras do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...scene.head import EYEBALL, NECK
from ..model import HeadModel
from .linear import Columns, Linear, follow, recede, see
from .observations import Observations, Relief, Tracks
from .pose import Pose
from .rotation import turned
from .shading import Shading, add_shading
from .solution import Placement, Solution

_SIZE = 0.0001  # metres by which the eyes' distance may leave the mean's
_GROWTH = 0.001  # share of its size by which a head with slack may grow otherwise than by its placement
_TAIL = 0.25  # how much less a strong expression is held back than a weak one: 0 is a Gaussian prior, 1 Student's


@dataclass(frozen=True)
class BundleConfig:
    """How strongly the model holds, and how long to iterate."""

    rounds: int = 12
    expression_deviation: float = 0.05  # of a coefficient that a photo does not speak for
    damping: float = 1e-3  # of the normal equations' diagonal, at the start


@dataclass(frozen=True)
class Evidence:
    """All that photos say: points for each of them, in lists, tracks between them, and the shading of skin."""

    points: Sequence[Sequence[Observations | Relief]]
    tracks: Sequence[Tracks] = ()
    shading: Sequence[Shading] = ()


def solve(model: HeadModel, start: Solution, evidence: Evidence, config: BundleConfig) -> Solution:
    """The start improved by the evidence."""
    solution, damping = start, config.damping
    cost, matrix, right = _normal_equations(model, solution, evidence, config)
    for _ in range(config.rounds):
        scaled = matrix + damping * np.diag(np.diag(matrix)) + 1e-12 * np.eye(len(matrix))
        tried = _moved(solution, np.linalg.solve(scaled, right))
        system = _normal_equations(model, tried, evidence, config)
        if system[0] > cost:
            damping *= 8
            if damping > 1e4:
                break
            continue
        settled = cost - system[0] < 1e-4 * cost
        solution, (cost, matrix, right), damping = tried, system, max(damping / 4, 1e-9)
        if settled:
            break
    return solution


def _normal_equations(model, solution: Solution, evidence: Evidence, config: BundleConfig):
    """Robust cost, J^T J and -J^T r, priors included."""
    at = Columns(solution)
    matrix, right, cost = np.zeros((at.size, at.size)), np.zeros(at.size), 0.0
    for number, seen in enumerate(evidence.points):
        for points in seen:
            if points.count:
                carry = recede if isinstance(points, Relief) else see
                cost += _add(matrix, right, carry(model, solution, number, points), points)
    for tracks in evidence.tracks:
        if tracks.count:
            cost += _add(matrix, right, follow(model, solution, tracks), tracks)
    for shading in evidence.shading:
        cost += add_shading(matrix, right, model, solution, shading)
    cost += _add_priors(solution, config, at, matrix, right)
    if not solution.cameras_known:
        cost += _hold(_eyes_apart(model) / _SIZE, solution, at, matrix, right)
    elif model.slack > 0:
        cost += _hold(_growth(model) / _GROWTH, solution, at, matrix, right)
    return cost, matrix, right


def _add(matrix: np.ndarray, right: np.ndarray, linear: Linear, seen: Observations | Relief | Tracks) -> float:
    """Add the normal equations of some points to matrix and right; returns their robust cost."""
    residual = np.einsum("mij,mj->mi", seen.whiten, linear.pixels - seen.target)
    squared = (residual**2).sum(1)
    doubt = 1 + squared / seen.robust**2
    columns = np.concatenate([np.arange(part.start, part.stop) for part, _ in linear.blocks])
    jacobian = seen.whiten @ np.concatenate([block for _, block in linear.blocks], 2)
    jacobian = (jacobian / doubt[:, None, None]).reshape(-1, len(columns))
    # Both photos of a track may share a lens: its columns then come twice.
    unique, inverse = np.unique(columns, return_inverse=True)
    if len(unique) < len(columns):
        merged = np.zeros((len(jacobian), len(unique)))
        np.add.at(merged.T, inverse, jacobian.T)
        columns, jacobian = unique, merged
    matrix[np.ix_(columns, columns)] += jacobian.T @ jacobian
    right[columns] -= jacobian.T @ (residual / doubt[:, None]).ravel()
    return float((squared / doubt).sum())


def _add_priors(solution: Solution, config: BundleConfig, at: Columns, matrix, right) -> float:
    """Add the priors' normal equations; returns their cost."""
    diagonal, pull = np.zeros(at.size), np.zeros(at.size)
    diagonal[at.identity], pull[at.identity] = 1.0, -solution.identity
    for columns, values in zip(at.expressions, solution.expressions, strict=True):
        # Few strong expressions rather than many weak ones: a heavy-tailed prior, reweighted.
        precision = 1 / (config.expression_deviation**2 + (_TAIL * values) ** 2)
        diagonal[columns], pull[columns] = precision, -values * precision
    for columns, lens in zip(at.lenses, solution.lenses, strict=True):
        precision = 1e12 if lens.deviation == 0 else lens.deviation**-2
        diagonal[columns], pull[columns] = precision, -np.log(lens.focal / lens.expected) * precision
    matrix[np.diag_indices(at.size)] += diagonal
    right += pull
    return float((pull[diagonal > 0] ** 2 / diagonal[diagonal > 0]).sum())


def _moved(solution: Solution, step: np.ndarray) -> Solution:
    """The solution after a step of the normal equations."""
    at = Columns(solution)
    expressions = solution.expressions + np.stack([step[columns] for columns in at.expressions])
    placement, shots = solution.placement, solution.shots
    if solution.cameras_known:
        turn, shift, grow = np.split(step[at.placement], [3, 6])
        placement = Placement(
            placement.scale * float(np.exp(grow[0])),
            turned(placement.rotation, turn),
            placement.translation + shift,
        )
    else:
        shots = tuple(
            replace(shot, pose=Pose(turned(shot.pose.rotation, step[columns][:3]),
                                    shot.pose.translation + step[columns][3:]))
            for shot, columns in zip(shots, at.poses, strict=True)
        )  # fmt: skip
    lenses = tuple(
        replace(lens, focal=lens.focal * float(np.exp(step[columns][0])))
        for lens, columns in zip(solution.lenses, at.lenses, strict=True)
    )
    return replace(
        solution,
        identity=solution.identity + step[at.identity],
        expressions=np.clip(expressions, -0.1, 1.0),
        placement=placement,
        shots=shots,
        lenses=lenses,
    )


def _hold(measure: np.ndarray, solution: Solution, at: Columns, matrix, right) -> float:
    """Hold what measure (K,) tells of the identity at the mean head's, within one; returns the cost."""
    away = float(measure @ solution.identity)
    matrix[at.identity, at.identity] += np.outer(measure, measure)
    right[at.identity] -= measure * away
    return away**2


def _eyes_apart(model: HeadModel) -> np.ndarray:
    """(K,) metres by which each direction moves the eyes apart: a head without cameras has its size by them.

    Photos leave the size open, and a smaller head would bend further for the same identity: left alone, it shrinks.
    """
    ball = model.region == EYEBALL
    left, right_side = ball & (model.vertices[:, 0] > 0), ball & (model.vertices[:, 0] < 0)
    if not left.any() or not right_side.any():
        return np.zeros(len(model.identity))
    return model.identity[:, left, 0].mean(1) - model.identity[:, right_side, 0].mean(1)


def _growth(model: HeadModel) -> np.ndarray:
    """(K,) share by which each direction enlarges the head (the scale of the best similarity, to first order).

    With cameras the placement says how large a head is. A free model shrinks as well while its placement grows: what
    photos ask of its slack then costs less, but keys and all that is authored in metres would be enlarged.
    """
    head = model.region != NECK
    arms = model.vertices[head] - model.vertices[head].mean(0)
    return np.einsum("kvc,vc->k", model.identity[:, head], arms) / (arms**2).sum()
