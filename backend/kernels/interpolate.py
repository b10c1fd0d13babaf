"""Vertex attributes at the pixels, with gradients to the attributes and to the barycentrics."""

import torch
import warp as wp

from .warp_runtime import contiguous, launch, wrap

wp.set_module_options({"enable_backward": False})


@wp.kernel
def interpolate_kernel(
    attributes: wp.array2d(dtype=wp.float32),
    faces: wp.array2d(dtype=wp.int32),
    rast: wp.array(dtype=wp.vec4),
    out: wp.array2d(dtype=wp.float32),
):
    pixel = wp.tid()
    r = rast[pixel]
    f = int(r[3]) - 1
    if f < 0:
        return
    i0, i1, i2 = faces[f, 0], faces[f, 1], faces[f, 2]
    for c in range(attributes.shape[1]):
        out[pixel, c] = (
            r[0] * attributes[i0, c] + r[1] * attributes[i1, c] + (1.0 - r[0] - r[1]) * attributes[i2, c]
        )


@wp.kernel
def gradient_kernel(
    attributes: wp.array2d(dtype=wp.float32),
    faces: wp.array2d(dtype=wp.int32),
    rast: wp.array(dtype=wp.vec4),
    out_gradient: wp.array2d(dtype=wp.float32),
    attributes_gradient: wp.array2d(dtype=wp.float32),
    rast_gradient: wp.array(dtype=wp.vec4),
):
    pixel = wp.tid()
    r = rast[pixel]
    f = int(r[3]) - 1
    if f < 0:
        return
    i0, i1, i2 = faces[f, 0], faces[f, 1], faces[f, 2]
    du = float(0.0)
    dv = float(0.0)
    for c in range(attributes.shape[1]):
        g = out_gradient[pixel, c]
        if g != 0.0:
            wp.atomic_add(attributes_gradient, i0, c, r[0] * g)
            wp.atomic_add(attributes_gradient, i1, c, r[1] * g)
            wp.atomic_add(attributes_gradient, i2, c, (1.0 - r[0] - r[1]) * g)
            du += g * (attributes[i0, c] - attributes[i2, c])
            dv += g * (attributes[i1, c] - attributes[i2, c])
    rast_gradient[pixel] = wp.vec4(du, dv, 0.0, 0.0)


class _Interpolate(torch.autograd.Function):
    @staticmethod
    def forward(ctx, attributes, rast, faces):
        height, width, _ = rast.shape
        out = torch.zeros((height, width, attributes.shape[1]), device=rast.device)
        inputs = [wrap(attributes), wrap(faces), wrap(rast.view(-1, 4), wp.vec4)]
        launch(interpolate_kernel, height * width, [*inputs, wrap(out.view(height * width, -1))], rast.device)
        ctx.save_for_backward(attributes, rast, faces)
        return out

    @staticmethod
    def backward(ctx, out_gradient):
        attributes, rast, faces = ctx.saved_tensors
        pixels = rast.shape[0] * rast.shape[1]
        attributes_gradient, rast_gradient = torch.zeros_like(attributes), torch.zeros_like(rast)
        inputs = [wrap(attributes), wrap(faces), wrap(rast.view(-1, 4), wp.vec4)]
        inputs += [wrap(out_gradient.contiguous().view(pixels, -1))]
        inputs += [wrap(attributes_gradient), wrap(rast_gradient.view(-1, 4), wp.vec4)]
        launch(gradient_kernel, pixels, inputs, rast.device)
        return attributes_gradient, rast_gradient, None


def interpolate(attributes: torch.Tensor, rast: torch.Tensor, faces: torch.Tensor) -> torch.Tensor:
    """attributes (V, C) float32 at the pixels of rast (H, W, 4) from `rasterize` -> (H, W, C); zero where empty."""
    attributes = contiguous(attributes, torch.float32, "attributes")
    faces = contiguous(faces, torch.int32, "faces", 3)
    if attributes.dim() != 2:
        raise ValueError(f"attributes must have shape (V, C), not {tuple(attributes.shape)}")
    rast = contiguous(rast, torch.float32, "rast")
    if rast.dim() != 3 or rast.shape[2] != 4:
        raise ValueError(f"rast must have shape (H, W, 4), not {tuple(rast.shape)}")
    return _Interpolate.apply(attributes, rast, faces)
