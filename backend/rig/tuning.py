"""The keys become a person's own: what photos show of an expression is shared out among the keys that made it.

At each vertex the keys that were active change as little as they must, each by its own reach (Gaussian conditioning
on c_p . change = rest_p for every performance p, Rasmussen and Williams 2006, eq. 2.23). What comes out is put
through the trunk's units, so that it stays as smooth as the keys are.
"""

from collections.abc import Sequence

import numpy as np
import torch

from ..head.model import HeadModel
from ..head.performance import Performance
from ..scene.head import EYEBALL
from .canonical import canonical_points
from .expression import ExpressionField
from .network import POSE
from .teacher import Teacher
from .units import values_at, weights_of

_ACTIVE = 0.08  # coefficient from which on a performance tells of a key
_WIDE = 0.2  # of a key's largest displacement: vertices that move as far are free to change
_DOUBT = 0.03  # variance of what a certain vertex shows, in units of a free vertex's own change
_CERTAIN = 0.5  # certainty from which on a vertex is taken at its word
_MOST, _UNSEEN = 1.0, 0.15  # of a key's largest displacement: the largest change where photos show it, and elsewhere
_FAINT = 0.02  # weight of what no photo shows, which is asked to stay
_RIDGE = 1e-5


def tuned(field: ExpressionField, model: HeadModel, performances: Sequence[Performance]) -> ExpressionField:
    """The field, changed so that it shows what the performances show where they are certain.

    Only keys that are active in a performance change; what belongs to one side stays there.
    """
    coefficients = np.stack([performance.coefficients for performance in performances]).astype(float)
    active = np.flatnonzero((coefficients > _ACTIVE).any(0))
    points = canonical_points(model)
    baked = field.bake(points)
    keys = baked[active]
    size = np.linalg.norm(keys, axis=2)
    peak = size.max(1, keepdims=True)
    reach = field.network.reach(torch.from_numpy(points)).numpy().T[active]
    free = np.clip(size / np.maximum(_WIDE * peak, 1e-9), 0, 1) * reach * (model.region != EYEBALL)
    certainty = np.stack([performance.certainty for performance in performances]).astype(float)
    # What the teacher adds is taken off exactly: the network's error in it must not end in the keys.
    straight = np.tensordot(coefficients, baked, 1)
    more = Teacher.of(model).beyond(coefficients, np.zeros((len(coefficients), POSE)))
    rest = np.stack([shown.displacement for shown in performances]) - straight - more
    change = _shared(coefficients[:, active], free * peak, rest, certainty)
    seen = np.clip(((coefficients[:, active].T > _ACTIVE)[..., None] * certainty).max(1) / _CERTAIN, 0, 1)
    limit = free * peak * (_UNSEEN + (_MOST - _UNSEEN) * seen)
    return _changed(field, points, active, change, limit, seen.max(0))


def _shared(coefficients: np.ndarray, scale: np.ndarray, rest: np.ndarray, certainty: np.ndarray) -> np.ndarray:
    """coefficients (S, A), scale (A, V) meters, rest (S, V, 3), certainty (S, V) -> changes (A, V, 3)."""
    prior = scale**2
    spread = np.einsum("sa,av,ta->vst", coefficients, prior, coefficients)
    doubt = _DOUBT * prior.max(0)[:, None] * np.clip(1 / np.maximum(certainty.T, 1e-3) - 0.9, 0.1, None) + 1e-12
    spread[:, range(len(coefficients)), range(len(coefficients))] += doubt
    pull = np.linalg.solve(spread, rest.transpose(1, 0, 2))
    return np.einsum("av,sa,vsi->avi", prior, coefficients, pull)


def _changed(field, points, active, change: np.ndarray, limit: np.ndarray, seen: np.ndarray) -> ExpressionField:
    """Changes (A, V, 3) within limits (A, V), seen (V,) in [0, 1], put into the trunk's weights."""
    arrays = field.arrays()
    values, rows, units = _support(points, arrays, (limit > 0).any(0))
    flat = torch.from_numpy(_within(change[:, rows], limit[:, rows]).transpose(1, 0, 2).reshape(rows.sum(), -1)).float()
    trust = torch.from_numpy(_FAINT + (1 - _FAINT) * seen[rows]).float()
    smooth = (values @ weights_of(values, flat, _RIDGE, trust)).unflatten(1, (-1, 3)).permute(1, 0, 2).numpy()
    flat = torch.from_numpy(_within(smooth, limit[:, rows]).transpose(1, 0, 2).reshape(rows.sum(), -1))
    weights = weights_of(values, flat.float(), _RIDGE).unflatten(1, (-1, 3)).numpy()
    arrays["keys"][np.ix_(units, active)] += weights
    return ExpressionField.of(arrays)


def _support(points: np.ndarray, arrays: dict[str, np.ndarray], free: np.ndarray):
    """The units with a center where something may change, and all vertices that they reach.

    Returns values (rows, units), rows (V,) bool, units (U,) int.
    """
    values = values_at(points, arrays["centers"], arrays["radii"])
    owners = values[torch.from_numpy(free)]
    units = np.flatnonzero((owners > 0.99).any(0).numpy())
    values = values[:, torch.from_numpy(units)]
    rows = (values > 0).any(1)
    return values[rows].contiguous(), rows.numpy(), units


def _within(moves: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Moves (A, V, 3), none longer than its limit (A, V)."""
    length = np.linalg.norm(moves, axis=2)
    return moves * np.minimum(1, limit / np.maximum(length, 1e-12))[..., None]
