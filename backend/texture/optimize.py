"""Optimization of the texels through the renderer, so that the drawn texture reproduces the photos.

Iterated back-projection (Irani & Peleg 1991, "Improving resolution by image registration"): draw the texture
into every photo's camera (each pixel the mean of 2 x 2 bilinear lookups), and give every texel the weighted
mean of the residuals of the pixels that see it. The weights are the bake's; residuals that stay large are
views that disagree (a highlight, an occluder) and count less.
"""

import warp as wp

from .bake import doubt, sight_of
from .config import TextureConfig
from .look import Sight, glimpse, unpacked
from .row_launch import RowLauncher
from .texel_geometry import Skin, Texels, on_face, texel_barycentric, texel_uv
from .view_stack import Eye, ViewStack

wp.set_module_options({"enable_backward": False})

_STEP = 1.0  # relaxation of a round


@wp.func
def sample_texture(photo: wp.array2d(dtype=wp.vec3), u: float, v: float) -> wp.vec3:
    size = photo.shape[0]
    fx, fy = u * float(size) - 0.5, (1.0 - v) * float(size) - 0.5
    x0, y0 = wp.clamp(int(wp.floor(fx)), 0, size - 2), wp.clamp(int(wp.floor(fy)), 0, size - 2)
    tx, ty = wp.clamp(fx - float(x0), 0.0, 1.0), wp.clamp(fy - float(y0), 0.0, 1.0)
    upper = photo[y0, x0] * (1.0 - tx) + photo[y0, x0 + 1] * tx
    lower = photo[y0 + 1, x0] * (1.0 - tx) + photo[y0 + 1, x0 + 1] * tx
    return upper * (1.0 - ty) + lower * ty


@wp.func
def ray_uv(skin: Skin, eye: Eye, face: int, x: float, y: float) -> wp.vec2:
    """Texture coordinates of the face's plane where the ray through image point (x, y) meets it."""
    a = skin.vertices[skin.faces[face, 0]]
    ab, ac = skin.vertices[skin.faces[face, 1]] - a, skin.vertices[skin.faces[face, 2]] - a
    ray = eye.rotation * wp.vec3((x - eye.center[0]) / eye.focal[0], (eye.center[1] - y) / eye.focal[1], -1.0)
    # Moeller & Trumbore 1997
    across = wp.cross(ray, ac)
    volume = wp.dot(ab, across)
    if wp.abs(volume) < 1.0e-16:
        return skin.uvs[skin.uv_faces[face, 0]]
    start = eye.position - a
    second = wp.clamp(wp.dot(start, across) / volume, -1.0, 2.0)
    third = wp.clamp(wp.dot(ray, wp.cross(start, ab)) / volume, -1.0, 2.0)
    uv0, uv1, uv2 = skin.uvs[skin.uv_faces[face, 0]], skin.uvs[skin.uv_faces[face, 1]], skin.uvs[skin.uv_faces[face, 2]]
    return uv0 * (1.0 - second - third) + uv1 * second + uv2 * third


@wp.kernel
def residual_kernel(
    first_row: int,
    skin: Skin,
    eyes: wp.array(dtype=Eye),
    view: int,
    pixels: wp.array(dtype=wp.uint32),
    owners: wp.array(dtype=wp.int32),
    photo: wp.array2d(dtype=wp.vec3),
    residuals: wp.array(dtype=wp.vec3h),
):
    band_row, column = wp.tid()
    row = band_row + first_row
    eye = eyes[view]
    index = eye.offset + row * eye.width + column
    target = unpacked(pixels[index])
    face = owners[index]
    residual = wp.vec3()
    if face >= 0 and target[3] > 0.0:
        drawn = wp.vec3()
        for step in range(4):
            x, y = float(column) + 0.25 + 0.5 * float(step % 2), float(row) + 0.25 + 0.5 * float(step / 2)
            uv = ray_uv(skin, eye, face, x, y)
            drawn += sample_texture(photo, uv[0], uv[1]) * 0.25
        residual = wp.vec3(target[0], target[1], target[2]) - drawn
    residuals[index] = wp.vec3h(wp.float16(residual[0]), wp.float16(residual[1]), wp.float16(residual[2]))


@wp.func
def sample_residual(
    eye: Eye, pixels: wp.array(dtype=wp.uint32), residuals: wp.array(dtype=wp.vec3h), x: float, y: float
) -> wp.vec4:
    fx, fy = x - 0.5, y - 0.5
    x0, y0 = wp.clamp(int(wp.floor(fx)), 0, eye.width - 2), wp.clamp(int(wp.floor(fy)), 0, eye.height - 2)
    tx, ty = wp.clamp(fx - float(x0), 0.0, 1.0), wp.clamp(fy - float(y0), 0.0, 1.0)
    base = eye.offset + y0 * eye.width + x0
    total = wp.vec3()
    trust = wp.float32(0.0)
    for corner in range(4):
        index = base + (corner / 2) * eye.width + corner % 2
        wx = tx
        if corner % 2 == 0:
            wx = 1.0 - tx
        wy = ty
        if corner < 2:
            wy = 1.0 - ty
        weight = wx * wy * float((pixels[index] >> wp.uint32(24)) & wp.uint32(255)) / 255.0
        value = residuals[index]
        total += wp.vec3(float(value[0]), float(value[1]), float(value[2])) * weight
        trust += weight
    if trust <= 0.0:
        return wp.vec4()
    return wp.vec4(total[0] / trust, total[1] / trust, total[2] / trust, trust)


@wp.kernel
def correct_kernel(
    first_row: int,
    skin: Skin,
    owner: wp.array2d(dtype=wp.int32),
    eyes: wp.array(dtype=Eye),
    pixels: wp.array(dtype=wp.uint32),
    depths: wp.array(dtype=wp.float32),
    residuals: wp.array(dtype=wp.vec3h),
    sight: Sight,
    robust_scale: float,
    step: float,
    photo: wp.array2d(dtype=wp.vec3),
):
    band_row, column = wp.tid()
    row = band_row + first_row
    face = owner[row, column]
    if face < 0:
        return
    uv = texel_uv(row, column, owner.shape[0])
    weights = texel_barycentric(skin, face, uv[0], uv[1])
    point = on_face(skin.vertices, skin.faces, face, weights)
    normal = wp.normalize(on_face(skin.normals, skin.faces, face, weights))
    total = wp.vec3()
    mass = wp.float32(0.0)
    for k in range(eyes.shape[0]):
        eye = eyes[k]
        seen = glimpse(eye, depths, point, normal, sight)
        if seen.weight > 0.0:
            value = sample_residual(eye, pixels, residuals, seen.x, seen.y)
            residual = wp.vec3(value[0], value[1], value[2])
            weight = seen.weight * value[3]
            weight = weight * weight * doubt(residual, wp.vec3(), robust_scale, robust_scale)
            total += residual * weight
            mass += weight
    if mass > 0.0:
        color = photo[row, column] + total * (step / mass)
        photo[row, column] = wp.vec3(
            wp.clamp(color[0], 0.0, 1.0), wp.clamp(color[1], 0.0, 1.0), wp.clamp(color[2], 0.0, 1.0)
        )


def sharpen_to_photos(
    photo: wp.array, texels: Texels, stack: ViewStack, config: TextureConfig, launcher: RowLauncher
) -> None:
    """Change photo (T, T) vec3 sRGB in place until drawing it gives the photos, `config.optimize_epochs` rounds."""
    residuals = wp.zeros(stack.pixels.shape, dtype=wp.vec3h, device=launcher.device)
    alone = RowLauncher(launcher.device, 1)
    residual_kernel.module.load(wp.get_device(launcher.device))
    for _ in range(config.optimize_epochs):

        def measure(k: int) -> None:
            camera = stack.views[k].camera
            inputs = [texels.skin, stack.eyes, k, stack.pixels, stack.owners, photo, residuals]
            alone.rows(residual_kernel, camera.height, camera.width, inputs)

        launcher.each(measure, range(stack.count))
        inputs = [texels.skin, texels.owner, stack.eyes, stack.pixels, stack.depths, residuals, sight_of(config)]
        launcher.rows(correct_kernel, texels.size, texels.size, [*inputs, config.robust_scale, _STEP, photo])
