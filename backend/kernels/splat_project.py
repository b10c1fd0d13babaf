"""3D Gaussians onto the picture and back: EWA projection (Zwicker et al. 2001; Kerbl et al. 2023) and its adjoint.

Glossary
    t = R (p - o)        the center in the eye's axes: x right, y down, z forward
    J                    (2, 3) the projection's Jacobian at t, its slopes x/z and y/z held within the wider view
    P = J R Q S          (2, 3), with the rotation Q of the quaternion and the standard deviations S
    cov = P P' + 0.3 I   in square pixels; conic = its inverse [[A, B], [B, C]]
    brightness 2^x       opacity times the Gaussian, x = l + a dx^2 + b dx dy + c dy^2 for the offset dx, dy from the
                         center: a = -A / (2 ln 2), b = -B / ln 2, c = -C / (2 ln 2), l = log2(opacity)
A row of the table of projected Gaussians: u v a b c l red green blue depth half_x half_y, where half_x and half_y are
how far (pixels) the Gaussian reaches: where it has faded to 1/255.
"""

import math
from collections.abc import Callable

import numpy as np
import torch
import warp as wp

from ..scene import Camera
from .splat_harmonics import harmonics
from .warp_runtime import CPU_THREADS, launch, load, side_by_side

wp.set_module_options({"enable_backward": False})

COLUMNS = 12  # of the table
MOMENTS = 9  # of a tile and a Gaussian: sums over pixels of g, g dx, g dy, g dx^2, g dx dy, g dy^2, and d_color
FAINT = 1.0 / 255.0  # what is fainter is not drawn

_NEAR = wp.constant(0.01)  # frame units before the eye
_BLUR = wp.constant(0.3)  # square pixels
_WIDER = 0.3  # share of the view added on each side, within which the Jacobian is trusted
_LOG2E = wp.constant(math.log2(math.e))

mat23 = wp.types.matrix(shape=(2, 3), dtype=wp.float32)


@wp.struct
class Eye:
    rotation: wp.mat33  # frame -> right, down, forward
    origin: wp.vec3
    focal: wp.vec2
    center: wp.vec2
    least: wp.vec2  # bounds of x/z and y/z
    most: wp.vec2
    size: wp.vec2i  # width, height
    tile: int  # side of a tile in pixels


def eye_of(camera: Camera, tile: int) -> Eye:
    """The camera as the kernels read it."""
    eye = Eye()
    eye.rotation = wp.mat33(np.diag([1.0, -1.0, -1.0]) @ camera.camera_to_world[:3, :3].T)
    eye.origin = wp.vec3(*camera.position)
    eye.focal, eye.center = wp.vec2(camera.fl_x, camera.fl_y), wp.vec2(camera.cx, camera.cy)
    margin_x, margin_y = _WIDER * camera.width / 2, _WIDER * camera.height / 2
    eye.least = wp.vec2((-margin_x - camera.cx) / camera.fl_x, (-margin_y - camera.cy) / camera.fl_y)
    eye.most = wp.vec2(
        (camera.width + margin_x - camera.cx) / camera.fl_x, (camera.height + margin_y - camera.cy) / camera.fl_y
    )
    eye.size, eye.tile = wp.vec2i(camera.width, camera.height), tile
    return eye


@wp.struct
class Projected:
    t: wp.vec3
    slope: wp.vec2  # x/z and y/z within their bounds
    rotation: wp.mat33  # Q
    deviations: wp.vec3
    flat: mat23  # P
    conic: wp.vec3  # A, B, C
    cov: wp.vec3  # xx, xy, yy


@wp.func
def rotation_of(q: wp.vec4) -> wp.mat33:
    w, x, y, z = q[0], q[1], q[2], q[3]
    return wp.mat33(
        1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y),
        2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x),
        2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y),
    )  # fmt: skip


@wp.func
def jacobian(eye: Eye, t: wp.vec3, slope: wp.vec2) -> mat23:
    x, y = eye.focal[0] / t[2], eye.focal[1] / t[2]
    return mat23(x, 0.0, -x * slope[0], 0.0, y, -y * slope[1])


@wp.func
def projected(eye: Eye, t: wp.vec3, log_scales: wp.vec3, quaternion: wp.vec4) -> Projected:
    out = Projected()
    out.t = t
    out.slope = wp.vec2(
        wp.clamp(t[0] / t[2], eye.least[0], eye.most[0]), wp.clamp(t[1] / t[2], eye.least[1], eye.most[1])
    )
    out.rotation = rotation_of(wp.normalize(quaternion))
    out.deviations = wp.vec3(wp.exp(log_scales[0]), wp.exp(log_scales[1]), wp.exp(log_scales[2]))
    out.flat = jacobian(eye, t, out.slope) * (eye.rotation * (out.rotation * wp.diag(out.deviations)))
    xx, xy, yy = _BLUR, float(0.0), _BLUR
    for k in range(3):
        xx += out.flat[0, k] * out.flat[0, k]
        xy += out.flat[0, k] * out.flat[1, k]
        yy += out.flat[1, k] * out.flat[1, k]
    det = xx * yy - xy * xy
    out.cov = wp.vec3(xx, xy, yy)
    out.conic = wp.vec3(yy / det, -xy / det, xx / det)
    return out


@wp.func
def reach(level: float) -> float:
    """The largest squared Mahalanobis distance at which a Gaussian of log2(opacity) `level` is drawn."""
    return 2.0 * (level / _LOG2E - wp.log(FAINT)) + 1.0e-3  # and a little for rounding


@wp.func
def tile_span(eye: Eye, u: float, v: float, cov: wp.vec3, q: float, row: int) -> wp.vec2i:
    """First and last column of the tiles in a row of tiles that an ellipse of reach q falls on; last < first: none.

    From the ellipse's left- and rightmost points within the band of the row's pixel centers.
    """
    size, width = float(eye.tile), float(eye.size[0])
    half = wp.sqrt(q * cov[2])
    low = wp.max(float(row) * size + 0.5 - v, -half)
    high = wp.min(float(row) * size + size - 0.5 - v, half)
    tip = cov[1] * wp.sqrt(q / cov[0])  # dy of the rightmost point
    lean, rest = cov[1] / cov[2], wp.max(cov[0] - cov[1] * cov[1] / cov[2], 0.0)
    right, left = wp.clamp(tip, low, high), wp.clamp(-tip, low, high)
    last = u + lean * right + wp.sqrt(wp.max(q - right * right / cov[2], 0.0) * rest)
    first = u + lean * left - wp.sqrt(wp.max(q - left * left / cov[2], 0.0) * rest)
    first_pixel = wp.max(int(wp.ceil(wp.clamp(first, -1.0, width + 1.0) - 0.5)), 0)
    last_pixel = wp.min(int(wp.floor(wp.clamp(last, -1.0, width + 1.0) - 0.5)), eye.size[0] - 1)
    if low > high or first_pixel > last_pixel:
        return wp.vec2i(0, -1)
    return wp.vec2i(first_pixel // eye.tile, last_pixel // eye.tile)


@wp.func
def row_span(eye: Eye, v: float, half: float) -> wp.vec2i:
    """First and last row of tiles within `half` pixels of the height v; last < first: none."""
    height = float(eye.size[1])
    first = wp.max(int(wp.ceil(wp.clamp(v - half, -1.0, height + 1.0) - 0.5)), 0)
    last = wp.min(int(wp.floor(wp.clamp(v + half, -1.0, height + 1.0) - 0.5)), eye.size[1] - 1)
    if first > last:
        return wp.vec2i(0, -1)
    return wp.vec2i(first // eye.tile, last // eye.tile)


@wp.kernel
def project_kernel(
    first: int,
    eye: Eye,
    means: wp.array(dtype=wp.vec3),
    log_scales: wp.array(dtype=wp.vec3),
    rotations: wp.array(dtype=wp.vec4),
    opacities: wp.array(dtype=wp.float32),
    base: wp.array(dtype=wp.vec3),
    rest: wp.array2d(dtype=wp.vec3),
    count: int,
    table: wp.array2d(dtype=wp.float32),
    tiles: wp.array(dtype=wp.int32),
):
    """A row of the table, and how many tiles it falls on; both stay as they are where it is not seen."""
    i = first + wp.tid()
    away = means[i] - eye.origin
    t = eye.rotation * away
    level = -wp.log(1.0 + wp.exp(-opacities[i])) * _LOG2E
    q = reach(level)
    if t[2] < _NEAR or q <= 1.0e-3:
        return
    u, v = eye.focal[0] * t[0] / t[2] + eye.center[0], eye.focal[1] * t[1] / t[2] + eye.center[1]
    shape = projected(eye, t, log_scales[i], rotations[i])
    half_x, half_y = wp.sqrt(q * shape.cov[0]), wp.sqrt(q * shape.cov[2])
    if u + half_x < 0.0 or u - half_x > float(eye.size[0]):
        return
    rows = row_span(eye, v, half_y)
    total = int(0)
    for row in range(rows[0], rows[1] + 1):
        span = tile_span(eye, u, v, shape.cov, q, row)
        total += span[1] - span[0] + 1
    if total == 0:
        return
    tiles[i] = total
    basis = harmonics(wp.normalize(away), count)
    color = wp.vec3(0.5, 0.5, 0.5) + basis[0] * base[i]
    for k in range(1, count):
        color += basis[k] * rest[i, k - 1]
    table[i, 0] = u
    table[i, 1] = v
    table[i, 2] = -0.5 * _LOG2E * shape.conic[0]
    table[i, 3] = -_LOG2E * shape.conic[1]
    table[i, 4] = -0.5 * _LOG2E * shape.conic[2]
    table[i, 5] = level
    for k in range(3):
        table[i, 6 + k] = wp.max(color[k], 0.0)
    table[i, 9] = t[2]
    table[i, 10] = half_x
    table[i, 11] = half_y


@wp.kernel
def list_tiles_kernel(
    first: int,
    eye: Eye,
    table: wp.array2d(dtype=wp.float32),
    order: wp.array(dtype=wp.int32),
    starts: wp.array(dtype=wp.int32),
    pair_tiles: wp.array(dtype=wp.int32),
    pair_splats: wp.array(dtype=wp.int32),
):
    """The tiles of the k-th Gaussian from the front, into pairs starts[k] to starts[k + 1] - 1."""
    grid = wp.vec2i((eye.size[0] + eye.tile - 1) // eye.tile, (eye.size[1] + eye.tile - 1) // eye.tile)
    k = first + wp.tid()
    i = order[k]
    u, v = table[i, 0], table[i, 1]
    a, b, c = table[i, 2] * -2.0 / _LOG2E, table[i, 3] / -_LOG2E, table[i, 4] * -2.0 / _LOG2E
    det = a * c - b * b
    cov = wp.vec3(c / det, -b / det, a / det)
    at = starts[k]
    rows = row_span(eye, v, table[i, 11])
    for row in range(rows[0], rows[1] + 1):
        span = tile_span(eye, u, v, cov, reach(table[i, 5]), row)
        for column in range(span[0], span[1] + 1):
            if at < starts[k + 1]:  # rounding may find one tile more than were counted
                pair_tiles[at] = row * grid[0] + column
                pair_splats[at] = i
            at += 1
    while at < starts[k + 1]:  # or one less
        pair_tiles[at] = grid[0] * grid[1]  # no tile
        pair_splats[at] = i
        at += 1


def launch_parts(kernel: wp.Kernel, count: int, inputs: list, device: torch.device) -> None:
    """Over `count` Gaussians, in parts on the CPU: the kernel's first argument is the first Gaussian of its part."""
    load(kernel, device)
    parts = CPU_THREADS if device.type == "cpu" else 1
    edges = [count * part // parts for part in range(parts + 1)]

    def job(first: int, end: int) -> Callable[[], None]:
        return lambda: launch(kernel, end - first, [first, *inputs], device)

    side_by_side(device, [job(edges[part], edges[part + 1]) for part in range(parts)])
