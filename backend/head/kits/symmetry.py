"""Which vertex lies on the other side of the head."""

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree


def mirror_pairs(vertices: np.ndarray, tolerance: float = 1e-3) -> np.ndarray:
    """Vertices (V, 3), +X the head's left -> partner (V,) int32 with partner[partner[v]] == v.

    Partners are each other's nearest after the reflection; the few for whom that does not hold are matched among
    themselves with the least sum of distances. ValueError where a pair is farther apart than `tolerance` metres.
    """
    reflected = vertices * np.array([-1, 1, 1], vertices.dtype)
    partner = cKDTree(vertices).query(reflected)[1].astype(np.int32)
    lonely = np.nonzero(partner[partner] != np.arange(len(partner)))[0]
    if len(lonely):
        cost = np.linalg.norm(vertices[lonely, None] - reflected[None, lonely], axis=-1)
        rows, columns = linear_sum_assignment(cost + cost.T)
        partner[lonely[rows]] = lonely[columns]
    gap = np.linalg.norm(vertices[partner] - reflected, axis=1).max()
    if gap > tolerance or (partner[partner] != np.arange(len(partner))).any():
        raise ValueError(f"the two halves of the head do not match: a vertex is {gap * 1000:.2f} mm from its partner's")
    return partner
