"""The mesh as a Drawer: what a camera sees of it, in the colors of one of its maps, without light."""

import numpy as np

from ..scene import Camera, Drawer, Picture, Surface, UvAtlas
from .raster import resolve, sample
from .shade import compose, textured_colors


def mesh_drawer(surface: Surface, atlas: UvAtlas, texture: np.ndarray) -> Drawer:
    """Draws in the surface's own frame. texture (T, T, 3) float32 sRGB in [0, 1], row 0 is v = 1."""

    def draw(camera: Camera) -> Picture:
        samples = sample(surface, camera)
        color, alpha = compose(samples, textured_colors(samples, surface, atlas, texture), 0.0)
        along = np.zeros(samples.face.shape, np.float32)
        along[samples.hit] = camera.project(samples.gather(surface.vertices.astype(float), surface.faces))[1]
        depth = np.where(alpha < 0.5, 0.0, resolve(along) / np.maximum(alpha, 1e-6))
        return Picture(color.astype(np.float32), alpha, depth.astype(np.float32))

    return draw
