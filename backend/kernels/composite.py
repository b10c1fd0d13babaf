"""Volume rendering of packed samples: emission and absorption from front to back, with the gradient by hand.

(Max 1995, "Optical Models for Direct Volume Rendering", eq. 10; packed samples as in nerfacc, Li et al. 2023.)

Glossary (one ray, samples i from front to back)
    tau_i  optical thickness            c_i, t_i  color and distance
    T_i = exp(-sum_{j<i} tau_j)         light that reaches sample i;  T_end: what is left behind the last one
    w_i = T_i (1 - exp(-tau_i))         its weight
    color = sum w_i c_i                 alpha = sum w_i = 1 - T_end             depth = sum w_i t_i
With gradients g of these three every sample is worth v_i = g_color . c_i + g_alpha + g_depth t_i, and
    dL/dtau_i = T_{i+1} v_i - sum_{j>i} w_j v_j         where T_{i+1} = T_end + sum_{j>i} w_j:
one walk from the back adds up both, without a division by 1 - opacity and without a subtraction that cancels.
"""

import torch
import warp as wp
from torch.autograd.function import once_differentiable

from .ray_launch import launch_over_rays
from .warp_runtime import contiguous, wrap

wp.set_module_options({"enable_backward": False})

# Light that is left where a ray stops: samples behind have neither weight nor gradient.
DARK = 1.0e-4
_DARK = wp.constant(wp.float32(DARK))


@wp.kernel
def weights_kernel(
    first: int,
    thickness: wp.array(dtype=wp.float32),
    offsets: wp.array(dtype=wp.int32),
    weights: wp.array(dtype=wp.float32),
    ends: wp.array(dtype=wp.int32),
    left: wp.array(dtype=wp.float32),
):
    """ends: one past the last sample that light reaches; left: T_end."""
    ray = first + wp.tid()
    end = offsets[ray + 1]
    i = int(offsets[ray])
    light = float(1.0)
    while i < end and light >= _DARK:
        behind = light * wp.exp(-thickness[i])
        weights[i] = light - behind
        light = behind
        i += 1
    ends[ray] = i
    left[ray] = light


@wp.kernel
def sums_kernel(
    first: int,
    weights: wp.array(dtype=wp.float32),
    color: wp.array(dtype=wp.vec3),
    distances: wp.array(dtype=wp.float32),
    offsets: wp.array(dtype=wp.int32),
    ends: wp.array(dtype=wp.int32),
    color_sum: wp.array(dtype=wp.vec3),
    depth: wp.array(dtype=wp.float32),
):
    ray = first + wp.tid()
    total = wp.vec3(0.0, 0.0, 0.0)
    far = float(0.0)
    for i in range(offsets[ray], ends[ray]):
        total += weights[i] * color[i]
        far += weights[i] * distances[i]
    color_sum[ray] = total
    depth[ray] = far


@wp.kernel
def gradient_kernel(
    first: int,
    weights: wp.array(dtype=wp.float32),
    color: wp.array(dtype=wp.vec3),
    distances: wp.array(dtype=wp.float32),
    offsets: wp.array(dtype=wp.int32),
    ends: wp.array(dtype=wp.int32),
    left: wp.array(dtype=wp.float32),
    g_color: wp.array(dtype=wp.vec3),
    g_alpha: wp.array(dtype=wp.float32),
    g_depth: wp.array(dtype=wp.float32),
    thickness_gradient: wp.array(dtype=wp.float32),
    color_gradient: wp.array(dtype=wp.vec3),
):
    ray = first + wp.tid()
    g, ga, gd = g_color[ray], g_alpha[ray], g_depth[ray]
    light = float(left[ray])  # T_{i+1}
    behind = float(0.0)  # sum of w_j v_j over j > i
    i = int(ends[ray]) - 1
    while i >= offsets[ray]:
        w = weights[i]
        value = wp.dot(g, color[i]) + ga + gd * distances[i]
        thickness_gradient[i] = light * value - behind
        color_gradient[i] = w * g
        light += w
        behind += w * value
        i -= 1


class _Composite(torch.autograd.Function):
    @staticmethod
    def forward(ctx, thickness, color, distances, offsets):
        device, rays = thickness.device, len(offsets) - 1
        weights, ends, left = _weights(thickness, offsets)
        color_sum, depth = torch.empty((rays, 3), device=device), torch.empty(rays, device=device)
        inputs = [wrap(weights), wrap(color, wp.vec3), wrap(distances), wrap(offsets), wrap(ends)]
        launch_over_rays(sums_kernel, rays, [*inputs, wrap(color_sum, wp.vec3), wrap(depth)], device)
        ctx.save_for_backward(weights, color, distances, offsets, ends, left)
        return color_sum, 1 - left, depth

    @staticmethod
    @once_differentiable
    def backward(ctx, g_color, g_alpha, g_depth):
        weights, color, distances, offsets, ends, left = ctx.saved_tensors
        thickness_gradient, color_gradient = torch.zeros_like(weights), torch.zeros_like(color)
        inputs = [wrap(weights), wrap(color, wp.vec3), wrap(distances), wrap(offsets), wrap(ends), wrap(left)]
        inputs += [wrap(g_color.contiguous(), wp.vec3), wrap(g_alpha.contiguous()), wrap(g_depth.contiguous())]
        inputs += [wrap(thickness_gradient), wrap(color_gradient, wp.vec3)]
        launch_over_rays(gradient_kernel, len(left), inputs, color.device)
        return thickness_gradient, color_gradient, None, None


def composite(
    thickness: torch.Tensor, color: torch.Tensor, distances: torch.Tensor, offsets: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """What rays collect: color (R, 3) already multiplied by alpha, alpha (R,), and depth (R,) = sum of w_i t_i.

    thickness (N,) at least 0, color (N, 3) and distances (N,) of samples packed as in fields.field.Samples by
    offsets (R + 1,) int32. depth / alpha is the mean distance. The gradient reaches thickness and color.
    """
    thickness, distances, offsets = _checked(thickness, distances, offsets)
    color = contiguous(color, torch.float32, "color", 3)
    if len(color) != len(thickness):
        raise ValueError(f"{len(color)} colors for {len(thickness)} samples")
    return _Composite.apply(thickness, color, distances, offsets)


def sample_weights(thickness: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
    """The weight w_i (N,) of each sample in what its ray collects. No gradient."""
    thickness, _, offsets = _checked(thickness, thickness, offsets)
    return _weights(thickness.detach(), offsets)[0]


def _weights(thickness: torch.Tensor, offsets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """w (N,), and for each ray the end of its lit samples (R,) int32 and T_end (R,)."""
    rays = len(offsets) - 1
    weights, ends, left = torch.zeros_like(thickness), torch.empty_like(offsets[1:]), thickness.new_empty(rays)
    inputs = [wrap(thickness), wrap(offsets), wrap(weights), wrap(ends), wrap(left)]
    launch_over_rays(weights_kernel, rays, inputs, thickness.device)
    return weights, ends, left


def _checked(*tensors: torch.Tensor) -> list[torch.Tensor]:
    """thickness, distances and offsets as the kernels read them."""
    kinds = (("thickness", torch.float32), ("distances", torch.float32), ("offsets", torch.int32))
    checked = [contiguous(tensor, dtype, name) for tensor, (name, dtype) in zip(tensors, kinds, strict=True)]
    for tensor, (name, _) in zip(checked, kinds, strict=True):
        if tensor.dim() != 1 or (name == "distances" and len(tensor) != len(tensors[0])):
            raise ValueError(f"{name} must have one number for each sample or ray, not shape {tuple(tensor.shape)}")
    return checked
