"""A mesh that lies on another one of the same subject moves with it."""

import numpy as np

from ..scene import Surface
from .closest import Closest

_SPACING, _TURN = 0.0015, 0.008  # meters, see Closest
_NEAR, _FAR = 0.003, 0.008  # meters from the other mesh: up to here it moves along, from there on it does not


def followed(surface: Surface, change: np.ndarray, mesh: Surface, metre: float) -> np.ndarray:
    """change (V, 3) of the surface's vertices -> (N, 3) float32 of the mesh's, in one frame.

    metre: length of one in it. What lies away from the surface, or looks another way, stays.
    """
    moved = np.abs(change).max(1) > 0
    if not moved.any():
        return np.zeros_like(mesh.vertices)
    touch = Closest(surface, _SPACING * metre, _TURN * metre).touch(mesh.vertices, mesh.vertex_normals())
    near = np.clip((_FAR * metre - touch.away) / ((_FAR - _NEAR) * metre), 0, 1) * np.clip(touch.agreement, 0, 1)
    beneath = np.einsum("nk,nkc->nc", touch.weights, change[surface.faces[touch.face]])
    return (near[:, None] * beneath).astype(np.float32)
