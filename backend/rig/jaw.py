"""The jaw's hinge, read off the key jawOpen: it turns the lower teeth and the chin about an axis below the ears."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

_ROUNDS = 12  # of fitting a rotation and of asking who follows it
_LEAST = np.radians(2.0)  # a smaller turn has no axis that can be told


@dataclass(frozen=True)
class Hinge:
    """What jawOpen turns about at coefficient 1, in the frame of the vertices it was fitted to."""

    point: np.ndarray  # (3,) on the axis
    turn: np.ndarray  # (3,) rotation vector, radians

    def moved(self, vertices: np.ndarray, coefficient: float = 1.0) -> np.ndarray:
        """Displacements (V, 3) of vertices (V, 3) that belong to the jaw."""
        turn = Rotation.from_rotvec(coefficient * self.turn).as_matrix()
        return (vertices - self.point) @ (turn - np.eye(3)).T


def hinge_of(vertices: np.ndarray, opening: np.ndarray) -> Hinge | None:
    """The rigid motion that most of the key's far movers share; None where it turns nothing.

    vertices (V, 3), opening (V, 3): displacements of jawOpen. Weighted Procrustes (Kabsch 1976), weights by residual.
    """
    reach = np.linalg.norm(opening, axis=1)
    if not reach.max() > 0:
        return None
    start = vertices.astype(float)
    weight = (reach > 0.5 * reach.max()).astype(float)
    for _ in range(_ROUNDS):
        turn, shift = _rigid(start, start + opening, weight)
        misfit = np.linalg.norm(start @ turn.T + shift - start - opening, axis=1)
        weight = (reach / reach.max()) ** 2 / (1 + (misfit / (0.02 * reach.max())) ** 2)
    vector = Rotation.from_matrix(turn).as_rotvec()
    angle = np.linalg.norm(vector)
    if angle < _LEAST:
        return None
    return Hinge(_on_axis(turn, shift, vector / angle, start.mean(0)), vector)


def attachment(vertices: np.ndarray, opening: np.ndarray, hinge: Hinge) -> np.ndarray:
    """How far each vertex goes along with the jaw, (V,) in [0, 1], as smooth as the key is."""
    whole = hinge.moved(vertices)
    reach = (whole**2).sum(1)
    # Near the axis the jaw itself stands still, and a quotient would be noise.
    floor = (0.1 * np.linalg.norm(opening, axis=1).max()) ** 2
    return np.clip((opening * whole).sum(1) / (reach + floor * np.exp(-reach / floor)), 0, 1)


def _rigid(start: np.ndarray, end: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rotation (3, 3) and shift (3,) with end = rotation start + shift."""
    share = weight / weight.sum()
    center, goal = share @ start, share @ end
    left, _, right = np.linalg.svd(((start - center) * share[:, None]).T @ (end - goal))
    flip = np.diag([1, 1, np.sign(np.linalg.det(left @ right))])
    turn = (left @ flip @ right).T
    return turn, goal - turn @ center


def _on_axis(turn: np.ndarray, shift: np.ndarray, axis: np.ndarray, near: np.ndarray) -> np.ndarray:
    """The point of the axis that is nearest to `near`; what slides along the axis is left out."""
    across = shift - axis * (axis @ shift)
    offset = across + turn @ near - near
    offset -= axis * (axis @ offset)
    point = near + np.linalg.lstsq(np.eye(3) - turn, offset, rcond=1e-6)[0]
    return point
