"""Float pictures as PNG bytes."""

import io

import numpy as np
from PIL import Image

_ROWS = 512  # converted at a time: an 8192-texel map is never held twice as float


def to_bytes(picture: np.ndarray) -> np.ndarray:
    """(H, W) or (H, W, C) float in [0, 1] -> uint8, rounded; NaN becomes 0."""
    out = np.empty(picture.shape, np.uint8)
    for row in range(0, len(picture), _ROWS):
        part = np.nan_to_num(picture[row : row + _ROWS], nan=0.0)
        out[row : row + _ROWS] = np.clip(part * 255 + 0.5, 0, 255)
    return out


def encode_png(picture: np.ndarray) -> bytes:
    """(H, W), (H, W, 1) or (H, W, 3) float in [0, 1] -> the bytes of a gray or RGB file of 8 bits."""
    pixels = to_bytes(picture[..., 0] if picture.ndim == 3 and picture.shape[2] == 1 else picture)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=3)  # 2048 x 2048 in about a second
    return buffer.getvalue()
