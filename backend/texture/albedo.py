"""Divide the light out of the photo colors, texel by texel."""

import numpy as np
import warp as wp

from .bake import Baked
from .color import linear_of, srgb_of
from .row_launch import RowLauncher
from .texel_geometry import Skin, Texels, on_face, texel_barycentric, texel_uv

wp.set_module_options({"enable_backward": False})


@wp.kernel
def albedo_kernel(
    first_row: int,
    skin: Skin,
    owner: wp.array2d(dtype=wp.int32),
    shading: wp.array(dtype=wp.vec3),
    photo: wp.array2d(dtype=wp.vec3),
    highlight: wp.array2d(dtype=wp.vec3),
    albedo: wp.array2d(dtype=wp.vec3),
):
    band_row, column = wp.tid()
    row = band_row + first_row
    face = owner[row, column]
    if face < 0:
        return
    uv = texel_uv(row, column, owner.shape[0])
    weights = texel_barycentric(skin, face, uv[0], uv[1])
    weights = wp.vec3(wp.clamp(weights[0], 0.0, 1.0), wp.clamp(weights[1], 0.0, 1.0), wp.clamp(weights[2], 0.0, 1.0))
    weights = weights / (weights[0] + weights[1] + weights[2])
    diffuse = linear_of(wp.max(photo[row, column] + highlight[row, column], wp.vec3(0.0, 0.0, 0.0)))
    albedo[row, column] = srgb_of(wp.cw_div(diffuse, on_face(shading, skin.faces, face, weights)))


def divide_light(baked: Baked, texels: Texels, shading: np.ndarray, launcher: RowLauncher) -> wp.array:
    """shading (V, 3), linear with mean 1 -> albedo (T, T) vec3 sRGB."""
    albedo = wp.zeros_like(baked.photo)
    inputs = [texels.skin, texels.owner, launcher.upload(shading.astype(np.float32), wp.vec3)]
    launcher.rows(albedo_kernel, texels.size, texels.size, [*inputs, baked.photo, baked.highlight, albedo])
    return albedo
