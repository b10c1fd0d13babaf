"""Real spherical harmonics up to degree 3, in the order and with the signs of Kerbl et al. 2023 (the PLY's order)."""

import warp as wp

wp.set_module_options({"enable_backward": False})

Basis = wp.types.vector(length=16, dtype=wp.float32)


@wp.func
def harmonics(d: wp.vec3, count: int) -> Basis:
    """The first `count` (1, 4, 9 or 16) basis functions of a unit direction; the others are 0."""
    x, y, z = d[0], d[1], d[2]
    b = Basis()
    b[0] = 0.28209479177387814
    if count > 1:
        b[1] = -0.4886025119029199 * y
        b[2] = 0.4886025119029199 * z
        b[3] = -0.4886025119029199 * x
    if count > 4:
        b[4] = 1.0925484305920792 * x * y
        b[5] = -1.0925484305920792 * y * z
        b[6] = 0.31539156525252005 * (2.0 * z * z - x * x - y * y)
        b[7] = -1.0925484305920792 * x * z
        b[8] = 0.5462742152960396 * (x * x - y * y)
    if count > 9:
        b[9] = -0.5900435899266435 * y * (3.0 * x * x - y * y)
        b[10] = 2.890611442640554 * x * y * z
        b[11] = -0.4570457994644658 * y * (4.0 * z * z - x * x - y * y)
        b[12] = 0.3731763325901154 * z * (2.0 * z * z - 3.0 * x * x - 3.0 * y * y)
        b[13] = -0.4570457994644658 * x * (4.0 * z * z - x * x - y * y)
        b[14] = 1.445305721320277 * z * (x * x - y * y)
        b[15] = -0.5900435899266435 * x * (x * x - 3.0 * y * y)
    return b


@wp.func
def harmonics_gradient(d: wp.vec3, w: Basis, count: int) -> wp.vec3:
    """The gradient of dot(harmonics(d), w) by d, with the basis taken as polynomials of x, y, z."""
    x, y, z = d[0], d[1], d[2]
    g = wp.vec3(0.0, 0.0, 0.0)
    if count > 1:
        g += 0.4886025119029199 * wp.vec3(-w[3], -w[1], w[2])
    if count > 4:
        g += 1.0925484305920792 * wp.vec3(w[4] * y - w[7] * z, w[4] * x - w[5] * z, -w[5] * y - w[7] * x)
        g += 0.31539156525252005 * w[6] * wp.vec3(-2.0 * x, -2.0 * y, 4.0 * z)
        g += 0.5462742152960396 * w[8] * wp.vec3(2.0 * x, -2.0 * y, 0.0)
    if count > 9:
        g += -0.5900435899266435 * w[9] * wp.vec3(6.0 * x * y, 3.0 * (x * x - y * y), 0.0)
        g += 2.890611442640554 * w[10] * wp.vec3(y * z, x * z, x * y)
        g += -0.4570457994644658 * w[11] * wp.vec3(-2.0 * x * y, 4.0 * z * z - x * x - 3.0 * y * y, 8.0 * y * z)
        g += 0.3731763325901154 * w[12] * wp.vec3(-6.0 * x * z, -6.0 * y * z, 6.0 * z * z - 3.0 * (x * x + y * y))
        g += -0.4570457994644658 * w[13] * wp.vec3(4.0 * z * z - 3.0 * x * x - y * y, -2.0 * x * y, 8.0 * x * z)
        g += 1.445305721320277 * w[14] * wp.vec3(2.0 * x * z, -2.0 * y * z, x * x - y * y)
        g += -0.5900435899266435 * w[15] * wp.vec3(3.0 * (x * x - y * y), -6.0 * x * y, 0.0)
    return g
