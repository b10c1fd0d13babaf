"""Which triangle each texel of the atlas lies on, and where on the surface it is.

Only the face of each texel is kept; barycentrics, positions and normals follow from it whenever a kernel
needs them, so that 8192 x 8192 texels cost 4 bytes each.

Texel (row r, column c) of a T x T map has its center at u = (c + 1/2) / T, v = 1 - (r + 1/2) / T.
"""

from dataclasses import dataclass

import numpy as np
import warp as wp

from ..scene import Surface, UvAtlas
from .row_launch import RowLauncher

wp.set_module_options({"enable_backward": False})

_NOBODY = 0x7FFFFFFF
_GROWN = 2  # texels beyond the charts' rims that are baked as well: bilinear lookups reach them


@wp.struct
class Skin:
    """The surface and its atlas as the kernels read them."""

    vertices: wp.array(dtype=wp.vec3)
    normals: wp.array(dtype=wp.vec3)
    faces: wp.array2d(dtype=wp.int32)
    uvs: wp.array(dtype=wp.vec2)
    uv_faces: wp.array2d(dtype=wp.int32)


@dataclass(frozen=True)
class Texels:
    """size T, skin, and per texel (T, T) int32

    owner  the face, -1 off the charts
    model  row * T + column of the chart's texel whose colors are repeated here: its own index on the charts, that of
           the nearest one in their gutters, -1 farther away
    """

    size: int
    skin: Skin
    owner: wp.array
    model: wp.array


@wp.func
def texel_barycentric(skin: Skin, face: int, u: float, v: float) -> wp.vec3:
    """Barycentrics of (u, v) in a face's uv triangle, beyond it where (u, v) lies outside."""
    a, b, c = skin.uvs[skin.uv_faces[face, 0]], skin.uvs[skin.uv_faces[face, 1]], skin.uvs[skin.uv_faces[face, 2]]
    ab, ac, ap = b - a, c - a, wp.vec2(u, v) - a
    area = ab[0] * ac[1] - ab[1] * ac[0]
    if wp.abs(area) < 1.0e-16:
        return wp.vec3(1.0, 0.0, 0.0)
    second = (ap[0] * ac[1] - ap[1] * ac[0]) / area
    third = (ab[0] * ap[1] - ab[1] * ap[0]) / area
    return wp.vec3(1.0 - second - third, second, third)


@wp.func
def texel_uv(row: int, column: int, size: int) -> wp.vec2:
    return wp.vec2((float(column) + 0.5) / float(size), 1.0 - (float(row) + 0.5) / float(size))


@wp.func
def on_face(values: wp.array(dtype=wp.vec3), faces: wp.array2d(dtype=wp.int32), face: int, weights: wp.vec3) -> wp.vec3:
    a, b, c = values[faces[face, 0]], values[faces[face, 1]], values[faces[face, 2]]
    return a * weights[0] + b * weights[1] + c * weights[2]


@wp.kernel
def own_kernel(skin: Skin, first_row: int, last_row: int, owner: wp.array2d(dtype=wp.int32)):
    face = wp.tid()
    size = owner.shape[0]
    a, b, c = skin.uvs[skin.uv_faces[face, 0]], skin.uvs[skin.uv_faces[face, 1]], skin.uvs[skin.uv_faces[face, 2]]
    scale = float(size)
    left = wp.max(int(wp.ceil(wp.min(a[0], wp.min(b[0], c[0])) * scale - 0.5)), 0)
    right = wp.min(int(wp.floor(wp.max(a[0], wp.max(b[0], c[0])) * scale - 0.5)), size - 1)
    top = wp.max(int(wp.ceil((1.0 - wp.max(a[1], wp.max(b[1], c[1]))) * scale - 0.5)), first_row)
    bottom = wp.min(int(wp.floor((1.0 - wp.min(a[1], wp.min(b[1], c[1]))) * scale - 0.5)), last_row)
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            uv = texel_uv(row, column, size)
            weights = texel_barycentric(skin, face, uv[0], uv[1])
            if wp.min(weights) >= -1.0e-5:  # a texel on an edge goes to the lower face number
                wp.atomic_min(owner, row, column, face)


@wp.kernel
def grow_kernel(first_row: int, skin: Skin, before: wp.array2d(dtype=wp.int32), after: wp.array2d(dtype=wp.int32)):
    band_row, column = wp.tid()
    row = band_row + first_row
    size = before.shape[0]
    face = before[row, column]
    if face == _NOBODY:
        uv = texel_uv(row, column, size)
        least = wp.float32(-1.0e30)
        for step in range(9):
            near_row, near_column = row + step / 3 - 1, column + step % 3 - 1
            if near_row >= 0 and near_column >= 0 and near_row < size and near_column < size:
                candidate = before[near_row, near_column]
                if candidate != _NOBODY:
                    inside = wp.min(texel_barycentric(skin, candidate, uv[0], uv[1]))
                    if inside > least or (inside == least and candidate < face):
                        least = inside
                        face = candidate
        if least < -8.0:  # a needle: reaching this far beyond it would leave the surface
            face = _NOBODY
    after[row, column] = face


@wp.kernel
def close_kernel(first_row: int, owner: wp.array2d(dtype=wp.int32), model: wp.array2d(dtype=wp.int32)):
    band_row, column = wp.tid()
    row = band_row + first_row
    model[row, column] = row * owner.shape[0] + column
    if owner[row, column] == _NOBODY:
        owner[row, column] = -1
        model[row, column] = -1


@wp.kernel
def dilate_kernel(first_row: int, before: wp.array2d(dtype=wp.int32), after: wp.array2d(dtype=wp.int32)):
    """One ring more: an empty texel repeats the nearest of the texels that its neighbors repeat."""
    band_row, column = wp.tid()
    row = band_row + first_row
    size = before.shape[0]
    model = before[row, column]
    if model < 0:
        nearest = wp.int32(0x7FFFFFFF)
        for step in range(9):
            near_row, near_column = row + step / 3 - 1, column + step % 3 - 1
            if near_row >= 0 and near_column >= 0 and near_row < size and near_column < size:
                candidate = before[near_row, near_column]
                if candidate >= 0:
                    down, right = candidate / size - row, candidate % size - column
                    if down * down + right * right < nearest:
                        nearest = down * down + right * right
                        model = candidate
    after[row, column] = model


def skin_of(surface: Surface, atlas: UvAtlas, launcher: RowLauncher) -> Skin:
    """The surface with its smooth normals, uploaded."""
    skin = Skin()
    skin.vertices = launcher.upload(surface.vertices.astype(np.float32), wp.vec3)
    skin.normals = launcher.upload(surface.vertex_normals().astype(np.float32), wp.vec3)
    skin.faces = launcher.upload(surface.faces.astype(np.int32), wp.int32)
    skin.uvs = launcher.upload(atlas.uvs.astype(np.float32), wp.vec2)
    skin.uv_faces = launcher.upload(atlas.faces.astype(np.int32), wp.int32)
    return skin


def find_texels(skin: Skin, size: int, launcher: RowLauncher, gutter: int = 8) -> Texels:
    """Rasterize the atlas at `size` x `size` texels, two texels beyond every chart's rim, and its gutters."""
    owner = wp.full((size, size), _NOBODY, dtype=wp.int32, device=launcher.device)
    count = skin.uv_faces.shape[0]
    own_kernel.module.load(wp.get_device(launcher.device))
    halves = [(0, size // 2 - 1), (size // 2, size - 1)]

    def own(rows: tuple[int, int]) -> None:
        wp.launch(own_kernel, dim=count, inputs=[skin, *rows, owner], device=launcher.device)

    launcher.each(own, halves)
    grown = wp.empty_like(owner)
    for _ in range(_GROWN):
        launcher.rows(grow_kernel, size, size, [skin, owner, grown])
        owner, grown = grown, owner
    model = grown
    launcher.rows(close_kernel, size, size, [owner, model])
    wider = wp.empty_like(model)
    for _ in range(gutter - _GROWN):
        launcher.rows(dilate_kernel, size, size, [model, wider])
        model, wider = wider, model
    return Texels(size, skin, owner, model)
