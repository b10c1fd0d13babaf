"""What each pixel of a picture sees: drawn by the kernels' rasterizer, handed on as numpy buffers."""

from dataclasses import dataclass

import numpy as np
import torch

from ..kernels.rasterize import rasterize
from ..scene import Camera, Surface

SUPERSAMPLING = 2  # samples along each side of a pixel


@dataclass(frozen=True)
class Samples:
    """What the rays through a grid of points in the picture meet."""

    camera: Camera  # of the samples: as many pixels as there are samples
    face: np.ndarray  # (H, W) int32, -1 where nothing is seen; row 0 at the top
    weights: np.ndarray  # (N, 3) float32 barycentrics of the N samples that see a face, row by row

    @property
    def hit(self) -> np.ndarray:
        """(H, W) bool: where a face is seen."""
        return self.face >= 0

    def gather(self, corners: np.ndarray, faces: np.ndarray) -> np.ndarray:
        """Values (V, C) at the corners that faces (F, 3) name -> values (N, C) at the samples."""
        seen = faces[self.face[self.hit]]
        return sum(self.weights[:, k : k + 1] * corners[seen[:, k]] for k in range(3))


def sample(surface: Surface, camera: Camera, across: int = SUPERSAMPLING) -> Samples:
    """Rasterize a surface (same frame as the camera's pose) with `across` squared samples per pixel."""
    fine = camera.resized(camera.width * across, camera.height * across)
    depth = camera.project(surface.vertices.astype(float))[1]
    far = max(depth.max(), 1e-6) * 1.01
    near = max(depth.min() * 0.99, 1e-4 * far)
    points = np.c_[surface.vertices.astype(float), np.ones(len(surface.vertices))]
    clip = torch.from_numpy((points @ fine.clip_matrix(near, far).T).astype(np.float32))
    faces = torch.from_numpy(np.array(surface.faces, np.int32))
    rast = rasterize(clip, faces, (fine.height, fine.width)).numpy()[::-1]  # the kernels' rows run bottom-up
    face = rast[..., 3].astype(np.int32) - 1
    u, v = rast[face >= 0][:, :2].T
    return Samples(fine, face, np.stack([u, v, 1 - u - v], 1))


def resolve(values: np.ndarray) -> np.ndarray:
    """The mean of each pixel's samples: (H, W, ...) -> (H / S, W / S, ...)."""
    steps = range(SUPERSAMPLING)
    return sum(values[y::SUPERSAMPLING, x::SUPERSAMPLING] for y in steps for x in steps) / SUPERSAMPLING**2
