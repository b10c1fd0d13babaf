"""Keeping one closed, clean component."""

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..errors import UserError
from ..scene import Surface


def largest_component(surface: Surface) -> Surface:
    """The component that encloses the largest volume, without the others; its unused vertices are dropped.

    Inner shells enclose a negative volume and islands a small one, so both go.
    """
    faces = surface.faces
    if len(faces) == 0:
        raise UserError(
            "No surface is left: the masks and the cameras do not agree on any volume. "
            "Check that transforms.json belongs to these photos and that the masks show the subject in white."
        )
    count = len(surface.vertices)
    rows, columns = faces[:, [0, 1, 2]].ravel(), faces[:, [1, 2, 0]].ravel()
    graph = coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    corners = surface.vertices[faces].astype(np.float64)
    volume = np.einsum("fc,fc->f", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
    keep = np.bincount(label[faces[:, 0]], volume).argmax()
    return compact(Surface(surface.vertices, faces[label[faces[:, 0]] == keep]))


def compact(surface: Surface) -> Surface:
    """The same triangles without unused vertices; the order of the rest is kept."""
    used = np.zeros(len(surface.vertices), bool)
    used[surface.faces.ravel()] = True
    number = np.cumsum(used) - 1
    return Surface(surface.vertices[used], number[surface.faces].astype(np.int32))


def is_closed(surface: Surface) -> bool:
    """Whether every edge is shared by exactly two triangles that run along it in opposite directions."""
    directed = surface.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)
    key = directed[:, 0] * len(surface.vertices) + directed[:, 1]
    reverse = directed[:, 1] * len(surface.vertices) + directed[:, 0]
    return len(np.unique(key)) == len(key) and np.array_equal(np.sort(key), np.sort(reverse))


def area(surface: Surface) -> float:
    """Total area in the vertices' unit squared."""
    corners = surface.vertices[surface.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return float(np.linalg.norm(normals, axis=1).sum() / 2)
