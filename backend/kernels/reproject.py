"""One view's surface points looked up in another view's picture: the link that multi-view photo-consistency needs.

Each pixel of the reference view sees a point P = o + s d of the surface. P is projected into the source
view and the source picture is sampled there. Moving a corner k of the triangle by v moves P along the
ray by b_k (n . v) / (n . d) (b: barycentrics, n: the triangle's normal), which is all the gradient there
is: pictures and cameras stay fixed. (Pons, Keriven & Faugeras 2007, "Multi-view stereo reconstruction
and scene flow estimation with a global image-based matching score"; Vu et al. 2012.)

All pictures lie bottom-up here, as `rasterize` draws them.
"""

import numpy as np
import torch
import warp as wp

from ..scene import Camera
from .warp_runtime import launch, wrap

wp.set_module_options({"enable_backward": False})

_MIN_COSINE = 0.2  # about 78 degrees off the normal: pictures are too stretched to be compared
_FULL_COSINE = 0.5  # from 60 degrees on a view counts in full


@wp.struct
class Lens:
    rotation: wp.mat33  # camera -> world
    position: wp.vec3
    focal: wp.vec2  # pixels
    center: wp.vec2  # pixels, y measured upwards from the lower edge


@wp.struct
class Hit:
    inside: wp.int32
    pixel: wp.vec2  # where P lands in the source picture
    local: wp.vec3  # P in the source camera's frame
    along: wp.vec3  # d, unit
    normal: wp.vec3  # unit, world
    facing: wp.float32  # normal . d
    weight: wp.float32  # 0..1 by how squarely both views see the surface


def lens_of(camera: Camera) -> Lens:
    """The camera as the kernels read it."""
    lens = Lens()
    lens.rotation = wp.mat33(*camera.camera_to_world[:3, :3].astype(np.float32).ravel().tolist())
    lens.position = wp.vec3(*camera.position.astype(np.float32).tolist())
    lens.focal = wp.vec2(camera.fl_x, camera.fl_y)
    lens.center = wp.vec2(camera.cx, camera.height - camera.cy)
    return lens


@wp.func
def trace(
    vertices: wp.array(dtype=wp.vec3),
    faces: wp.array2d(dtype=wp.int32),
    f: int,
    x: int,
    y: int,
    reference: Lens,
    source: Lens,
) -> Hit:
    hit = Hit()
    hit.inside = 0
    v0, v1, v2 = vertices[faces[f, 0]], vertices[faces[f, 1]], vertices[faces[f, 2]]
    normal = wp.normalize(wp.cross(v1 - v0, v2 - v0))
    local = wp.vec3(
        (float(x) + 0.5 - reference.center[0]) / reference.focal[0],
        (float(y) + 0.5 - reference.center[1]) / reference.focal[1],
        -1.0,
    )
    along = wp.normalize(reference.rotation * local)
    facing = wp.dot(normal, along)
    if facing > -_MIN_COSINE:  # seen too flat, or from inside
        return hit
    point = reference.position + along * (wp.dot(v0 - reference.position, normal) / facing)
    towards = point - source.position
    source_facing = wp.dot(normal, wp.normalize(towards))
    if source_facing > -_MIN_COSINE:
        return hit
    hit.local = wp.transpose(source.rotation) * towards
    depth = -hit.local[2]
    if depth <= 0.0:
        return hit
    hit.pixel = wp.vec2(
        source.focal[0] * hit.local[0] / depth + source.center[0],
        source.focal[1] * hit.local[1] / depth + source.center[1],
    )
    worst = wp.min(-facing, -source_facing)
    hit.weight = wp.clamp((worst - _MIN_COSINE) / (_FULL_COSINE - _MIN_COSINE), 0.0, 1.0)
    hit.along = along
    hit.normal = normal
    hit.facing = facing
    hit.inside = 1
    return hit


@wp.kernel
def sample_kernel(
    vertices: wp.array(dtype=wp.vec3),
    faces: wp.array2d(dtype=wp.int32),
    rast: wp.array2d(dtype=wp.vec4),
    reference: Lens,
    source: Lens,
    picture: wp.array2d(dtype=wp.float32),
    trust: wp.array2d(dtype=wp.float32),
    depth: wp.array2d(dtype=wp.float32),
    tolerance: float,
    sampled: wp.array2d(dtype=wp.float32),
    weight: wp.array2d(dtype=wp.float32),
):
    y, x = wp.tid()
    f = int(rast[y, x][3]) - 1
    if f < 0:
        return
    hit = trace(vertices, faces, f, x, y, reference, source)
    if hit.inside == 0:
        return
    fx, fy = hit.pixel[0] - 0.5, hit.pixel[1] - 0.5
    x0, y0 = int(wp.floor(fx)), int(wp.floor(fy))
    if x0 < 1 or y0 < 1 or x0 >= picture.shape[1] - 2 or y0 >= picture.shape[0] - 2:
        return
    nx, ny = int(wp.floor(hit.pixel[0])), int(wp.floor(hit.pixel[1]))
    seen = depth[ny, nx]
    if seen <= 0.0 or -hit.local[2] > seen + tolerance:
        return  # something stands in between
    tx, ty = fx - float(x0), fy - float(y0)
    low = picture[y0, x0] * (1.0 - tx) + picture[y0, x0 + 1] * tx
    high = picture[y0 + 1, x0] * (1.0 - tx) + picture[y0 + 1, x0 + 1] * tx
    sampled[y, x] = low * (1.0 - ty) + high * ty
    weight[y, x] = hit.weight * trust[ny, nx]


@wp.kernel
def gradient_kernel(
    vertices: wp.array(dtype=wp.vec3),
    faces: wp.array2d(dtype=wp.int32),
    rast: wp.array2d(dtype=wp.vec4),
    reference: Lens,
    source: Lens,
    picture: wp.array2d(dtype=wp.float32),
    weight: wp.array2d(dtype=wp.float32),
    sampled_gradient: wp.array2d(dtype=wp.float32),
    vertices_gradient: wp.array(dtype=wp.vec3),
):
    y, x = wp.tid()
    r = rast[y, x]
    f = int(r[3]) - 1
    g = sampled_gradient[y, x]
    if f < 0 or g == 0.0 or weight[y, x] <= 0.0:
        return
    hit = trace(vertices, faces, f, x, y, reference, source)
    if hit.inside == 0:
        return
    fx, fy = hit.pixel[0] - 0.5, hit.pixel[1] - 0.5
    x0, y0 = int(wp.floor(fx)), int(wp.floor(fy))
    tx, ty = fx - float(x0), fy - float(y0)
    a, b = picture[y0, x0], picture[y0, x0 + 1]
    c, d = picture[y0 + 1, x0], picture[y0 + 1, x0 + 1]
    slope_x = (b - a) * (1.0 - ty) + (d - c) * ty
    slope_y = (c - a) * (1.0 - tx) + (d - b) * tx
    # pixel = focal * (X, Y) / depth + center with depth = -Z: its change when P moves along the ray.
    step = wp.transpose(source.rotation) * hit.along
    depth = -hit.local[2]
    move_x = source.focal[0] * (step[0] + hit.local[0] / depth * step[2]) / depth
    move_y = source.focal[1] * (step[1] + hit.local[1] / depth * step[2]) / depth
    push = hit.normal * (g * (slope_x * move_x + slope_y * move_y) / hit.facing)
    wp.atomic_add(vertices_gradient, faces[f, 0], r[0] * push)
    wp.atomic_add(vertices_gradient, faces[f, 1], r[1] * push)
    wp.atomic_add(vertices_gradient, faces[f, 2], (1.0 - r[0] - r[1]) * push)


class _Reproject(torch.autograd.Function):
    @staticmethod
    def forward(ctx, vertices, faces, rast, reference, source, picture, trust, depth, tolerance):
        height, width, _ = rast.shape
        sampled, weight = torch.zeros((2, height, width), device=rast.device)
        common = [wrap(vertices, wp.vec3), wrap(faces), wrap(rast, wp.vec4), reference, source, wrap(picture)]
        inputs = [*common, wrap(trust), wrap(depth), float(tolerance), wrap(sampled), wrap(weight)]
        launch(sample_kernel, (height, width), inputs, rast.device)
        ctx.save_for_backward(vertices, faces, rast, picture, weight)
        ctx.lenses = reference, source
        ctx.mark_non_differentiable(weight)
        return sampled, weight

    @staticmethod
    def backward(ctx, sampled_gradient, _):
        vertices, faces, rast, picture, weight = ctx.saved_tensors
        gradient = torch.zeros_like(vertices)
        inputs = [wrap(vertices, wp.vec3), wrap(faces), wrap(rast, wp.vec4), *ctx.lenses, wrap(picture), wrap(weight)]
        inputs += [wrap(sampled_gradient.contiguous()), wrap(gradient, wp.vec3)]
        launch(gradient_kernel, rast.shape[:2], inputs, rast.device)
        return gradient, None, None, None, None, None, None, None, None


def reproject(
    vertices: torch.Tensor,
    faces: torch.Tensor,
    rast: torch.Tensor,
    reference: Lens,
    source: Lens,
    picture: torch.Tensor,
    trust: torch.Tensor,
    depth: torch.Tensor,
    tolerance: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The source `picture` as the reference view would see it over the surface -> sampled (H, W), weight (H, W).

    vertices (V, 3), faces (F, 3), rast (H, W, 4): the surface and what the reference view sees of it
    picture, trust (h, w): the source's gray picture and how far each of its pixels is to be believed, 0..1
    depth (h, w): the surface's depth in the source view, 0 where empty; points farther than it by more than
    `tolerance` (world units) are hidden. `weight` is 0 where nothing was sampled, and carries no gradient.
    """
    return _Reproject.apply(vertices, faces, rast, reference, source, picture, trust, depth, tolerance)
