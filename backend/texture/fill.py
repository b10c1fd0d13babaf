"""Colors for what no photo shows: diffused over the surface first, then pushed and pulled across the atlas.

On the surface, unseen vertices take the harmonic mean of their neighbors (a Laplace equation), so that a
gap is filled from all around it, whichever charts lie there. Gutters repeat their own chart's rim; beyond
them push-pull (Gortler et al. 1996, "The Lumigraph") leaves no hole, so that mipmaps do not bleed.
"""

import numpy as np
import warp as wp
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import cg

from ..scene import Surface, UvAtlas
from .row_launch import RowLauncher
from .texel_geometry import Skin, Texels, on_face, texel_barycentric, texel_uv

wp.set_module_options({"enable_backward": False})

_DATA = 100.0  # how strongly a well-seen vertex keeps its own color against its neighbors'
_SURE = 0.3  # confidence above which a texel keeps its own color alone
_GRAY = 0.5  # where nothing at all is known


def vertex_colors(
    colors: np.ndarray, confidence: np.ndarray, surface: Surface, atlas: UvAtlas
) -> tuple[np.ndarray, np.ndarray]:
    """Maps (T, T, 3) and (T, T) read at the vertices -> colors (V, 3) and confidence (V,), best corner of each."""
    size = len(confidence)
    column = np.clip((atlas.uvs[:, 0] * size).astype(int), 0, size - 1)
    row = np.clip(((1 - atlas.uvs[:, 1]) * size).astype(int), 0, size - 1)
    corner_confidence = confidence[row, column][atlas.faces.ravel()]
    order = np.argsort(corner_confidence, kind="stable")  # the best is written last
    best = np.zeros(len(surface.vertices), np.int64)
    best[surface.faces.ravel()[order]] = atlas.faces.ravel()[order]
    return colors[row[best], column[best]], confidence[row[best], column[best]]


def diffuse_over_surface(colors: np.ndarray, confidence: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """colors (V, 3), confidence (V,) -> colors (V, 3) that are smooth where confidence is small."""
    count = len(colors)
    start, end = faces.ravel(), faces[:, [1, 2, 0]].ravel()
    links = csr_matrix((np.ones(2 * len(start)), (np.r_[start, end], np.r_[end, start])), (count, count))
    links.data[:] = 1.0
    keep = _DATA * confidence.astype(np.float64) ** 2
    known = confidence > 0
    default = np.average(colors[known], axis=0, weights=confidence[known]) if known.any() else np.full(3, _GRAY)
    system = diags(np.asarray(links.sum(1)).ravel() + keep + 1e-4) - links
    scale = diags(1 / system.diagonal())
    out = np.empty((count, 3), np.float32)
    for channel in range(3):
        right = keep * colors[:, channel] + 1e-4 * default[channel]
        guess = np.where(known, colors[:, channel], default[channel])
        out[:, channel] = cg(system, right, x0=guess, rtol=1e-4, maxiter=400, M=scale)[0]
    return np.clip(out, 0.0, 1.0)


@wp.kernel
def blend_kernel(
    first_row: int,
    skin: Skin,
    owner: wp.array2d(dtype=wp.int32),
    model: wp.array2d(dtype=wp.int32),
    vertex_color: wp.array(dtype=wp.vec3),
    confidence: wp.array2d(dtype=wp.float32),
    colors: wp.array2d(dtype=wp.vec3),
    weighted: wp.array2d(dtype=wp.vec4),
):
    band_row, to_column = wp.tid()
    to_row = band_row + first_row
    source = model[to_row, to_column]
    if source < 0:
        weighted[to_row, to_column] = wp.vec4()
        return
    row, column = source / owner.shape[0], source % owner.shape[0]
    face = owner[row, column]
    uv = texel_uv(row, column, owner.shape[0])
    fill = on_face(vertex_color, skin.faces, face, texel_barycentric(skin, face, uv[0], uv[1]))
    share = wp.clamp(confidence[row, column] / _SURE, 0.0, 1.0)
    color = colors[row, column] * share + fill * (1.0 - share)
    weighted[to_row, to_column] = wp.vec4(color[0], color[1], color[2], 1.0)


@wp.kernel
def pull_kernel(first_row: int, fine: wp.array2d(dtype=wp.vec4), coarse: wp.array2d(dtype=wp.vec4)):
    band_row, column = wp.tid()
    row = band_row + first_row
    total = wp.vec4()
    for step in range(4):
        y, x = 2 * row + step / 2, 2 * column + step % 2
        if y < fine.shape[0] and x < fine.shape[1]:
            value = fine[y, x]
            total += wp.vec4(value[0] * value[3], value[1] * value[3], value[2] * value[3], value[3])
    if total[3] > 0.0:
        total = wp.vec4(total[0] / total[3], total[1] / total[3], total[2] / total[3], wp.min(total[3], 1.0))
    coarse[row, column] = total


@wp.kernel
def push_kernel(first_row: int, coarse: wp.array2d(dtype=wp.vec4), fine: wp.array2d(dtype=wp.vec4)):
    band_row, column = wp.tid()
    row = band_row + first_row
    if fine[row, column][3] > 0.0:
        return
    # Bilinear between coarse cells: their centers lie half a fine texel off.
    y, x = 0.5 * (float(row) - 0.5), 0.5 * (float(column) - 0.5)
    y0, x0 = int(wp.floor(y)), int(wp.floor(x))
    ty, tx = y - float(y0), x - float(x0)
    total = wp.vec4()
    for step in range(4):
        near_y = wp.clamp(y0 + step / 2, 0, coarse.shape[0] - 1)
        near_x = wp.clamp(x0 + step % 2, 0, coarse.shape[1] - 1)
        wy, wx = ty, tx
        if step < 2:
            wy = 1.0 - ty
        if step % 2 == 0:
            wx = 1.0 - tx
        total += coarse[near_y, near_x] * (wx * wy)
    fine[row, column] = wp.vec4(total[0], total[1], total[2], 1.0)


def push_pull(weighted: wp.array, launcher: RowLauncher) -> None:
    """weighted (T, T) vec4: colors and, last, 1 where they are known; the rest is filled in place."""
    levels = [weighted]
    while min(levels[-1].shape) > 1:
        shape = tuple((side + 1) // 2 for side in levels[-1].shape)
        levels.append(wp.empty(shape, dtype=wp.vec4, device=launcher.device))
        launcher.rows(pull_kernel, *shape, [levels[-2], levels[-1]])
    for coarse, fine in zip(levels[:0:-1], levels[-2::-1], strict=True):
        launcher.rows(push_kernel, *fine.shape, [coarse, fine])


def fill(
    colors: wp.array, confidence: wp.array, texels: Texels, surface: Surface, atlas: UvAtlas, launcher: RowLauncher
) -> np.ndarray:
    """colors (T, T) vec3, confidence (T, T), 0 where unseen -> (T, T, 3) float32 with a color everywhere."""
    read, sure = vertex_colors(colors.numpy(), confidence.numpy(), surface, atlas)
    smooth = launcher.upload(diffuse_over_surface(read, sure, surface.faces), wp.vec3)
    weighted = wp.empty(colors.shape, dtype=wp.vec4, device=launcher.device)
    inputs = [texels.skin, texels.owner, texels.model, smooth, confidence, colors, weighted]
    launcher.rows(blend_kernel, texels.size, texels.size, inputs)
    push_pull(weighted, launcher)
    return np.ascontiguousarray(weighted.numpy()[..., :3])
