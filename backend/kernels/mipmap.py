"""Mip pyramids, and which of their levels a pixel should read.

Glossary
    tex     (T, T2, C) texels, T rows (v) of T2 columns (u)
    pyramid (N, C) every level's texels behind one another, level 0 first (Williams 1983, "Pyramidal Parametrics")
    levels  one row (first texel, columns, rows) for each level of the pyramid
    uv_da   (H, W, 4) du/dx, du/dy, dv/dx, dv/dy: what uv changes by over one pixel, nvdiffrast's order

A level halves the one before it, rounding down. A texel is the exact mean of the area that it covers (the
2x2 box where the size is even), so the mean over a level is the texture's for every size. Both directions
gather, without atomics: the same bits on every run, on CUDA too.
"""

from itertools import pairwise

import torch
import warp as wp
from torch.autograd.function import once_differentiable

from .warp_runtime import launch, wrap

wp.set_module_options({"enable_backward": False})


@wp.func
def coverage(fine: int, coarse: int, fine_size: int, coarse_size: int) -> float:
    # The share of a coarse texel's extent that a fine texel takes, along one axis; integers until the last division.
    end = wp.min((fine + 1) * coarse_size, (coarse + 1) * fine_size)
    start = wp.max(fine * coarse_size, coarse * fine_size)
    return float(wp.max(end - start, 0)) / float(fine_size)


@wp.func
def is_even(fine: wp.vec3i, coarse: wp.vec3i) -> bool:
    return fine[1] == 2 * coarse[1] and fine[2] == 2 * coarse[2]


@wp.kernel
def halve_kernel(pyramid: wp.array2d(dtype=wp.float32), fine: wp.vec3i, coarse: wp.vec3i):
    y, x = wp.tid()
    texel = coarse[0] + y * coarse[1] + x
    if is_even(fine, coarse):  # the same as below without its divisions
        low = fine[0] + 2 * (y * fine[1] + x)
        high = low + fine[1]
        for c in range(pyramid.shape[1]):
            pair = pyramid[low, c] + pyramid[low + 1, c]
            pyramid[texel, c] = 0.25 * (pair + pyramid[high, c] + pyramid[high + 1, c])
        return
    for j in range(y * fine[2] / coarse[2], ((y + 1) * fine[2] - 1) / coarse[2] + 1):
        row = coverage(j, y, fine[2], coarse[2])
        for i in range(x * fine[1] / coarse[1], ((x + 1) * fine[1] - 1) / coarse[1] + 1):
            share = row * coverage(i, x, fine[1], coarse[1])
            for c in range(pyramid.shape[1]):
                pyramid[texel, c] += share * pyramid[fine[0] + j * fine[1] + i, c]


@wp.kernel
def halve_gradient_kernel(gradient: wp.array2d(dtype=wp.float32), fine: wp.vec3i, coarse: wp.vec3i):
    y, x = wp.tid()
    texel = fine[0] + y * fine[1] + x
    if is_even(fine, coarse):
        above = coarse[0] + (y / 2) * coarse[1] + x / 2
        for c in range(gradient.shape[1]):
            gradient[texel, c] += 0.25 * gradient[above, c]
        return
    for j in range(y * coarse[2] / fine[2], ((y + 1) * coarse[2] - 1) / fine[2] + 1):
        row = coverage(y, j, fine[2], coarse[2])
        for i in range(x * coarse[1] / fine[1], ((x + 1) * coarse[1] - 1) / fine[1] + 1):
            share = row * coverage(x, i, fine[1], coarse[1])
            for c in range(gradient.shape[1]):
                gradient[texel, c] += share * gradient[coarse[0] + j * coarse[1] + i, c]


class _Pyramid(torch.autograd.Function):
    """Texels (T, T2, C) -> every level's texels (N, C)."""

    @staticmethod
    def forward(ctx, tex, levels):
        first, columns, rows = levels[-1]
        pyramid = tex.new_zeros((first + columns * rows, tex.shape[2]))
        pyramid[: tex.shape[0] * tex.shape[1]] = tex.reshape(-1, tex.shape[2])
        for fine, coarse in pairwise(levels):
            launch(halve_kernel, (coarse[2], coarse[1]), [wrap(pyramid), fine, coarse], tex.device)
        ctx.levels, ctx.shape = levels, tex.shape
        return pyramid

    @staticmethod
    @once_differentiable
    def backward(ctx, pyramid_gradient):
        gradient = pyramid_gradient.clone(memory_format=torch.contiguous_format)
        for coarse, fine in pairwise(ctx.levels[::-1]):
            launch(halve_gradient_kernel, (fine[2], fine[1]), [wrap(gradient), fine, coarse], gradient.device)
        return gradient[: ctx.shape[0] * ctx.shape[1]].view(ctx.shape), None


def pyramid_levels(rows: int, columns: int) -> list[tuple[int, int, int]]:
    """(first texel, columns, rows) of each mip level of a texture, the last one being 1 x 1."""
    levels = [(0, columns, rows)]
    while columns > 1 or rows > 1:
        first = levels[-1][0] + columns * rows
        columns, rows = max(columns // 2, 1), max(rows // 2, 1)
        levels.append((first, columns, rows))
    return levels


def build_pyramid(tex: torch.Tensor, levels: list[tuple[int, int, int]]) -> torch.Tensor:
    """tex (T, T2, C) float32, levels of `pyramid_levels(T, T2)` -> (N, C), with gradients to tex."""
    return tex.reshape(-1, tex.shape[2]) if len(levels) == 1 else _Pyramid.apply(tex, levels)


def footprint_level(uv_da: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    """uv_da (H, W, 4) -> mip level (H, W), unclamped: log2 of the longer axis, in texels, of a pixel's footprint.

    That axis is the larger singular value of the Jacobian d(texel column, row) / d(pixel x, y).
    """
    size = uv_da.new_tensor([columns, columns, rows, rows])
    ux, uy, vx, vy = (uv_da.detach() * size).unbind(-1)
    half_sum = 0.5 * (ux * ux + uy * uy + vx * vx + vy * vy)
    determinant = ux * vy - uy * vx
    longer = half_sum + (half_sum * half_sum - determinant * determinant).clamp(min=0).sqrt()
    return 0.5 * torch.log2(longer.clamp(min=1e-30))


@torch.no_grad()
def uv_derivatives(
    uvs: torch.Tensor, uv_faces: torch.Tensor, clip: torch.Tensor, faces: torch.Tensor, rast: torch.Tensor
) -> torch.Tensor:
    """uvs (U, 2) with uv_faces (F, 3), the clip (V, 4), faces (F, 3) and rast (H, W, 4) of `rasterize` -> uv_da.

    Exact under perspective: barycentric b_k = E_k / S has db_k/dx = (dE_k/dx - b_k dS/dx) / S, with E_k the edge
    functions of rasterize.py. Zero where rast is empty. No gradient: a level is a choice of filter.
    """
    height, width, _ = rast.shape
    triangle = rast[..., 3].long()
    seen = triangle > 0
    y, x = torch.nonzero(seen, as_tuple=True)
    pixel = torch.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1, torch.ones_like(x)], -1).double()
    face = triangle[seen] - 1
    a, b, c = clip[faces[face].long()][..., [0, 1, 3]].double().unbind(1)  # (P, 3) each
    normals = torch.stack([torch.linalg.cross(b, c), torch.linalg.cross(c, a), torch.linalg.cross(a, b)], 1)
    edges = (normals @ pixel[..., None]).squeeze(-1)  # (P, 3)
    total = edges.sum(1, keepdim=True)
    slope = normals[..., :2] - (edges / total)[..., None] * normals[..., :2].sum(1, keepdim=True)
    slope = slope / total[..., None] * slope.new_tensor([2 / width, 2 / height])  # (P, 3, 2) per pixel
    corners = uvs[uv_faces[face].long()].double()  # (P, 3, 2)
    uv_da = torch.zeros_like(rast)
    uv_da[seen] = (corners.transpose(1, 2) @ slope).flatten(1).to(rast.dtype)
    return uv_da
