"""sRGB and linear light (IEC 61966-2-1)."""

import numpy as np


def to_linear(srgb: np.ndarray) -> np.ndarray:
    """sRGB in [0, 1] -> linear, any shape."""
    srgb = np.asarray(srgb, np.float32)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((np.maximum(srgb, 0) + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb(linear: np.ndarray) -> np.ndarray:
    """Linear -> sRGB clipped to [0, 1], any shape."""
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055).astype(np.float32)
