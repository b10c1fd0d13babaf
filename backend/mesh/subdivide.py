"""Every triangle into four."""

import numpy as np

from ..scene import Surface


def subdivide(surface: Surface, marked: np.ndarray | None = None) -> tuple[Surface, np.ndarray | None]:
    """Split each edge in the middle; the first V vertices stay the surface's own, and closed stays closed.

    marked: (V,) bool; returned with it for all vertices, in the middle of an edge True where both ends are marked.
    """
    faces = surface.faces.astype(np.int64)
    count = len(surface.vertices)
    pairs = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]], axis=2)
    keys, middle = np.unique(pairs[..., 0] * count + pairs[..., 1], return_inverse=True)
    middle = middle.reshape(-1, 3) + count
    a, b, c = faces.T
    ab, bc, ca = middle.T
    quarters = np.stack([[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]).transpose(2, 0, 1).reshape(-1, 3)
    start, end = keys // count, keys % count
    vertices = np.concatenate([surface.vertices, (surface.vertices[start] + surface.vertices[end]) / 2])
    if marked is not None:
        marked = np.concatenate([marked, marked[start] & marked[end]])
    return Surface(vertices.astype(np.float32), quarters.astype(np.int32)), marked
