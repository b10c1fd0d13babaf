"""sRGB to CIE Lab (D65, 2 degrees): the space in which equal distances look about equally different."""

import numpy as np

_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])  # IEC 61966-2-1
_WHITE = np.array([0.9505, 1.0, 1.089])  # D65


def lab_of(photo: np.ndarray) -> np.ndarray:
    """photo (..., 3) sRGB in [0, 1] -> L in 0..100, a, b (..., 3) float32."""
    photo = np.clip(photo, 0, 1)
    linear = np.where(photo <= 0.04045, photo / 12.92, ((photo + 0.055) / 1.055) ** 2.4)
    x = linear @ _TO_XYZ.T / _WHITE
    f = np.where(x > (6 / 29) ** 3, np.cbrt(x), x / (3 * (6 / 29) ** 2) + 4 / 29)
    lab = [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])]
    return np.stack(lab, -1).astype(np.float32)
