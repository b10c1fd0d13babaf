"""Which triangle each pixel sees, and where in it, with gradients to the vertices.

Glossary (2D homogeneous rasterization, Olano & Greer 1997, "Triangle Scan Conversion using 2D
Homogeneous Coordinates"; no clipping is needed, triangles may cross the camera plane)
    c_k = (x, y, w)      clip position of corner k without its z
    p   = (px, py, 1)    pixel center in normalized device coordinates
    E_k = p . (c_i x c_j)  edge function opposite corner k, (k, i, j) cyclic
    S   = E_0 + E_1 + E_2
    b_k = E_k / S        perspective-correct barycentrics
"""

import torch
import warp as wp

from .warp_runtime import contiguous, launch, wrap

wp.set_module_options({"enable_backward": False})

_EMPTY = 0x7FFFFFFFFFFFFFFF
_DEPTH_STEPS = 1.0e9  # z/w in [-1, 1] as 30-bit integers in the packed z-buffer


@wp.func
def homogeneous(clip: wp.array(dtype=wp.vec4), index: int) -> wp.vec3d:
    c = clip[index]
    return wp.vec3d(wp.float64(c[0]), wp.float64(c[1]), wp.float64(c[3]))


@wp.func
def edge_normal(a: wp.vec3d, b: wp.vec3d, ia: int, ib: int) -> wp.vec3d:
    # The same operands in the same order for both triangles of an edge: no pixel is lost or drawn twice.
    if ia < ib:
        return wp.cross(a, b)
    return -wp.cross(b, a)


@wp.func
def owns(value: wp.float64, normal: wp.vec3d, side: wp.float64) -> bool:
    # A pixel center exactly on an edge counts as if it lay a hair to the right and a hair of that hair up: every
    # pixel of a mesh is drawn once, also where a vertex falls on its center, however the triangles are wound.
    if value != wp.float64(0.0):
        return value > wp.float64(0.0)
    right = side * normal[0]
    return right > wp.float64(0.0) or (right == wp.float64(0.0) and side * normal[1] > wp.float64(0.0))


@wp.func
def pixel_center(x: int, y: int, width: int, height: int) -> wp.vec3d:
    px = (wp.float64(2 * x) + wp.float64(1.0)) / wp.float64(width) - wp.float64(1.0)
    py = (wp.float64(2 * y) + wp.float64(1.0)) / wp.float64(height) - wp.float64(1.0)
    return wp.vec3d(px, py, wp.float64(1.0))


@wp.kernel
def depth_kernel(
    clip: wp.array(dtype=wp.vec4),
    faces: wp.array2d(dtype=wp.int32),
    width: int,
    height: int,
    nearest: wp.array(dtype=wp.int64),
):
    f = wp.tid()
    i0, i1, i2 = faces[f, 0], faces[f, 1], faces[f, 2]
    q0, q1, q2 = clip[i0], clip[i1], clip[i2]
    behind = int(q0[3] <= 0.0) + int(q1[3] <= 0.0) + int(q2[3] <= 0.0)
    if behind == 3:
        return
    x0, x1, y0, y1 = int(0), width - 1, int(0), height - 1
    if behind == 0:
        sx = wp.vec3(q0[0] / q0[3], q1[0] / q1[3], q2[0] / q2[3])
        sy = wp.vec3(q0[1] / q0[3], q1[1] / q1[3], q2[1] / q2[3])
        half_w, half_h = 0.5 * float(width), 0.5 * float(height)
        # One pixel of slack: the box is only a bound, the edge functions decide.
        x0 = wp.max(x0, int(wp.floor(wp.clamp((wp.min(sx) + 1.0) * half_w - 0.51, -1.0, float(width)))))
        y0 = wp.max(y0, int(wp.floor(wp.clamp((wp.min(sy) + 1.0) * half_h - 0.51, -1.0, float(height)))))
        x1 = wp.min(x1, int(wp.ceil(wp.clamp((wp.max(sx) + 1.0) * half_w - 0.49, -1.0, float(width)))))
        y1 = wp.min(y1, int(wp.ceil(wp.clamp((wp.max(sy) + 1.0) * half_h - 0.49, -1.0, float(height)))))
    c0, c1, c2 = homogeneous(clip, i0), homogeneous(clip, i1), homogeneous(clip, i2)
    n0, n1, n2 = edge_normal(c1, c2, i1, i2), edge_normal(c2, c0, i2, i0), edge_normal(c0, c1, i0, i1)
    side = wp.float64(1.0)
    if wp.dot(c0, n0) < wp.float64(0.0):
        side = wp.float64(-1.0)
    for y in range(y0, y1 + 1):
        for x in range(x0, x1 + 1):
            p = pixel_center(x, y, width, height)
            e0, e1, e2 = side * wp.dot(p, n0), side * wp.dot(p, n1), side * wp.dot(p, n2)
            if owns(e0, n0, side) and owns(e1, n1, side) and owns(e2, n2, side):
                total = e0 + e1 + e2
                if total > wp.float64(0.0):
                    z = (e0 * wp.float64(q0[2]) + e1 * wp.float64(q1[2]) + e2 * wp.float64(q2[2])) / total
                    w = (e0 * c0[2] + e1 * c1[2] + e2 * c2[2]) / total
                    if w > wp.float64(0.0) and wp.abs(z) <= w:
                        depth = wp.int64((z / w + wp.float64(1.0)) * wp.float64(_DEPTH_STEPS))
                        key = wp.lshift(depth, wp.int64(32)) + wp.int64(f)
                        wp.atomic_min(nearest, y * width + x, key)


@wp.kernel
def resolve_kernel(
    clip: wp.array(dtype=wp.vec4),
    faces: wp.array2d(dtype=wp.int32),
    width: int,
    height: int,
    nearest: wp.array(dtype=wp.int64),
    rast: wp.array(dtype=wp.vec4),
):
    pixel = wp.tid()
    key = nearest[pixel]
    if key == wp.int64(_EMPTY):
        rast[pixel] = wp.vec4(0.0, 0.0, 0.0, 0.0)
        return
    f = int(key & wp.int64(0xFFFFFFFF))
    i0, i1, i2 = faces[f, 0], faces[f, 1], faces[f, 2]
    c0, c1, c2 = homogeneous(clip, i0), homogeneous(clip, i1), homogeneous(clip, i2)
    p = pixel_center(pixel % width, pixel / width, width, height)
    e0, e1, e2 = wp.dot(p, wp.cross(c1, c2)), wp.dot(p, wp.cross(c2, c0)), wp.dot(p, wp.cross(c0, c1))
    total = e0 + e1 + e2
    u, v = wp.float32(e0 / total), wp.float32(e1 / total)
    q0, q1, q2 = clip[i0], clip[i1], clip[i2]
    z = u * q0[2] + v * q1[2] + (1.0 - u - v) * q2[2]
    w = u * q0[3] + v * q1[3] + (1.0 - u - v) * q2[3]
    rast[pixel] = wp.vec4(u, v, z / w, float(f + 1))


@wp.kernel
def gradient_kernel(
    clip: wp.array(dtype=wp.vec4),
    faces: wp.array2d(dtype=wp.int32),
    width: int,
    height: int,
    rast: wp.array(dtype=wp.vec4),
    rast_gradient: wp.array(dtype=wp.vec4),
    clip_gradient: wp.array(dtype=wp.vec4),
):
    pixel = wp.tid()
    r, g = rast[pixel], rast_gradient[pixel]
    f = int(r[3]) - 1
    if f < 0 or (g[0] == 0.0 and g[1] == 0.0):
        return
    i0, i1, i2 = faces[f, 0], faces[f, 1], faces[f, 2]
    c0, c1, c2 = homogeneous(clip, i0), homogeneous(clip, i1), homogeneous(clip, i2)
    p = pixel_center(pixel % width, pixel / width, width, height)
    total = wp.dot(p, wp.cross(c1, c2)) + wp.dot(p, wp.cross(c2, c0)) + wp.dot(p, wp.cross(c0, c1))
    if wp.abs(total) < wp.float64(1.0e-30):
        return
    # b_k = E_k / S, so dL/dE_k = (dL/db_k - sum_j dL/db_j b_j) / S; corner 2 has no gradient of its own.
    gu, gv = wp.float64(g[0]), wp.float64(g[1])
    mean = gu * wp.float64(r[0]) + gv * wp.float64(r[1])
    g0, g1, g2 = (gu - mean) / total, (gv - mean) / total, -mean / total
    # E_0 = p.(c1 x c2) = c1.(c2 x p) = c2.(p x c1), and so on around.
    d0 = g1 * wp.cross(p, c2) + g2 * wp.cross(c1, p)
    d1 = g0 * wp.cross(c2, p) + g2 * wp.cross(p, c0)
    d2 = g0 * wp.cross(p, c1) + g1 * wp.cross(c0, p)
    wp.atomic_add(clip_gradient, i0, wp.vec4(wp.float32(d0[0]), wp.float32(d0[1]), 0.0, wp.float32(d0[2])))
    wp.atomic_add(clip_gradient, i1, wp.vec4(wp.float32(d1[0]), wp.float32(d1[1]), 0.0, wp.float32(d1[2])))
    wp.atomic_add(clip_gradient, i2, wp.vec4(wp.float32(d2[0]), wp.float32(d2[1]), 0.0, wp.float32(d2[2])))


class _Rasterize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, clip, faces, height, width):
        device = clip.device
        nearest = torch.full((height * width,), _EMPTY, dtype=torch.int64, device=device)
        rast = torch.empty((height, width, 4), device=device)
        if len(faces):
            inputs = [wrap(clip, wp.vec4), wrap(faces), width, height, wrap(nearest)]
            launch(depth_kernel, len(faces), inputs, device)
            launch(resolve_kernel, height * width, [*inputs, wrap(rast.view(-1, 4), wp.vec4)], device)
        else:
            rast.zero_()
        ctx.save_for_backward(clip, faces, rast)
        return rast

    @staticmethod
    def backward(ctx, rast_gradient):
        clip, faces, rast = ctx.saved_tensors
        height, width, _ = rast.shape
        clip_gradient = torch.zeros_like(clip)
        inputs = [wrap(clip, wp.vec4), wrap(faces), width, height, wrap(rast.view(-1, 4), wp.vec4)]
        inputs += [wrap(rast_gradient.contiguous().view(-1, 4), wp.vec4), wrap(clip_gradient, wp.vec4)]
        launch(gradient_kernel, height * width, inputs, clip.device)
        return clip_gradient, None, None, None


def rasterize(clip: torch.Tensor, faces: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """clip (V, 4) float32, faces (F, 3) int32, size (height, width) -> (H, W, 4): u, v, z/w, triangle + 1.

    Rows run bottom-up (row 0 at clip y = -1). A pixel's attribute is u*a0 + v*a1 + (1-u-v)*a2; the
    fourth channel is 0 where nothing is seen. Gradients reach `clip` through u and v only.
    """
    clip = contiguous(clip, torch.float32, "clip", 4)
    faces = contiguous(faces, torch.int32, "faces", 3)
    if len(faces) >= 2**24:
        raise ValueError("at most 2**24 - 1 triangles: their numbers travel as float32")
    return _Rasterize.apply(clip, faces, *size)
