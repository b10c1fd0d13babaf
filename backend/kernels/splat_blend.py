"""Blending front to back and its adjoint, one thread per pixel: the path for CUDA (the CPU's is splat_lanes.py).

Glossary (Kerbl et al. 2023, section 6 and appendix)
    alpha_i = min(0.99, 2^x)     of the i-th Gaussian from the front at the pixel's center; not drawn below 1/255
    t_i = prod (1 - alpha_j)     over those before it; nothing more is drawn once t is below 1e-4
    w_i = t_i alpha_i            its weight; the picture is sum w_i color_i, its alpha sum w_i
The depth is that of the Gaussian at which t falls below a half. With d_i = the loss's gradient by color, times color_i,
plus its gradient by alpha, the loss changes with log alpha_i by
    g_i = w_i d_i - alpha_i / (1 - alpha_i) sum_{j > i} w_j d_j
and the adjoint walks from the front as well: the last sum is what the finished picture has beyond i.
"""

import torch
import warp as wp

from .splat_project import FAINT
from .splat_tiles import Bins
from .warp_runtime import launch, wrap

wp.set_module_options({"enable_backward": False})

TILE = 16  # pixels: with one thread per pixel a tile is a block of 256

_DARK = wp.constant(1.0e-4)
_OPAQUE = wp.constant(0.99)


@wp.func
def pixel_of(tile: int, within: int, tiles_across: int) -> wp.vec2i:
    """Column and row of the `within`-th pixel of a tile."""
    x, y = tile % tiles_across, tile // tiles_across
    return wp.vec2i(x * TILE + within % TILE, y * TILE + within // TILE)


@wp.func
def exponent(table: wp.array2d(dtype=wp.float32), i: int, dx: float, dy: float) -> float:
    return table[i, 5] + dx * dx * table[i, 2] + dx * dy * table[i, 3] + dy * dy * table[i, 4]


@wp.kernel
def blend_pixels_kernel(
    table: wp.array2d(dtype=wp.float32),
    ranges: wp.array(dtype=wp.int32),
    splats: wp.array(dtype=wp.int32),
    out: wp.array3d(dtype=wp.float32),
):
    thread = wp.tid()
    tile = thread // (TILE * TILE)
    pixel = pixel_of(tile, thread % (TILE * TILE), out.shape[2] // TILE)
    through, depth, color = float(1.0), float(0.0), wp.vec3(0.0, 0.0, 0.0)
    for pair in range(ranges[tile], ranges[tile + 1]):
        if through > _DARK:
            i = splats[pair]
            dx, dy = float(pixel[0]) + 0.5 - table[i, 0], float(pixel[1]) + 0.5 - table[i, 1]
            alpha = wp.min(wp.pow(2.0, exponent(table, i, dx, dy)), _OPAQUE)
            if alpha >= FAINT:
                w = through * alpha
                color += w * wp.vec3(table[i, 6], table[i, 7], table[i, 8])
                if through > 0.5 and through - w <= 0.5:
                    depth = table[i, 9]
                through -= w
    for k in range(3):
        out[k, pixel[1], pixel[0]] = color[k]
    out[3, pixel[1], pixel[0]] = 1.0 - through
    out[4, pixel[1], pixel[0]] = depth


@wp.kernel
def unblend_pixels_kernel(
    table: wp.array2d(dtype=wp.float32),
    ranges: wp.array(dtype=wp.int32),
    splats: wp.array(dtype=wp.int32),
    pairs: wp.array(dtype=wp.int32),
    out: wp.array3d(dtype=wp.float32),
    d_out: wp.array3d(dtype=wp.float32),
    moments: wp.array2d(dtype=wp.float32),
):
    """Adds every pixel's share to the moments of the pairs (splat_project.MOMENTS)."""
    thread = wp.tid()
    tile = thread // (TILE * TILE)
    pixel = pixel_of(tile, thread % (TILE * TILE), out.shape[2] // TILE)
    x, y = pixel[0], pixel[1]
    d_color, d_alpha = wp.vec3(d_out[0, y, x], d_out[1, y, x], d_out[2, y, x]), d_out[3, y, x]
    rest = wp.dot(d_color, wp.vec3(out[0, y, x], out[1, y, x], out[2, y, x])) + d_alpha * out[3, y, x]
    through = float(1.0)
    for pair in range(ranges[tile], ranges[tile + 1]):
        if through > _DARK:
            i = splats[pair]
            dx, dy = float(x) + 0.5 - table[i, 0], float(y) + 0.5 - table[i, 1]
            full = wp.pow(2.0, exponent(table, i, dx, dy))
            alpha = wp.min(full, _OPAQUE)
            if alpha >= FAINT:
                w = through * alpha
                d = w * (wp.dot(d_color, wp.vec3(table[i, 6], table[i, 7], table[i, 8])) + d_alpha)
                rest -= d
                through -= w
                at = pairs[pair]
                if full <= _OPAQUE:
                    g = d - alpha / (1.0 - alpha) * rest
                    wp.atomic_add(moments, at, 0, g)
                    wp.atomic_add(moments, at, 1, g * dx)
                    wp.atomic_add(moments, at, 2, g * dy)
                    wp.atomic_add(moments, at, 3, g * dx * dx)
                    wp.atomic_add(moments, at, 4, g * dx * dy)
                    wp.atomic_add(moments, at, 5, g * dy * dy)
                for k in range(3):
                    wp.atomic_add(moments, at, 6 + k, w * d_color[k])


def blend(table: torch.Tensor, bins: Bins, out: torch.Tensor) -> None:
    """table (N, 12) -> out (5, H, W): red green blue alpha depth; H and W are multiples of TILE."""
    inputs = [wrap(table), wrap(bins.ranges), wrap(bins.splats), wrap(out)]
    launch(blend_pixels_kernel, out.shape[1] * out.shape[2], inputs, out.device)


def unblend(table: torch.Tensor, bins: Bins, out: torch.Tensor, d_out: torch.Tensor, moments: torch.Tensor) -> None:
    """d_out (4, H, W), the loss's gradient by out -> moments (P, 9) of the pairs, zero before."""
    inputs = [wrap(part) for part in (table, bins.ranges, bins.splats, bins.pairs, out, d_out, moments)]
    launch(unblend_pixels_kernel, out.shape[1] * out.shape[2], inputs, out.device)
