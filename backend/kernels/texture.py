"""Texture lookup: nearest, bilinear and trilinear, with gradients to the texels and to the coordinates.

Glossary
    tex     (T, T2, C) texels, T rows (v) of T2 columns (u); C any number of channels
    uv      texture coordinates: (0, 0) is the outer corner of texel [0, 0], (1, 1) that of the last one, so
            that centers lie at ((column + 0.5) / T2, (row + 0.5) / T), as in nvdiffrast and OpenGL
    pyramid, levels: see mipmap.py
    taps    the two texels that a coordinate lies between along an axis, and the second one's weight

Gradients to texels are sums of float atomics: on the CPU Warp runs a launch serially in one thread, so
they are the same bits on every run as long as one launch at a time writes to a buffer; on CUDA the order,
and with it the last bits, vary. The mip level gets no gradient: it chooses a filter.
"""

import torch
import warp as wp
from torch.autograd.function import once_differentiable

from .mipmap import build_pyramid, footprint_level, pyramid_levels
from .warp_runtime import contiguous, launch, wrap

wp.set_module_options({"enable_backward": False})

FILTERS = ("nearest", "linear", "linear-mipmap-linear")
BOUNDARIES = ("wrap", "clamp")


@wp.func
def axis_taps(coordinate: float, size: int, wraps: bool, nearest: bool):
    if not wp.isfinite(coordinate):
        return 0, 0, 0.0
    x = wp.clamp(coordinate, 0.0, 1.0)
    if wraps:
        x = coordinate - wp.floor(coordinate)
    x *= float(size)
    if nearest:
        index = wp.min(int(x), size - 1)
        return index, index, 0.0
    x -= 0.5
    first = int(wp.floor(x))
    weight = x - wp.floor(x)
    second = first + 1
    if wraps:
        if first < 0:
            first += size
        if second >= size:
            second -= size
        return first, second, weight
    return wp.max(first, 0), wp.min(second, size - 1), weight


@wp.func
def level_pair(level: wp.array(dtype=wp.float32), pixel: int, count: int):
    # The finer level and how far on towards the next; NaN reads the finest.
    if count == 1:
        return 0, 0.0
    x = level[pixel]
    if wp.isnan(x):
        x = 0.0
    x = wp.clamp(x, 0.0, float(count - 1))
    finer = wp.min(int(x), count - 2)
    return finer, x - float(finer)


@wp.kernel
def sample_kernel(
    pyramid: wp.array2d(dtype=wp.float32),
    levels: wp.array(dtype=wp.vec3i),
    uv: wp.array(dtype=wp.vec2),
    level: wp.array(dtype=wp.float32),
    wraps: bool,
    nearest: bool,
    colors: wp.array2d(dtype=wp.float32),
):
    pixel = wp.tid()
    finer, coarse_share = level_pair(level, pixel, levels.shape[0])
    for step in range(2):
        share = 1.0 - coarse_share
        if step == 1:
            share = coarse_share
        if share > 0.0:
            place = levels[finer + step]
            x0, x1, wx = axis_taps(uv[pixel][0], place[1], wraps, nearest)
            y0, y1, wy = axis_taps(uv[pixel][1], place[2], wraps, nearest)
            row0, row1 = place[0] + y0 * place[1], place[0] + y1 * place[1]
            for c in range(pyramid.shape[1]):
                lower = (1.0 - wx) * pyramid[row0 + x0, c] + wx * pyramid[row0 + x1, c]
                upper = (1.0 - wx) * pyramid[row1 + x0, c] + wx * pyramid[row1 + x1, c]
                colors[pixel, c] += share * ((1.0 - wy) * lower + wy * upper)


@wp.kernel
def sample_gradient_kernel(
    pyramid: wp.array2d(dtype=wp.float32),
    levels: wp.array(dtype=wp.vec3i),
    uv: wp.array(dtype=wp.vec2),
    level: wp.array(dtype=wp.float32),
    wraps: bool,
    nearest: bool,
    colors_gradient: wp.array2d(dtype=wp.float32),
    pyramid_gradient: wp.array2d(dtype=wp.float32),
    uv_gradient: wp.array(dtype=wp.vec2),
):
    pixel = wp.tid()
    finer, coarse_share = level_pair(level, pixel, levels.shape[0])
    du = float(0.0)
    dv = float(0.0)
    for step in range(2):
        share = 1.0 - coarse_share
        if step == 1:
            share = coarse_share
        if share > 0.0:
            place = levels[finer + step]
            x0, x1, wx = axis_taps(uv[pixel][0], place[1], wraps, nearest)
            y0, y1, wy = axis_taps(uv[pixel][1], place[2], wraps, nearest)
            row0, row1 = place[0] + y0 * place[1], place[0] + y1 * place[1]
            for c in range(pyramid.shape[1]):
                g = share * colors_gradient[pixel, c]
                if g != 0.0:
                    right0 = pyramid[row0 + x1, c] - pyramid[row0 + x0, c]
                    right1 = pyramid[row1 + x1, c] - pyramid[row1 + x0, c]
                    up0 = pyramid[row1 + x0, c] - pyramid[row0 + x0, c]
                    up1 = pyramid[row1 + x1, c] - pyramid[row0 + x1, c]
                    du += g * float(place[1]) * ((1.0 - wy) * right0 + wy * right1)
                    dv += g * float(place[2]) * ((1.0 - wx) * up0 + wx * up1)
                    if pyramid_gradient.shape[0] > 0:
                        wp.atomic_add(pyramid_gradient, row0 + x0, c, g * (1.0 - wy) * (1.0 - wx))
                        wp.atomic_add(pyramid_gradient, row0 + x1, c, g * (1.0 - wy) * wx)
                        wp.atomic_add(pyramid_gradient, row1 + x0, c, g * wy * (1.0 - wx))
                        wp.atomic_add(pyramid_gradient, row1 + x1, c, g * wy * wx)
    if uv_gradient.shape[0] > 0:
        uv_gradient[pixel] = wp.vec2(du, dv)


class _Sample(torch.autograd.Function):
    """A pyramid (N, C) of levels (L, 3) read at uv (P, 2) on level (P,) or (0,) -> (P, C)."""

    @staticmethod
    def forward(ctx, pyramid, levels, uv, level, wraps, nearest):
        colors = pyramid.new_zeros((len(uv), pyramid.shape[1]))
        inputs = [wrap(pyramid), wrap(levels, wp.vec3i), wrap(uv, wp.vec2), wrap(level), wraps, nearest, wrap(colors)]
        launch(sample_kernel, len(uv), inputs, uv.device)
        ctx.save_for_backward(pyramid, levels, uv, level)
        ctx.mode = [wraps, nearest]
        return colors

    @staticmethod
    @once_differentiable
    def backward(ctx, colors_gradient):
        pyramid, levels, uv, level = ctx.saved_tensors
        pyramid_gradient = torch.zeros_like(pyramid if ctx.needs_input_grad[0] else pyramid[:0])
        uv_gradient = torch.zeros_like(uv if ctx.needs_input_grad[2] else uv[:0])
        inputs = [wrap(pyramid), wrap(levels, wp.vec3i), wrap(uv, wp.vec2), wrap(level), *ctx.mode]
        inputs += [wrap(colors_gradient.contiguous()), wrap(pyramid_gradient), wrap(uv_gradient, wp.vec2)]
        launch(sample_gradient_kernel, len(uv), inputs, uv.device)
        texels = pyramid_gradient if ctx.needs_input_grad[0] else None
        return texels, None, uv_gradient if ctx.needs_input_grad[2] else None, None, None, None


def texture(
    tex: torch.Tensor,
    uv: torch.Tensor,
    filter: str = "linear",
    uv_da: torch.Tensor | None = None,
    boundary: str = "wrap",
    level: torch.Tensor | None = None,
) -> torch.Tensor:
    """tex (T, T2, C) float32 read at uv (H, W, 2) -> (H, W, C), with gradients to tex and uv.

    filter    "nearest" (no gradient to uv), "linear", or "linear-mipmap-linear", which needs `uv_da` or `level`
    uv_da     (H, W, 4) du/dx, du/dy, dv/dx, dv/dy per pixel, from `mipmap.uv_derivatives`; no gradient
    boundary  "wrap" repeats the texture, "clamp" continues its border texels
    level     (H, W) mip levels in place of uv_da, clamped to those there are; no gradient
    """
    tex, uv = contiguous(tex, torch.float32, "tex"), contiguous(uv, torch.float32, "uv")
    _check(tex, uv, filter, boundary)
    height, width, _ = uv.shape
    rows, columns, channels = tex.shape
    levels = pyramid_levels(rows, columns)
    if filter == "linear-mipmap-linear":
        if (uv_da is None) == (level is None):
            raise ValueError("linear-mipmap-linear needs either uv_da (H, W, 4) or level (H, W)")
        if uv_da is None:
            level = _per_pixel(level, (height, width), "level")
        else:
            level = footprint_level(_per_pixel(uv_da, (height, width, 4), "uv_da"), rows, columns)
    else:
        levels, level = levels[:1], uv.new_empty(0)
    table = torch.tensor(levels, dtype=torch.int32, device=uv.device)
    pyramid = build_pyramid(tex, levels)
    colors = _Sample.apply(
        pyramid, table, uv.view(-1, 2), level.reshape(-1), boundary == "wrap", filter == "nearest"
    )  # fmt: skip
    return colors.view(height, width, channels)


def _per_pixel(tensor: torch.Tensor, shape: tuple[int, ...], name: str) -> torch.Tensor:
    if tensor.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, not {tuple(tensor.shape)}")
    return contiguous(tensor, torch.float32, name).detach()


def _check(tex: torch.Tensor, uv: torch.Tensor, filter: str, boundary: str) -> None:
    if filter not in FILTERS:
        raise ValueError(f"filter must be one of {', '.join(FILTERS)}, not {filter!r}")
    if boundary not in BOUNDARIES:
        raise ValueError(f"boundary must be one of {', '.join(BOUNDARIES)}, not {boundary!r}")
    if tex.dim() != 3 or tex.numel() == 0:
        raise ValueError(f"tex must have shape (T, T2, C) and hold a texel, not {tuple(tex.shape)}")
    if tex.numel() >= 2**30:
        raise ValueError("tex is too large: the kernels count its values, mip levels included, in 31 bits")
    if uv.dim() != 3 or uv.shape[2] != 2:
        raise ValueError(f"uv must have shape (H, W, 2), not {tuple(uv.shape)}")
    if tex.device != uv.device:
        raise ValueError(f"tex lies on {tex.device} but uv on {uv.device}")
