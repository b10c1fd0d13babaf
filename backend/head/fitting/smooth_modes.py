"""Smooth deformations beside a model's own identity directions: a Gaussian process over the mean head.

A linear model never reaches a person exactly. What is missing is taken to be smooth: displacements with covariance
slack^2 exp(-|x - y|^2 / 2 l^2) (Luethi et al. 2018, "Gaussian Process Morphable Models", eq. 10), of which the
strongest directions are kept (Nystroem's method over spread-out anchors). Faces are nearly symmetric: directions that
treat both sides alike get the full slack, the others a share of it.
"""

from dataclasses import dataclass, replace

import numpy as np

from ...mesh.parts import components
from ...scene.head import EYEBALL, FACE
from ..model import HeadModel

_MIRROR = np.array([-1.0, 1.0, 1.0])
_FRONT = 0.1  # share of what the mouth holds by which lips carry it: they must not leave the teeth behind


@dataclass(frozen=True)
class SlackConfig:
    """How far, how smoothly and how evenly a head may leave its model."""

    length: float = 0.030  # metres over which a deformation changes
    asymmetry: float = 0.4  # slack of one-sided directions, as a share
    anchors: int = 160
    modes: int = 90  # kept directions, both kinds together


def with_slack(model: HeadModel, config: SlackConfig = SlackConfig()) -> HeadModel:
    """The model with further identity directions for what its own do not reach (metres for one deviation)."""
    if model.slack <= 0:
        return model
    points = _carriers(model)
    anchors = points[_spread_out(points, config.anchors)]
    fields = []
    for sign, share in ((1.0, 1.0), (-1.0, config.asymmetry)):
        for axis in range(3):
            between, toward = (_kernel(p, anchors, sign * _MIRROR[axis], config.length) for p in (anchors, points))
            values, vectors = np.linalg.eigh(between)
            strong = values > 1e-4 * values[-1]
            values, vectors = values[strong], vectors[:, strong]
            modes = toward @ vectors / np.sqrt(values) * (model.slack * share)  # columns: one deviation each
            field = np.zeros((modes.shape[1], len(points), 3), np.float32)
            field[..., axis] = modes.T
            fields.append(field)
    fields = np.concatenate(fields)
    strongest = np.argsort(-(fields**2).sum((1, 2)))[: config.modes]
    names = tuple(f"slack {number}" for number in range(len(strongest)))
    return replace(
        model,
        identity=np.concatenate([model.identity, fields[strongest]]),
        identity_names=(*model.identity_names, *names),
    )


def _carriers(model: HeadModel) -> np.ndarray:
    """The mean's vertices (V, 3), those of rigid parts replaced by one point that carries the part.

    Rigid are the eyeballs, by their middles, and together all else that does not hang together with the face (teeth,
    gums, tongue), by its front.
    """
    points = model.vertices.astype(float)
    result = points.copy()
    label = components(model.triangles(model.polygons), len(points))
    ball, left = model.region == EYEBALL, points[:, 0] >= 0
    inside = ~ball & (label != np.bincount(label[model.region == FACE]).argmax())
    for part in (ball & left, ball & ~left):
        result[part] = points[part].mean(0) if part.any() else 0
    if inside.any():
        ahead = points[inside, 1] <= np.quantile(points[inside, 1], _FRONT)
        result[inside] = points[inside][ahead].mean(0)
    return result


def _kernel(points: np.ndarray, anchors: np.ndarray, sign: float, length: float) -> np.ndarray:
    """Covariance (P, A) of displacements along one axis that are alike (sign +1) or opposed (-1) on both sides."""

    def gauss(ends: np.ndarray) -> np.ndarray:
        squares = ((points[:, None] - ends[None]) ** 2).sum(-1)
        return np.exp(-squares / (2 * length**2))

    return 0.5 * (gauss(anchors) + sign * gauss(anchors * _MIRROR))


def _spread_out(points: np.ndarray, count: int) -> np.ndarray:
    """Indices of `count` points far from one another (farthest point sampling)."""
    chosen = [int(np.argmin(points[:, 1]))]
    nearest = np.full(len(points), np.inf)
    while len(chosen) < min(count, len(points)):
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(-1))
        chosen.append(int(np.argmax(nearest)))
    return np.array(chosen)
