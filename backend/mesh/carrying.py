"""Where the vertices of a fitted surface lie on a head model, without tears."""

import numpy as np

from ..scene import Surface
from ..scene.rig import Carrier
from .bending import harmonic, stiffness
from .closest import Closest

_SPACING, _TURN = 0.0015, 0.008  # meters, see Closest
_STRETCH = 1.5  # lengths of an edge by which its ends may slide apart on the model
_SHORT = 0.0005  # meters: edges that are shorter count as this long
_WORST = 0.3  # cosine to the model's normal, below which a touch is not believed
_ROUNDS = 8  # of doubting the vertices about a tear


def carried_by(surface: Surface, own: np.ndarray, model: Surface, metre: float) -> Carrier:
    """surface (V vertices) near model (same frame). own (V,) int: the model's vertex that a vertex is, or -1.

    Each other vertex goes to the nearest point that looks the same way. Where neighbors would be torn apart, vertices
    are put between those around them instead.
    """
    nearest, sought = Closest(model, _SPACING * metre, _TURN * metre), np.flatnonzero(own < 0)
    normals = surface.vertex_normals()[sought]
    touch = nearest.touch(surface.vertices[sought], normals)
    shift = np.where(own[:, None] < 0, 0.0, model.vertices[own] - surface.vertices)
    shift[sought] = touch.point - surface.vertices[sought]
    doubted = np.zeros(len(own), bool)
    doubted[sought] = touch.agreement < _WORST
    places = surface.vertices + _smoothed(surface, shift, doubted, own < 0, metre)
    corners, weights = np.repeat(own[:, None], 3, 1), np.tile(np.float32([1, 0, 0]), (len(own), 1))
    corners[sought], weights[sought] = model.faces[touch.face], touch.weights
    again = np.flatnonzero(doubted)
    if len(again):
        touch = nearest.touch(places[again], normals[doubted[sought]])
        corners[again], weights[again] = model.faces[touch.face], touch.weights
    return Carrier(corners.astype(np.int32), weights)


def _smoothed(surface: Surface, shift: np.ndarray, doubted: np.ndarray, free: np.ndarray, metre: float) -> np.ndarray:
    """The ways (V, 3) onto the model; what is doubted (V,) is filled in, and is marked there where it tears."""
    edges = np.unique(np.sort(surface.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), 1), axis=0)
    edges, filled, matrix = edges[free[edges].any(1)], shift, None
    for _ in range(_ROUNDS):
        torn = _torn(surface.vertices, filled, edges, metre)
        fresh = np.zeros(len(free), bool)
        fresh[edges[torn].ravel()] = True
        if matrix is not None and not (fresh & free & ~doubted).any():
            break
        doubted |= fresh & free
        if not doubted.any():
            break
        matrix = stiffness(surface)[0] if matrix is None else matrix
        filled = harmonic(matrix, shift, doubted)
    return filled


def _torn(vertices: np.ndarray, shift: np.ndarray, edges: np.ndarray, metre: float) -> np.ndarray:
    """(E,) bool: edges whose ends go to places that lie too far apart."""
    one, other = edges.T
    length = np.linalg.norm(vertices[one] - vertices[other], axis=1)
    return np.linalg.norm(shift[one] - shift[other], axis=1) > _STRETCH * np.maximum(length, _SHORT * metre)
