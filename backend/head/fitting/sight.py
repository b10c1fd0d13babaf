"""What a camera sees of a mesh: the triangle behind every pixel, and where in it."""

from dataclasses import dataclass

import numpy as np
import torch

from ...kernels.renderer import choose_renderer
from ...scene import Camera


@dataclass(frozen=True)
class Sight:
    """face (H, W) int32, -1 where nothing is seen; weights (H, W, 3) of the triangle's corners; depth (H, W)."""

    face: np.ndarray
    weights: np.ndarray
    depth: np.ndarray

    @property
    def covered(self) -> np.ndarray:
        """Where the mesh is seen (H, W) bool."""
        return self.face >= 0


def look(vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> Sight:
    """vertices (V, 3) in the camera's world, faces (F, 3) -> what it sees; row 0 is the picture's top."""
    depths = camera.project(vertices)[1]
    near, far = max(0.5 * float(depths.min()), 1e-3 * float(depths.max())), 1.1 * float(depths.max())
    clip = np.pad(vertices, ((0, 0), (0, 1)), constant_values=1.0) @ camera.clip_matrix(near, far).T
    size = (camera.height, camera.width)
    drawn = choose_renderer().rasterize(
        torch.from_numpy(clip.astype(np.float32)), torch.from_numpy(np.ascontiguousarray(faces, np.int32)), size
    )
    u, v, ratio, number = np.moveaxis(drawn.numpy()[::-1], -1, 0)
    face = number.astype(np.int32) - 1
    depth = np.where(face >= 0, 2 * far * near / (far + near - ratio * (far - near)), 0).astype(np.float32)
    return Sight(face, np.stack([u, v, 1 - u - v], -1), depth)
