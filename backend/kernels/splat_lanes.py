"""Blending on the CPU: one thread takes a tile of 8 x 8 pixels and works on 8 pixels of a row at once.

Warp's own language has no such lanes; snippets of C++ with clang's vector types make the compiler use whatever the
processor has (AVX, SSE, NEON). What is computed is told in splat_blend.py, which says the same in Warp's language,
one pixel at a time, for CUDA; the tests hold both against each other.
"""

from collections.abc import Callable

import torch
import warp as wp

from .splat_tiles import Bins
from .warp_runtime import CPU_THREADS, launch, load, side_by_side, wrap

wp.set_module_options({"enable_backward": False})

TILE = 8  # pixels: lanes of a row, and rows

# 2^x for x <= 0: the whole part goes into the exponent's bits, the rest through a polynomial (error 2e-6).
# Rows of a tile whose pixels are all opaque are struck from `open`.
_COMMON = """
    typedef float lanes __attribute__((ext_vector_type(8)));
    typedef int whole __attribute__((ext_vector_type(8)));
    typedef float row_of __attribute__((ext_vector_type(8), aligned(4)));
    const float dark = 1.0e-4f, faint = 1.0f / 255.0f;
    const lanes step = {0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f, 6.5f, 7.5f};
    const int across = table.shape[1], width = out.shape[2];
    const int x0 = (tile % (width / 8)) * 8, y0 = (tile / (width / 8)) * 8;
    auto power = [](lanes x) {
        x = __builtin_elementwise_max(x, lanes(-60.0f));
        const whole n = __builtin_convertvector(x - 0.5f, whole);
        const lanes f = x - __builtin_convertvector(n, lanes);
        lanes p = 1.3333558e-3f * f + 9.6181291e-3f;
        p = p * f + 5.5504109e-2f;
        p = p * f + 2.4022651e-1f;
        p = p * f + 6.9314718e-1f;
        p = p * f + 1.0f;
        return p * (lanes)((n + 127) << 23);
    };
    auto at = [&](auto& planes, int plane, int row) -> row_of* {
        return (row_of*)(planes.data + ((size_t)plane * planes.shape[1] + y0 + row) * width + x0);
    };
    auto rows_of = [&](const float* s, int& low, int& high) {
        low = (int)wp::max(0.0f, __builtin_ceilf(s[1] - s[11] - 0.5f - y0));
        high = (int)wp::min(7.0f, __builtin_floorf(s[1] + s[11] - 0.5f - y0));
    };
"""

_BLEND = _COMMON + """
    lanes through[8], red[8], green[8], blue[8], depth[8];
    for (int row = 0; row < 8; ++row) {
        through[row] = 1.0f; red[row] = green[row] = blue[row] = depth[row] = 0.0f;
    }
    unsigned open = 255;
    const lanes px = step + (float)x0;
    for (int pair = first; pair < end && open; ++pair) {
        const float* s = table.data + (size_t)splats.data[pair] * across;
        const lanes dx = px - s[0], fixed = dx * dx * s[2] + s[5], lean = dx * s[3];
        int low, high;
        rows_of(s, low, high);
        for (int row = low; row <= high; ++row) {
            if (!(open >> row & 1)) continue;
            const float dy = y0 + row + 0.5f - s[1];
            const lanes t = through[row];
            lanes alpha = __builtin_elementwise_min(power(fixed + dy * (lean + dy * s[4])), lanes(0.99f));
            alpha = ((alpha >= faint) & (t > dark)) ? alpha : lanes(0.0f);
            const lanes w = t * alpha, left = t - w;
            red[row] += w * s[6];
            green[row] += w * s[7];
            blue[row] += w * s[8];
            depth[row] = ((t > 0.5f) & (left <= 0.5f)) ? lanes(s[9]) : depth[row];
            through[row] = left;
        }
        if ((pair & 7) == 7)  // not after each: looking costs a tenth
            for (int row = 0; row < 8; ++row)
                if (!__builtin_reduce_or(through[row] > dark)) open &= ~(1u << row);
    }
    for (int row = 0; row < 8; ++row) {
        *at(out, 0, row) = red[row];
        *at(out, 1, row) = green[row];
        *at(out, 2, row) = blue[row];
        *at(out, 3, row) = 1.0f - through[row];
        *at(out, 4, row) = depth[row];
    }
"""

_UNBLEND = _COMMON + """
    lanes through[8], behind[8], d_red[8], d_green[8], d_blue[8], d_alpha[8];
    for (int row = 0; row < 8; ++row) {
        d_red[row] = *at(d_out, 0, row);
        d_green[row] = *at(d_out, 1, row);
        d_blue[row] = *at(d_out, 2, row);
        d_alpha[row] = *at(d_out, 3, row);
        behind[row] = d_red[row] * *at(out, 0, row) + d_green[row] * *at(out, 1, row)
            + d_blue[row] * *at(out, 2, row) + d_alpha[row] * *at(out, 3, row);
        through[row] = 1.0f;
    }
    unsigned open = 255;
    const lanes px = step + (float)x0;
    auto total = [](lanes v) {
        const auto four = v.lo + v.hi;
        const auto two = four.lo + four.hi;
        return two.x + two.y;
    };
    for (int pair = first; pair < end && open; ++pair) {
        const float* s = table.data + (size_t)splats.data[pair] * across;
        const lanes dx = px - s[0], fixed = dx * dx * s[2] + s[5], lean = dx * s[3];
        lanes g0 = 0.0f, g1 = 0.0f, g2 = 0.0f, r = 0.0f, g = 0.0f, b = 0.0f;
        int low, high;
        rows_of(s, low, high);
        for (int row = low; row <= high; ++row) {
            if (!(open >> row & 1)) continue;
            const float dy = y0 + row + 0.5f - s[1];
            const lanes t = through[row];
            const lanes full = power(fixed + dy * (lean + dy * s[4]));
            lanes alpha = __builtin_elementwise_min(full, lanes(0.99f));
            const whole drawn = (alpha >= faint) & (t > dark);
            if (!__builtin_reduce_or(drawn)) continue;
            alpha = drawn ? alpha : lanes(0.0f);
            const lanes w = t * alpha, left = t - w;
            const lanes d = d_red[row] * s[6] + d_green[row] * s[7] + d_blue[row] * s[8] + d_alpha[row];
            const lanes rest = behind[row] - w * d;
            lanes pull = w * d - alpha * rest / (1.0f - alpha);
            pull = full > 0.99f ? lanes(0.0f) : pull;
            g0 += pull;
            g1 += pull * dy;
            g2 += pull * (dy * dy);
            r += w * d_red[row];
            g += w * d_green[row];
            b += w * d_blue[row];
            behind[row] = rest;
            through[row] = left;
            if (!__builtin_reduce_or(left > dark)) open &= ~(1u << row);
        }
        float* m = moments.data + (size_t)pairs.data[pair] * 9;
        m[0] = total(g0);
        m[1] = total(g0 * dx);
        m[2] = total(g1);
        m[3] = total(g0 * dx * dx);
        m[4] = total(g1 * dx);
        m[5] = total(g2);
        m[6] = total(r);
        m[7] = total(g);
        m[8] = total(b);
    }
"""


@wp.func_native(_BLEND)
def blend_tile(
    tile: int,
    first: int,
    end: int,
    table: wp.array2d(dtype=wp.float32),
    splats: wp.array(dtype=wp.int32),
    out: wp.array3d(dtype=wp.float32),
): ...


@wp.func_native(_UNBLEND)
def unblend_tile(
    tile: int,
    first: int,
    end: int,
    table: wp.array2d(dtype=wp.float32),
    splats: wp.array(dtype=wp.int32),
    pairs: wp.array(dtype=wp.int32),
    out: wp.array3d(dtype=wp.float32),
    d_out: wp.array3d(dtype=wp.float32),
    moments: wp.array2d(dtype=wp.float32),
): ...


@wp.kernel
def blend_kernel(
    share: int,
    shares: int,
    table: wp.array2d(dtype=wp.float32),
    ranges: wp.array(dtype=wp.int32),
    splats: wp.array(dtype=wp.int32),
    out: wp.array3d(dtype=wp.float32),
):
    tile = share + shares * wp.tid()
    blend_tile(tile, ranges[tile], ranges[tile + 1], table, splats, out)


@wp.kernel
def unblend_kernel(
    share: int,
    shares: int,
    table: wp.array2d(dtype=wp.float32),
    ranges: wp.array(dtype=wp.int32),
    splats: wp.array(dtype=wp.int32),
    pairs: wp.array(dtype=wp.int32),
    out: wp.array3d(dtype=wp.float32),
    d_out: wp.array3d(dtype=wp.float32),
    moments: wp.array2d(dtype=wp.float32),
):
    tile = share + shares * wp.tid()
    unblend_tile(tile, ranges[tile], ranges[tile + 1], table, splats, pairs, out, d_out, moments)


def blend(table: torch.Tensor, bins: Bins, out: torch.Tensor) -> None:
    """table (N, 12) -> out (5, H, W): red green blue alpha depth; H and W are multiples of TILE."""
    _launch(blend_kernel, bins, [wrap(table), wrap(bins.ranges), wrap(bins.splats), wrap(out)])


def unblend(table: torch.Tensor, bins: Bins, out: torch.Tensor, d_out: torch.Tensor, moments: torch.Tensor) -> None:
    """d_out (4, H, W), the loss's gradient by out -> moments (P, 9) of the pairs, zero before."""
    inputs = [wrap(part) for part in (table, bins.ranges, bins.splats, bins.pairs, out, d_out, moments)]
    _launch(unblend_kernel, bins, inputs)


def _launch(kernel: wp.Kernel, bins: Bins, inputs: list) -> None:
    """Every thread takes every n-th tile, as neighbors cost alike."""
    device, tiles = torch.device("cpu"), len(bins.ranges) - 1
    load(kernel, device)
    shares = min(CPU_THREADS, tiles)

    def job(share: int) -> Callable[[], None]:
        return lambda: launch(kernel, -(-(tiles - share) // shares), [share, shares, *inputs], device)

    side_by_side(device, [job(share) for share in range(shares)])
