"""sRGB and linear light (IEC 61966-2-1)."""

import numpy as np
import warp as wp

from ..kernels import warp_runtime  # noqa: F401  (initializes Warp the quiet way)

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # Rec. 709, linear


def to_linear(srgb: np.ndarray) -> np.ndarray:
    """sRGB in [0, 1] -> linear, any shape."""
    srgb = np.asarray(srgb, np.float32)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((np.maximum(srgb, 0) + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb(linear: np.ndarray) -> np.ndarray:
    """Linear -> sRGB clipped to [0, 1], any shape."""
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055).astype(np.float32)


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
