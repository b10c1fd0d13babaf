"""What every view says of a few thousand points spread over the surface: the evidence for exposure and light."""

from dataclasses import dataclass

import numpy as np
import warp as wp

from ..scene import Surface
from ..scene.color import to_linear
from .bake import sight_of
from .config import TextureConfig
from .look import Sight, glimpse, sample_photo
from .row_launch import RowLauncher
from .view_stack import Eye, ViewStack

wp.set_module_options({"enable_backward": False})

_DARK, _BRIGHT = 0.02, 0.97  # sRGB: darker is noise, brighter is clipped


@dataclass(frozen=True)
class Probe:
    """N points on the surface and what K views say of them.

    faces (N,), barycentric (N, 3), colors (N, K, 3) linear, weights (N, K), 0 where a view does not see a point
    """

    faces: np.ndarray
    barycentric: np.ndarray
    colors: np.ndarray
    weights: np.ndarray


@wp.kernel
def probe_kernel(
    first_row: int,
    points: wp.array(dtype=wp.vec3),
    normals: wp.array(dtype=wp.vec3),
    eyes: wp.array(dtype=Eye),
    pixels: wp.array(dtype=wp.uint32),
    depths: wp.array(dtype=wp.float32),
    sight: Sight,
    colors: wp.array2d(dtype=wp.vec3),
    weights: wp.array2d(dtype=wp.float32),
):
    band_row, k = wp.tid()
    n = band_row + first_row
    eye = eyes[k]
    seen = glimpse(eye, depths, points[n], normals[n], sight)
    if seen.weight > 0.0:
        color = sample_photo(eye, pixels, seen.x, seen.y)
        colors[n, k] = wp.vec3(color[0], color[1], color[2])
        weights[n, k] = seen.weight * color[3]


def look_at(
    points: np.ndarray, normals: np.ndarray, stack: ViewStack, config: TextureConfig, launcher: RowLauncher
) -> tuple[np.ndarray, np.ndarray]:
    """points and unit normals (N, 3) -> sRGB colors (N, K, 3) and weights (N, K) of all views."""
    shape = (len(points), stack.count)
    colors = wp.zeros(shape, dtype=wp.vec3, device=launcher.device)
    weights = wp.zeros(shape, dtype=wp.float32, device=launcher.device)
    inputs = [launcher.upload(points.astype(np.float32), wp.vec3), launcher.upload(normals.astype(np.float32), wp.vec3)]
    inputs += [stack.eyes, stack.pixels, stack.depths, sight_of(config), colors, weights]
    launcher.rows(probe_kernel, *shape, inputs)
    return colors.numpy(), weights.numpy()


def probe(surface: Surface, stack: ViewStack, config: TextureConfig, launcher: RowLauncher, count: int) -> Probe:
    """`count` points drawn evenly by area; samples too dark or too bright to measure have no weight."""
    rng = np.random.default_rng(config.seed)
    corners = surface.vertices[surface.faces].astype(np.float64)
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    total = np.cumsum(areas)
    places = (np.arange(count) + rng.random(count)) / count * total[-1]
    faces = np.minimum(np.searchsorted(total, places), len(areas) - 1)
    root, second = np.sqrt(rng.random(count)), rng.random(count)
    barycentric = np.stack([1 - root, root * (1 - second), root * second], 1)
    points = np.einsum("nk,nkc->nc", barycentric, corners[faces])
    normals = np.einsum("nk,nkc->nc", barycentric, surface.vertex_normals()[surface.faces[faces]])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-20)
    colors, weights = look_at(points, normals, stack, config, launcher)
    fair = (colors.min(-1) > _DARK) & (colors.max(-1) < _BRIGHT)
    return Probe(faces, barycentric, to_linear(colors), np.where(fair, weights, 0.0))
