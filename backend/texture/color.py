"""sRGB and linear light (IEC 61966-2-1) in kernels; scene/color.py has them for numpy."""

import warp as wp

from ..kernels import warp_runtime  # noqa: F401  (initializes Warp the quiet way)


@wp.func
def linear_of(srgb: wp.vec3) -> wp.vec3:
    out = wp.vec3()
    for k in range(3):
        if srgb[k] <= 0.04045:
            out[k] = srgb[k] / 12.92
        else:
            out[k] = wp.pow((srgb[k] + 0.055) / 1.055, 2.4)
    return out


@wp.func
def srgb_of(linear: wp.vec3) -> wp.vec3:
    out = wp.vec3()
    for k in range(3):
        value = wp.clamp(linear[k], 0.0, 1.0)
        if value <= 0.0031308:
            out[k] = value * 12.92
        else:
            out[k] = 1.055 * wp.pow(value, 1.0 / 2.4) - 0.055
    return out
