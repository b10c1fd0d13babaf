"""Patches of a surface that one closed loop of edges bounds."""

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

_ROUNDS = 40  # of growing, until the rim is a simple loop


def simple_patch(faces: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The largest connected part of chosen (F,) bool, grown until a single loop bounds it; None where that fails.

    faces (F, 3) are those of one closed component. Islands within the patch join it, notches of its rim are filled,
    and where the rim touches itself the triangles about that vertex join. Returns the patch (F,) bool and its loop
    (N,) of vertices, with the patch to the left.
    """
    across = neighbors(faces)
    patch = _largest(chosen, across)
    for _ in range(_ROUNDS):
        if not patch.any() or patch.all():
            return None
        patch = ~_largest(~patch, across)
        notches = ~patch & (patch[across].sum(1) >= 2)
        pinched = _pinched(faces, rim(faces, patch))
        if not notches.any() and not len(pinched):
            return patch, ordered(rim(faces, patch))
        patch |= notches | np.isin(faces, pinched).any(1)
    return None


def neighbors(faces: np.ndarray) -> np.ndarray:
    """(F, 3) the triangle across each edge; the triangle itself where there is none."""
    sides = faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    key = np.sort(sides, 1).astype(np.int64) @ np.array([faces.max() + 1, 1])
    order = np.argsort(key, kind="stable")
    own = np.arange(len(key)) // 3
    across = own.copy()
    twice = np.flatnonzero(key[order][1:] == key[order][:-1])
    one, other = order[twice], order[twice + 1]
    across[one], across[other] = own[other], own[one]
    return across.reshape(-1, 3)


def rim(faces: np.ndarray, patch: np.ndarray) -> np.ndarray:
    """Edges (E, 2) of the patch that no other of its triangles shares, in its triangles' direction."""
    sides = faces[patch][:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)
    size = int(faces.max()) + 1
    return sides[~np.isin(sides @ np.array([size, 1]), sides @ np.array([1, size]))]


def ordered(edges: np.ndarray) -> np.ndarray:
    """Edges (N, 2) of one or more loops -> the vertices of the longest, in the edges' direction."""
    following = dict(edges.tolist())
    longest: list[int] = []
    while following:
        start, at = next(iter(following.items()))
        loop = [start]
        del following[start]
        while at in following:
            loop.append(at)
            at = following.pop(at)
        longest = max(longest, loop, key=len)
    return np.array(longest)


def _pinched(faces: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Vertices that a rim passes more than once."""
    starts, times = np.unique(edges[:, 0], return_counts=True)
    return starts[times > 1]


def _largest(chosen: np.ndarray, across: np.ndarray) -> np.ndarray:
    """(F,) bool: the part of the chosen triangles with the most of them that hang together by edges."""
    rows, sides = np.nonzero(chosen[:, None] & chosen[across])
    graph = coo_matrix((np.ones(len(rows), np.int8), (rows, across[rows, sides])), shape=(len(chosen),) * 2)
    label = connected_components(graph, directed=False)[1]
    sizes = np.bincount(label[chosen], minlength=1)
    return chosen & (label == sizes.argmax())
