"""Where rays meet."""

import numpy as np

from ..errors import UserError

_PARALLEL = 1e7  # condition from which on lines count as parallel: about 3e-4 radians between them


def nearest_point(origins: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """The point (3,) that the lines origins (V, 3) + t directions (V, 3) come nearest to.

    Least squares, reweighted by 1 / distance (the geometric median's weights), so that a stray ray counts little.
    Where all lines are one (a photo from the front, one from the back) it is the middle between the origins.
    """
    if np.ptp(origins, axis=0).max() <= 1e-9 * max(1e-12, np.abs(origins).max()):
        raise UserError("All cameras stand at the same place. Photos must be taken from several sides.")
    weights = np.full(len(origins), 1 / len(origins))
    across = np.eye(3) - directions[:, :, None] * directions[:, None, :]  # projects onto the plane normal to a ray
    for _ in range(10):
        system = (weights[:, None, None] * across).sum(0)
        target = np.einsum("v,vij,vj->i", weights, across, origins)
        if np.linalg.cond(system) > _PARALLEL:
            if (directions @ directions[0]).min() > 0:
                raise UserError("All photos look exactly the same way. Add photos from other sides.")
            system, target = system + np.eye(3) / _PARALLEL, target + origins.mean(0) / _PARALLEL
        point = np.linalg.solve(system, target)
        distances = np.linalg.norm(np.einsum("vij,vj->vi", across, point - origins), axis=1)
        weights = 1 / np.maximum(distances, 0.1 * np.median(distances) + 1e-12)
        weights /= weights.sum()
    return point
