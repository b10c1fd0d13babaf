"""A head's map made whole: what is seen, else what its mirrored place shows, else the layers with their grain.

Where light differs between the sides, the mirrored color is moved by the smooth difference that holds where both
are seen (a membrane, as in Perez, Gangnet & Blake 2003), so that no seam shows at the middle line.
"""

import numpy as np
import warp as wp

from .eyes import EyePaint, eye_color
from .fill import push_pull
from .grain import Cloth, grain_at
from .layers import Layers
from .row_launch import RowLauncher
from .symmetry import Mirror, twin_uv
from .texel_geometry import Skin, Texels, on_face, texel_barycentric, texel_uv

wp.set_module_options({"enable_backward": False})

SURE = (0.03, 0.45)  # a baked confidence counts as unseen below the first, as seen above the second
_MIRRORED = wp.constant(0.5)  # confidence of a texel that only its mirrored place shows
_DRAWN = wp.constant(0.5)  # of an eye drawn in its own colors
_LOW, _HIGH = wp.constant(SURE[0]), wp.constant(SURE[1])
_RAGGED = wp.constant(0.12)  # how far grain moves the border between skin and hair, in shares of cover


@wp.struct
class Fields:
    shift: wp.array(dtype=wp.vec3)
    skin: wp.array(dtype=wp.vec3)
    hair: wp.array(dtype=wp.vec3)
    cover: wp.array(dtype=wp.vec3)  # cover of hair; share of skin grain; how far hair grain may move the border
    shade: wp.array(dtype=wp.vec3)  # factor on the colors of eyes


@wp.func
def sureness(confidence: float) -> float:
    share = wp.clamp((confidence - _LOW) / (_HIGH - _LOW), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


@wp.func
def sample_known(colors: wp.array2d(dtype=wp.vec3), confidence: wp.array2d(dtype=wp.float32), u: float, v: float):
    """Color and confidence at (u, v), bilinear among the texels that are known."""
    size = colors.shape[0]
    x, y = u * float(size) - 0.5, (1.0 - v) * float(size) - 0.5
    x0, y0 = wp.clamp(int(wp.floor(x)), 0, size - 2), wp.clamp(int(wp.floor(y)), 0, size - 2)
    tx, ty = wp.clamp(x - float(x0), 0.0, 1.0), wp.clamp(y - float(y0), 0.0, 1.0)
    total = wp.vec3()
    mass = wp.float32(0.0)
    for corner in range(4):
        row, column = y0 + corner / 2, x0 + corner % 2
        wx, wy = tx, ty
        if corner % 2 == 0:
            wx = 1.0 - tx
        if corner < 2:
            wy = 1.0 - ty
        weight = wx * wy * confidence[row, column]
        total += colors[row, column] * weight
        mass += weight
    if mass > 0.0:
        total = total / mass
    return wp.vec4(total[0], total[1], total[2], mass)


@wp.func
def invented(skin: Skin, fields: Fields, pores: Cloth, strands: Cloth, face: int, weights: wp.vec3) -> wp.vec3:
    point = on_face(skin.vertices, skin.faces, face, weights)
    normal = wp.normalize(on_face(skin.normals, skin.faces, face, weights))
    cover = on_face(fields.cover, skin.faces, face, weights)
    hair = grain_at(strands, point, normal)
    ragged = cover[0] + wp.clamp(hair[0] + hair[1] + hair[2], -0.3, 0.3) / 0.3 * _RAGGED * cover[2]
    share = wp.clamp((ragged - 0.3) / 0.4, 0.0, 1.0)
    share = share * share * (3.0 - 2.0 * share)
    below = on_face(fields.skin, skin.faces, face, weights) + grain_at(pores, point, normal) * cover[1]
    above = on_face(fields.hair, skin.faces, face, weights) + hair
    return below * (1.0 - share) + above * share


@wp.func
def shaded_eye(skin: Skin, fields: Fields, eyes: EyePaint, number: int, face: int, weights: wp.vec3) -> wp.vec3:
    color = eye_color(eyes, number, on_face(skin.vertices, skin.faces, face, weights))
    return wp.cw_mul(color, on_face(fields.shade, skin.faces, face, weights))


@wp.kernel
def complete_kernel(
    first_row: int,
    skin: Skin,
    owner: wp.array2d(dtype=wp.int32),
    model: wp.array2d(dtype=wp.int32),
    mirror: Mirror,
    fields: Fields,
    pores: Cloth,
    strands: Cloth,
    eyes: EyePaint,
    colors: wp.array2d(dtype=wp.vec3),
    confidence: wp.array2d(dtype=wp.float32),
    whole: wp.array2d(dtype=wp.vec4),
    sure: wp.array2d(dtype=wp.float32),
):
    band_row, to_column = wp.tid()
    to_row = band_row + first_row
    source = model[to_row, to_column]
    if source < 0:
        whole[to_row, to_column] = wp.vec4()
        sure[to_row, to_column] = 0.0
        return
    row, column = source / owner.shape[0], source % owner.shape[0]
    face = owner[row, column]
    uv = texel_uv(row, column, owner.shape[0])
    weights = texel_barycentric(skin, face, uv[0], uv[1])
    seen = sureness(confidence[row, column])
    mirrored = wp.float32(0.0)
    color = colors[row, column] * seen
    number = eyes.number[face]
    if number >= 0 and eyes.drawn > 0:
        color = shaded_eye(skin, fields, eyes, number, face, weights)
        seen, mirrored = _DRAWN, 0.0
    else:
        if seen < 1.0:
            twin = twin_uv(skin, mirror, face, weights)
            if twin[2] > 0.0:
                there = sample_known(colors, confidence, twin[0], twin[1])
                mirrored = (1.0 - seen) * sureness(there[3])
                shift = on_face(fields.shift, skin.faces, face, weights)
                color += (wp.vec3(there[0], there[1], there[2]) + shift) * mirrored
        rest = 1.0 - seen - mirrored
        if rest > 0.0:
            if number >= 0:
                color += shaded_eye(skin, fields, eyes, number, face, weights) * rest
            else:
                color += invented(skin, fields, pores, strands, face, weights) * rest
    color = wp.vec3(wp.clamp(color[0], 0.0, 1.0), wp.clamp(color[1], 0.0, 1.0), wp.clamp(color[2], 0.0, 1.0))
    whole[to_row, to_column] = wp.vec4(color[0], color[1], color[2], 1.0)
    sure[to_row, to_column] = seen + mirrored * _MIRRORED


def fields_of(layers: Layers, plain: np.ndarray, shade: np.ndarray, launcher: RowLauncher) -> Fields:
    """plain (V,) bool: without grain (eyes, teeth, the mouth's inside). shade (V,): factor on sRGB there."""
    fields = Fields()
    for name in ("shift", "hair"):
        setattr(fields, name, launcher.upload(getattr(layers, name).astype(np.float32), wp.vec3))
    fields.skin = launcher.upload((layers.skin * shade[:, None]).astype(np.float32), wp.vec3)
    fields.shade = launcher.upload(np.repeat(shade[:, None], 3, 1).astype(np.float32), wp.vec3)
    cover = np.stack([layers.cover, ~plain, layers.cover > 0], 1)
    fields.cover = launcher.upload(cover.astype(np.float32), wp.vec3)
    return fields


def complete(
    colors: wp.array, confidence: wp.array, texels: Texels, mirror: Mirror, fields: Fields,
    cloths: tuple[Cloth, Cloth], eyes: EyePaint, launcher: RowLauncher,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """colors (T, T) vec3, confidence (T, T), 0 where unseen -> a color everywhere (T, T, 3), and how sure (T, T)."""
    whole = wp.empty(colors.shape, dtype=wp.vec4, device=launcher.device)
    sure = wp.empty(confidence.shape, dtype=wp.float32, device=launcher.device)
    inputs = [texels.skin, texels.owner, texels.model, mirror, fields, *cloths, eyes, colors, confidence, whole, sure]
    launcher.rows(complete_kernel, texels.size, texels.size, inputs)
    push_pull(whole, launcher)
    return np.ascontiguousarray(whole.numpy()[..., :3]), sure.numpy()
