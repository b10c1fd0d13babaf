"""The canonical space that expressions are learned in: a head model's mean with everything apart that moves apart.

The mouth is wide open there, so that upper and lower lip lie far from each other, and a fourth coordinate keeps what
lies inside of the head from the skin. A surface that is not the model's gets its points with `Carrier.carry`.
"""

import numpy as np
import scipy.sparse
from scipy.sparse.csgraph import connected_components

from ..head.model import HeadModel
from ..scene.head import EYEBALL, MOUTH, SOCKET, TEETH
from ..scene.rig import ARKIT

_OPEN = 1.0  # coefficient of jawOpen: at the model's own end the lips' middles are 3 to 4 cm apart
_POUCH = 0.02  # meters, the fourth coordinate of what the skin continues into: sockets and the mouth's bag
_LOOSE, _TEETH = 0.06, 0.09  # of gums and tongue, and of teeth, which do not hang together with the skin
# Gums, teeth and tongue touch each other; and with the mouth open, lower gums would be swung into the throat.
_DIVIDING, _DIVIDED = ("jawOpen", "tongueOut"), 0.04  # more, of what is loose and goes all the way with a key
_BALL = 1.0  # of eyeballs: farther than any expression reaches
_SPREAD = 30  # passes of averaging over neighbors; from lip or lid to pouch the fourth coordinate then rises smoothly


def keys_of(model: HeadModel) -> np.ndarray:
    """The model's expressions in the order of ARKIT, (52, V, 3) float32 meters; zero where it lacks one."""
    number = {name: row for row, name in enumerate(model.expression_names)}
    still = np.zeros_like(model.vertices, np.float32)
    return np.stack([model.expressions[number[name]] if name in number else still for name in ARKIT])


def canonical_points(model: HeadModel) -> np.ndarray:
    """The model's vertices in canonical space, (V, 4) float32 meters: x, y, z with the mouth open, and depth."""
    keys = keys_of(model)
    opening = keys[ARKIT.index("jawOpen")]
    along = sum(_share(keys[ARKIT.index(name)]) for name in _DIVIDING)
    return np.column_stack([model.vertices + _OPEN * opening, _depth(model, along)]).astype(np.float32)


def is_ball(points: np.ndarray) -> np.ndarray:
    """Canonical points (N, 4) -> (N,) bool: which of them belong to eyeballs."""
    return points[:, 3] > _BALL / 2


def _share(key: np.ndarray) -> np.ndarray:
    """Displacements (V, 3) -> (V,) in [0, 1]: their lengths, in the longest."""
    length = np.linalg.norm(key, axis=1)
    return length / max(length.max(), 1e-9)


def _depth(model: HeadModel, along: np.ndarray) -> np.ndarray:
    """(V,) meters; along (V,): how far each vertex goes with jaw and tongue, in the largest displacements."""
    count, triangles = len(model.vertices), model.triangles(model.polygons)
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges = scipy.sparse.coo_matrix((np.ones(len(ends)), ends.T), (count, count)).tocsr()
    neighbors = ((edges + edges.T) > 0).astype(float)
    part = connected_components(neighbors)[1]
    loose = part != np.bincount(part).argmax()
    depth = np.zeros(count)
    depth[np.isin(model.region, (SOCKET, MOUTH))] = _POUCH
    around = np.maximum(neighbors.sum(1).A1, 1)
    for _ in range(_SPREAD):
        depth = (depth + neighbors @ depth / around) / 2
    depth[loose & (model.region == MOUTH)] = _LOOSE
    depth[model.region == TEETH] = _TEETH
    depth[loose] += _DIVIDED * along[loose]
    depth[model.region == EYEBALL] = _BALL
    return depth
