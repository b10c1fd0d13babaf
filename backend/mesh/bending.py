"""Displacements of a mesh that bend little: the least bending that comes near to what is wanted where it is trusted.

    sum_i m_i w_i |d_i - y_i|^2 + r^4 sum_i m_i |(M^-1 K d)_i|^2 + tension r^2 d'K d + s sum_pairs m_i |d_i - d_j|^2

K is the cotangent stiffness matrix and M the lumped mass matrix (Botsch and Sorkine 2008, "On Linear Variational
Surface Deformation Methods"): the reach r is then a length, whatever the triangles' sizes, over which displacements
are smoothed and beyond which those of trusted vertices are carried on.
"""

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, diags
from scipy.sparse.linalg import splu

from ..scene import Surface

_COTANGENTS = 0.05, 10.0  # of angles: obtuse and very sharp ones would make the matrix useless
_SMALLEST = 1e-3  # of the mean mass: what a vertex weighs at least
_TENSION = 0.1  # keeps the slopes at a rim from being carried on for ever
_SPRING = 50.0  # the s above
_HOLD = 1e-5  # of a vertex of no trust: to where it was
_ORDERING = {"permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.0, "options": {"SymmetricMode": True}}


class Bending:
    """The energy of one mesh; `pairs` (P, 2) are vertices that move alike although no edge joins them."""

    def __init__(self, surface: Surface, pairs: np.ndarray | None = None):
        self.stiffness, self.mass = stiffness(surface)
        count = len(self.mass)
        self._bending = self.stiffness @ diags(1 / self.mass) @ self.stiffness
        self._springs = csr_matrix((count, count))
        if pairs is not None and len(pairs):
            first, second = pairs.T
            graph = coo_matrix((_SPRING * self.mass[first], (first, second)), (count, count)).tocsr()
            graph = graph + graph.T
            self._springs = diags(np.asarray(graph.sum(1)).ravel()) - graph

    def solve(self, wanted: np.ndarray, trust: np.ndarray, reach: float, before: np.ndarray) -> np.ndarray:
        """Displacements (V, 3). wanted (V, 3); trust (V,) in [0, 1]; before (V, 3): where nothing else tells."""
        energy = reach**4 * self._bending + _TENSION * reach**2 * self.stiffness + self._springs
        matrix = (energy + diags(self.mass * (trust + _HOLD))).tocsc()
        return splu(matrix, **_ORDERING).solve(self.mass[:, None] * (trust[:, None] * wanted + _HOLD * before))


def harmonic(matrix: csr_matrix, values: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """values (V, C) with those of gaps (V,) bool replaced by harmonic ones, which never leave the others' range.

    matrix (V, V): stiffness of the mesh.
    """
    inside, outside = np.flatnonzero(gaps), np.flatnonzero(~gaps)
    rows, filled = matrix[inside], values.copy()
    filled[inside] = splu(rows[:, inside].tocsc(), **_ORDERING).solve(-(rows[:, outside] @ values[outside]))
    return filled


def stiffness(surface: Surface) -> tuple[csr_matrix, np.ndarray]:
    """Cotangent stiffness (V, V) and lumped masses (V,)."""
    faces, count = surface.faces, len(surface.vertices)
    corners = surface.vertices[faces].astype(float)
    doubled = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    graph = csr_matrix((count, count))
    for k in range(3):
        at, one, other = corners[:, k], corners[:, (k + 1) % 3], corners[:, (k + 2) % 3]
        cotangent = ((one - at) * (other - at)).sum(1) / np.maximum(doubled, 1e-30)
        half = np.clip(cotangent, *_COTANGENTS) / 2
        graph += coo_matrix((half, (faces[:, (k + 1) % 3], faces[:, (k + 2) % 3])), (count, count)).tocsr()
    graph = graph + graph.T
    mass = np.bincount(faces.ravel(), np.repeat(doubled / 6, 3), count)
    mass = np.maximum(mass, _SMALLEST * mass.mean())
    return (diags(np.asarray(graph.sum(1)).ravel()) - graph).tocsr(), mass
