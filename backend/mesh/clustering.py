"""A coarser look of a surface, fast: connected vertices that share a cell of a grid become one, their mean.

(Rossignac & Borrel 1993, "Multi-resolution 3D approximations for rendering complex scenes"; there all vertices of a
cell become one, which would sew lips and lids together.) The result is to be looked at: it need not be a manifold.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..scene import Surface
from .topology import area

_TRIANGLES_PER_CELL = 2.7  # of a surface of one cell's side squared (measured)
_COARSER = 1.1  # times as long is a cell's side when there were too many


@dataclass(frozen=True)
class Clusters:
    """Which vertices become one: `number` (V,) in [0, count), and the triangles (F, 3) between clusters."""

    number: np.ndarray
    count: int
    faces: np.ndarray

    def mean(self, vertices: np.ndarray) -> Surface:
        """The coarse surface of vertices (V, 3) that may have moved since."""
        members = np.bincount(self.number, minlength=self.count)
        sums = [np.bincount(self.number, vertices[:, axis], self.count) for axis in range(3)]
        return Surface((np.stack(sums, 1) / members[:, None]).astype(np.float32), self.faces)


def cluster(surface: Surface, triangles: int) -> Clusters:
    """The clusters of a surface that leave it at most `triangles` triangles, and about so many."""
    side = np.sqrt(_TRIANGLES_PER_CELL * area(surface) / triangles)
    while True:
        clusters = _on_grid(surface, side)
        if len(clusters.faces) <= triangles:
            return clusters
        side *= _COARSER


def _on_grid(surface: Surface, side: float) -> Clusters:
    place = np.floor((surface.vertices - surface.vertices.min(0)) / side).astype(np.int64)
    _, column, layer = place.max(0) + 1
    cell = (place[:, 0] * column + place[:, 1]) * layer + place[:, 2]
    starts, ends = surface.faces.ravel(), surface.faces[:, [1, 2, 0]].ravel()
    within = cell[starts] == cell[ends]
    graph = coo_matrix((np.ones(within.sum(), bool), (starts[within], ends[within])), shape=(len(cell), len(cell)))
    count, number = connected_components(graph, directed=False)
    faces = number[surface.faces].astype(np.int64)
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (c != a)]
    low, middle, high = np.sort(faces, 1).T
    _, once = np.unique((low * count + middle) * count + high, return_index=True)
    return Clusters(number, count, faces[np.sort(once)].astype(np.int32))
