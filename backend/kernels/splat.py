"""Pictures of 3D Gaussians, differentiable (Kerbl et al. 2023): projection, sorting into tiles, blending."""

from types import ModuleType

import torch
import warp as wp

from ..scene import Camera
from . import splat_blend, splat_lanes
from .splat_adjoint import unproject_kernel
from .splat_project import COLUMNS, MOMENTS, eye_of, launch_parts, project_kernel
from .splat_tiles import sort_into_tiles
from .warp_runtime import wrap


def splat(
    means: torch.Tensor,
    log_scales: torch.Tensor,
    rotations: torch.Tensor,
    opacities: torch.Tensor,
    base: torch.Tensor,
    rest: torch.Tensor,
    camera: Camera,
    degree: int,
    blending: ModuleType | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Planes (4, H, W) of a camera's picture, red green blue alpha, colors times alpha; depth (H, W) without gradient.

    The Gaussians as in scene.Splats, float32, in the camera's frame, but with sh in two parts: base (N, 3) is its
    constant harmonic, rest (N, K - 1, 3) the others, unused beyond `degree`. Colors are not held below 1. The depth,
    along the optical axis, is where half of the light is taken up; 0 where that is nowhere.
    blending: splat_lanes (on the CPU only) or splat_blend; by default what is fastest where the tensors are.
    """
    if blending is None:
        blending = splat_lanes if means.device.type == "cpu" else splat_blend
    parts = [part.contiguous() for part in (means, log_scales, rotations, opacities, base, rest)]
    planes, depth = _Splat.apply(*parts, camera, (degree + 1) ** 2, blending)
    return planes[:, : camera.height, : camera.width], depth[: camera.height, : camera.width]


class _Splat(torch.autograd.Function):
    @staticmethod
    def forward(ctx, means, log_scales, rotations, opacities, base, rest, camera, count, blending):
        device, side = means.device, blending.TILE
        eye = eye_of(camera, side)
        table = torch.empty((len(means), COLUMNS), device=device)
        tiles = torch.zeros(len(means), dtype=torch.int32, device=device)
        inputs = [eye, *_wrapped(means, log_scales, rotations), wrap(opacities)]
        inputs += [wrap(base, wp.vec3), _wrapped_rest(rest), count]
        launch_parts(project_kernel, len(means), [*inputs, wrap(table), wrap(tiles)], device)
        bins = sort_into_tiles(eye, table, tiles)
        out = torch.empty((5, -(-camera.height // side) * side, -(-camera.width // side) * side), device=device)
        blending.blend(table, bins, out)
        ctx.save_for_backward(means, log_scales, rotations, rest, table, out)
        ctx.eye, ctx.count, ctx.bins, ctx.blending = eye, count, bins, blending
        planes, depth = out[:4], out[4]
        ctx.mark_non_differentiable(depth)
        return planes, depth

    @staticmethod
    def backward(ctx, d_planes, _):
        means, log_scales, rotations, rest, table, out = ctx.saved_tensors
        bins, device = ctx.bins, means.device
        moments = torch.zeros((len(bins.pairs), MOMENTS), device=device)
        ctx.blending.unblend(table, bins, out, d_planes.contiguous(), moments)
        grads = [torch.zeros_like(part) for part in (means, log_scales, rotations, table[:, 0], means, rest)]
        inputs = [ctx.eye, *_wrapped(means, log_scales, rotations), _wrapped_rest(rest), ctx.count, wrap(table)]
        inputs += [wrap(bins.order), wrap(bins.starts), wrap(moments)]
        inputs += [*_wrapped(*grads[:3]), wrap(grads[3]), wrap(grads[4], wp.vec3), _wrapped_rest(grads[5])]
        launch_parts(unproject_kernel, len(bins.order), inputs, device)
        return *grads, None, None, None


def _wrapped(means: torch.Tensor, log_scales: torch.Tensor, rotations: torch.Tensor) -> list[wp.array]:
    return [wrap(means, wp.vec3), wrap(log_scales, wp.vec3), wrap(rotations, wp.vec4)]


def _wrapped_rest(rest: torch.Tensor) -> wp.array:
    return wrap(rest, wp.vec3) if rest.shape[1] else wp.empty((0, 0), wp.vec3, device=str(rest.device))
