"""Sums over square windows in constant time per pixel."""

import torch
import warp as wp

from .warp_runtime import launch, wrap

wp.set_module_options({"enable_backward": False})


@wp.kernel
def running_sum_kernel(source: wp.array3d(dtype=wp.float32), radius: int, out: wp.array3d(dtype=wp.float32)):
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


def _box_sum(planes: torch.Tensor, radius: int) -> torch.Tensor:
    for _ in range(2):  # along x, then (transposed) along y
        planes = planes.contiguous()
        summed = torch.empty_like(planes)
        launch(running_sum_kernel, planes.shape[:2], [wrap(planes), radius, wrap(summed)], planes.device)
        planes = summed.transpose(1, 2)
    return planes


class _BoxFilter(torch.autograd.Function):
    @staticmethod
    def forward(ctx, planes, radius):
        ctx.radius = radius
        return _box_sum(planes, radius)

    @staticmethod
    def backward(ctx, gradient):
        return _box_sum(gradient, ctx.radius), None  # the window is symmetric: the filter is its own adjoint


def box_filter(planes: torch.Tensor, radius: int) -> torch.Tensor:
    """planes (C, H, W) float32 -> sums over (2 radius + 1)^2 windows (C, H, W), zero beyond the edges."""
    return _BoxFilter.apply(planes, radius)
