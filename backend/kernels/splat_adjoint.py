"""The adjoint of the projection of 3D Gaussians (glossary: splat_project.py); d_x is the loss's gradient by x."""

import warp as wp

from .splat_harmonics import Basis, harmonics, harmonics_gradient
from .splat_project import MOMENTS, Eye, Projected, jacobian, mat23, projected

wp.set_module_options({"enable_backward": False})

Moments = wp.types.vector(length=MOMENTS, dtype=wp.float32)


@wp.func
def covariance_gradient(shape: Projected, s: Moments) -> wp.mat22:
    """d_cov = -conic d_conic conic, both symmetric."""
    conic = wp.mat22(shape.conic[0], shape.conic[1], shape.conic[1], shape.conic[2])
    return conic * wp.mat22(s[3], s[4], s[4], s[5]) * conic * 0.5


@wp.func
def center_gradient(eye: Eye, shape: Projected, d_u: float, d_v: float, d_flat: mat23, turned: wp.mat33) -> wp.vec3:
    """d_t through the center's place and through the Jacobian J; turned = R Q S."""
    t, slope = shape.t, shape.slope
    x, y = eye.focal[0] / t[2], eye.focal[1] / t[2]
    d = d_flat * wp.transpose(turned)  # d_J
    d_slope_x, d_slope_y = -x * d[0, 2], -y * d[1, 2]
    d_z = (-d[0, 0] * x + d[0, 2] * x * slope[0] - d[1, 1] * y + d[1, 2] * y * slope[1]) / t[2]
    d_x, d_y = d_u * x, d_v * y
    if t[0] / t[2] == slope[0]:
        d_x += d_slope_x / t[2]
        d_z -= d_slope_x * slope[0] / t[2]
    if t[1] / t[2] == slope[1]:
        d_y += d_slope_y / t[2]
        d_z -= d_slope_y * slope[1] / t[2]
    return wp.vec3(d_x, d_y, d_z - (d_u * x * t[0] + d_v * y * t[1]) / t[2])


@wp.func
def quaternion_gradient(quaternion: wp.vec4, d: wp.mat33) -> wp.vec4:
    """Through the rotation matrix (d its gradient) and through the normalization."""
    size = wp.length(quaternion)
    q = quaternion / size
    w, x, y, z = q[0], q[1], q[2], q[3]
    g = 2.0 * wp.vec4(
        x * (d[2, 1] - d[1, 2]) + y * (d[0, 2] - d[2, 0]) + z * (d[1, 0] - d[0, 1]),
        y * (d[0, 1] + d[1, 0]) + z * (d[0, 2] + d[2, 0]) + w * (d[2, 1] - d[1, 2]) - 2.0 * x * (d[1, 1] + d[2, 2]),
        x * (d[0, 1] + d[1, 0]) + z * (d[1, 2] + d[2, 1]) + w * (d[0, 2] - d[2, 0]) - 2.0 * y * (d[0, 0] + d[2, 2]),
        x * (d[0, 2] + d[2, 0]) + y * (d[1, 2] + d[2, 1]) + w * (d[1, 0] - d[0, 1]) - 2.0 * z * (d[0, 0] + d[1, 1]),
    )
    return (g - q * wp.dot(q, g)) / size


@wp.func
def summed(moments: wp.array2d(dtype=wp.float32), start: int, end: int) -> Moments:
    """Over the pairs of a Gaussian, in fixed order."""
    total = Moments()
    for pair in range(start, end):
        for m in range(MOMENTS):
            total[m] += moments[pair, m]
    return total


@wp.kernel
def unproject_kernel(
    first: int,
    eye: Eye,
    means: wp.array(dtype=wp.vec3),
    log_scales: wp.array(dtype=wp.vec3),
    rotations: wp.array(dtype=wp.vec4),
    rest: wp.array2d(dtype=wp.vec3),
    count: int,
    table: wp.array2d(dtype=wp.float32),
    order: wp.array(dtype=wp.int32),
    starts: wp.array(dtype=wp.int32),
    moments: wp.array2d(dtype=wp.float32),
    d_means: wp.array(dtype=wp.vec3),
    d_log_scales: wp.array(dtype=wp.vec3),
    d_rotations: wp.array(dtype=wp.vec4),
    d_opacities: wp.array(dtype=wp.float32),
    d_base: wp.array(dtype=wp.vec3),
    d_rest: wp.array2d(dtype=wp.vec3),
):
    """The gradients of the k-th Gaussian from the front, from the moments of its pairs."""
    k = first + wp.tid()
    i = order[k]
    s = summed(moments, starts[k], starts[k + 1])
    away = means[i] - eye.origin
    shape = projected(eye, eye.rotation * away, log_scales[i], rotations[i])
    d_opacities[i] = s[0] * (1.0 - wp.pow(2.0, table[i, 5]))
    # the Gaussian's shape and place
    d_u = shape.conic[0] * s[1] + shape.conic[1] * s[2]
    d_v = shape.conic[1] * s[1] + shape.conic[2] * s[2]
    d_flat = 2.0 * covariance_gradient(shape, s) * shape.flat
    turned = eye.rotation * (shape.rotation * wp.diag(shape.deviations))
    d_t = center_gradient(eye, shape, d_u, d_v, d_flat, turned)
    d_own = wp.transpose(jacobian(eye, shape.t, shape.slope) * eye.rotation) * d_flat  # d_(Q S)
    d_scales = wp.vec3(0.0, 0.0, 0.0)
    for axis in range(3):
        for row in range(3):
            d_scales[axis] += d_own[row, axis] * shape.rotation[row, axis] * shape.deviations[axis]
    d_log_scales[i] = d_scales
    d_rotations[i] = quaternion_gradient(rotations[i], d_own * wp.diag(shape.deviations))
    # its color: a channel that is held at 0 learns nothing
    d_color = wp.vec3(0.0, 0.0, 0.0)
    for channel in range(3):
        if table[i, 6 + channel] > 0.0:
            d_color[channel] = s[6 + channel]
    direction = wp.normalize(away)
    basis, pull = harmonics(direction, count), Basis()
    d_base[i] = basis[0] * d_color
    for b in range(1, count):
        d_rest[i, b - 1] = basis[b] * d_color
        pull[b] = wp.dot(d_color, rest[i, b - 1])
    d_direction = harmonics_gradient(direction, pull, count)
    d_direction -= direction * wp.dot(direction, d_direction)
    d_means[i] = wp.transpose(eye.rotation) * d_t + d_direction / wp.length(away)
