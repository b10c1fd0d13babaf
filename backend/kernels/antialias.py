"""Blending across silhouettes, which gives coverage a gradient to the vertices.

For each pair of neighboring pixels that see different things, the nearer surface is followed from
its pixel's center towards the other center, triangle by triangle, to its true silhouette edge. The
crossing at t in (0, 1) of the way blends the colors by n^2 (t - 1/2), n the edge normal's component
along the pair's axis: horizontal and vertical pairs together then move exactly the area that the
edge sweeps. (nvdiffrast, Laine et al. 2020, looks at the visible triangle's own edges only, which is
biased where triangles are smaller than a pixel, and lets both directions count in full.)
"""

import torch
import warp as wp

from .adjacency import face_neighbors
from .crossing import pair_crossing, screen
from .warp_runtime import contiguous, launch, wrap

wp.set_module_options({"enable_backward": False})


@wp.func
def differs(color: wp.array2d(dtype=wp.float32), a: int, b: int) -> bool:
    # Equal colors blend to themselves and pass no gradient: inner pixels of a mask cost nothing.
    for c in range(color.shape[1]):
        if color[a, c] != color[b, c]:
            return True
    return False


@wp.kernel
def blend_kernel(
    color: wp.array2d(dtype=wp.float32),
    rast: wp.array(dtype=wp.vec4),
    clip: wp.array(dtype=wp.vec4),
    faces: wp.array2d(dtype=wp.int32),
    neighbors: wp.array2d(dtype=wp.int32),
    width: int,
    height: int,
    out: wp.array2d(dtype=wp.float32),
):
    pixel, axis = wp.tid()
    partner = int(pixel + 1)
    if axis == 1:
        partner = pixel + width
    if (axis == 0 and pixel % width == width - 1) or partner >= width * height:
        return
    if rast[pixel][3] == rast[partner][3] or not differs(color, pixel, partner):
        return
    found = pair_crossing(rast, clip, faces, neighbors, pixel, partner, axis, width, height)
    if found.t < 0.0:
        return
    amount = found.weight * (found.t - 0.5)
    for c in range(color.shape[1]):
        change = amount * (color[pixel, c] - color[partner, c])
        if amount > 0.0:
            wp.atomic_add(out, partner, c, change)
        else:
            wp.atomic_add(out, pixel, c, change)


@wp.kernel
def gradient_kernel(
    color: wp.array2d(dtype=wp.float32),
    rast: wp.array(dtype=wp.vec4),
    clip: wp.array(dtype=wp.vec4),
    faces: wp.array2d(dtype=wp.int32),
    neighbors: wp.array2d(dtype=wp.int32),
    width: int,
    height: int,
    out_gradient: wp.array2d(dtype=wp.float32),
    color_gradient: wp.array2d(dtype=wp.float32),
    clip_gradient: wp.array(dtype=wp.vec4),
):
    pixel, axis = wp.tid()
    partner = int(pixel + 1)
    if axis == 1:
        partner = pixel + width
    if (axis == 0 and pixel % width == width - 1) or partner >= width * height:
        return
    if rast[pixel][3] == rast[partner][3] or not differs(color, pixel, partner):
        return
    found = pair_crossing(rast, clip, faces, neighbors, pixel, partner, axis, width, height)
    if found.t < 0.0:
        return
    amount = found.weight * (found.t - 0.5)
    target = int(pixel)
    if amount > 0.0:
        target = partner
    pull = float(0.0)
    for c in range(color.shape[1]):
        g = out_gradient[target, c]
        pull += g * (color[pixel, c] - color[partner, c])
        wp.atomic_add(color_gradient, pixel, c, amount * g)
        wp.atomic_add(color_gradient, partner, c, -amount * g)
    if pull == 0.0:
        return
    # t is where the line through the edge's ends a, b meets the pair's axis: x = a_x + s (b_x - a_x),
    # s = (y - a_y) / (b_y - a_y); dx/da_x = 1 - s, dx/da_y = -(1 - s) slope, likewise for b with s.
    other = 1 - axis
    a, b = screen(clip, found.first, width, height), screen(clip, found.second, width, height)
    center = wp.vec2(float(pixel % width) + 0.5, float(pixel / width) + 0.5)
    span = b[other] - a[other]
    if wp.abs(span) < 1.0e-6:
        return
    s = wp.clamp((center[other] - a[other]) / span, 0.0, 1.0)
    slope = (b[axis] - a[axis]) / span
    push = pull * found.weight
    for end in range(2):
        index = int(found.first)
        share = 1.0 - s
        if end == 1:
            index = found.second
            share = s
        on_axis = push * share
        off_axis = -push * share * slope
        corner = clip[index]
        gx = on_axis * 0.5 * float(width)
        gy = off_axis * 0.5 * float(height)
        if axis == 1:
            gx = off_axis * 0.5 * float(width)
            gy = on_axis * 0.5 * float(height)
        gw = -(gx * corner[0] + gy * corner[1]) / corner[3]
        wp.atomic_add(clip_gradient, index, wp.vec4(gx / corner[3], gy / corner[3], 0.0, gw / corner[3]))


class _Antialias(torch.autograd.Function):
    @staticmethod
    def forward(ctx, color, rast, clip, faces, neighbors):
        height, width, channels = color.shape
        out = color.clone()
        flat = color.view(-1, channels)
        inputs = [wrap(flat), wrap(rast.view(-1, 4), wp.vec4), wrap(clip, wp.vec4), wrap(faces), wrap(neighbors)]
        launch(
            blend_kernel, (height * width, 2), [*inputs, width, height, wrap(out.view(-1, channels))], color.device
        )
        ctx.save_for_backward(color, rast, clip, faces, neighbors)
        return out

    @staticmethod
    def backward(ctx, out_gradient):
        color, rast, clip, faces, neighbors = ctx.saved_tensors
        height, width, channels = color.shape
        out_gradient = out_gradient.contiguous()
        color_gradient, clip_gradient = out_gradient.clone(), torch.zeros_like(clip)
        inputs = [wrap(color.view(-1, channels)), wrap(rast.view(-1, 4), wp.vec4), wrap(clip, wp.vec4)]
        inputs += [wrap(faces), wrap(neighbors), width, height, wrap(out_gradient.view(-1, channels))]
        inputs += [wrap(color_gradient.view(-1, channels)), wrap(clip_gradient, wp.vec4)]
        launch(gradient_kernel, (height * width, 2), inputs, color.device)
        return color_gradient, None, clip_gradient, None, None


def antialias(
    color: torch.Tensor,
    rast: torch.Tensor,
    clip: torch.Tensor,
    faces: torch.Tensor,
    adjacency: torch.Tensor | None = None,
) -> torch.Tensor:
    """color (H, W, C) drawn from rast (H, W, 4) -> the same with silhouettes blended; gradients to color and clip.

    clip (V, 4) and faces (F, 3) as given to `rasterize`; adjacency (F, 3) from `face_neighbors`, made here
    where it is not given. All vertices near a silhouette must lie in front of the camera.
    """
    faces = contiguous(faces, torch.int32, "faces", 3)
    neighbors = face_neighbors(faces) if adjacency is None else contiguous(adjacency, torch.int32, "adjacency", 3)
    color, rast = contiguous(color, torch.float32, "color"), contiguous(rast, torch.float32, "rast")
    if color.dim() != 3 or rast.shape != (*color.shape[:2], 4) or len(neighbors) != len(faces):
        shapes = [tuple(each.shape) for each in (color, rast, faces, neighbors)]
        raise ValueError(f"color (H, W, C), rast (H, W, 4), faces (F, 3) and adjacency (F, 3) do not fit: {shapes}")
    if len(faces) == 0:
        return color
    return _Antialias.apply(color, rast, contiguous(clip, torch.float32, "clip", 4), faces, neighbors)
