"""Sums over square windows in constant time per pixel."""

import torch
import warp as wp

from .warp_runtime import launch, wrap

wp.set_module_options({"enable_backward": False})


_COLUMNS = 16  # columns that one thread sums down together: whole cache lines are read and written
_Sums = wp.types.vector(length=_COLUMNS, dtype=wp.float64)


@wp.kernel
def sum_rows_kernel(source: wp.array3d(dtype=wp.float32), radius: int, out: wp.array3d(dtype=wp.float32)):
    plane, row = wp.tid()
    width = source.shape[2]
    total = wp.float64(0.0)
    for x in range(wp.min(radius, width)):
        total += wp.float64(source[plane, row, x])
    for x in range(width):
        if x + radius < width:
            total += wp.float64(source[plane, row, x + radius])
        if x - radius - 1 >= 0:
            total -= wp.float64(source[plane, row, x - radius - 1])
        out[plane, row, x] = wp.float32(total)


@wp.kernel
def sum_columns_kernel(source: wp.array3d(dtype=wp.float32), radius: int, out: wp.array3d(dtype=wp.float32)):
    plane, block = wp.tid()
    height, width = source.shape[1], source.shape[2]
    first = block * _COLUMNS
    count = wp.min(_COLUMNS, width - first)
    totals = _Sums()
    for y in range(wp.min(radius, height)):
        for k in range(count):
            totals[k] += wp.float64(source[plane, y, first + k])
    for y in range(height):
        if y + radius < height:
            for k in range(count):
                totals[k] += wp.float64(source[plane, y + radius, first + k])
        if y - radius - 1 >= 0:
            for k in range(count):
                totals[k] -= wp.float64(source[plane, y - radius - 1, first + k])
        for k in range(count):
            out[plane, y, first + k] = wp.float32(totals[k])


def box_sum(planes: torch.Tensor, radius: int) -> torch.Tensor:
    """planes (C, H, W) float32 -> sums over (2 radius + 1)^2 windows (C, H, W), zero beyond the edges. No gradient."""
    planes = planes.contiguous()
    count, height, width = planes.shape
    rows, summed = torch.empty_like(planes), torch.empty_like(planes)
    launch(sum_rows_kernel, (count, height), [wrap(planes), radius, wrap(rows)], planes.device)
    blocks = (width + _COLUMNS - 1) // _COLUMNS
    launch(sum_columns_kernel, (count, blocks), [wrap(rows), radius, wrap(summed)], planes.device)
    return summed
