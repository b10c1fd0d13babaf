"""Blocks of vertices whose border is known, filled smoothly."""

import numpy as np
from scipy.sparse import csc_matrix, diags
from scipy.sparse.linalg import spsolve

from .layout import border


def spread(ring: np.ndarray, wide: int, tall: int) -> np.ndarray:
    """A block (tall + 1, wide + 1, D) whose border (N, D) is given and whose inside is the mean of its neighbors."""
    ids = np.arange((tall + 1) * (wide + 1)).reshape(tall + 1, wide + 1)
    edge = border(ids, len(ring) == 2 * (wide + tall))
    out = np.zeros((ids.size, ring.shape[1]))
    out[edge] = ring
    free = np.setdiff1d(ids, edge)
    pairs = np.concatenate([np.stack([ids[:, :-1].ravel(), ids[:, 1:].ravel()], 1),
                            np.stack([ids[:-1].ravel(), ids[1:].ravel()], 1)])  # fmt: skip
    ones = np.ones(len(pairs))
    links = csc_matrix((ones, pairs.T), (ids.size, ids.size))
    links = links + links.T
    laplace = (diags(np.asarray(links.sum(1)).ravel()) - links).tocsc()
    out[free] = spsolve(laplace[free][:, free], -laplace[free][:, edge] @ out[edge]).reshape(len(free), -1)
    return out.reshape(tall + 1, wide + 1, -1)


def spread_half(path: np.ndarray, wide: int, tall: int) -> np.ndarray:
    """The left half (tall + 1, wide + 1, D) of a block that is symmetric in the first coordinate; path (N, D)."""
    flip = np.where(np.arange(path.shape[1]) == 0, -1.0, 1.0)
    loop = np.concatenate([path[wide:0:-1] * flip, path, path[-2:wide:-1] * flip])
    return spread(loop, 2 * wide, tall)[:, wide:]
