"""Reflections of lamps, found where two photos of the same skin differ.

A reflection moves over the skin as the camera does: flow would follow it, and the skin with it. It is white light added
to the skin's own (Shafer 1985, the dichromatic model), so that the lowest color channel rises at least about as
much as the highest. Which of two photos has it does not matter: neither can be compared with the other there.
"""

import cv2
import numpy as np
from scipy import ndimage

_NEAR, _AROUND = 1.5, 8.0  # pixels: blur against noise; surroundings that a reflection stands out from
_CORE, _FLANK = 13.0, 5.0  # of 255: excess that certainly is a reflection, and that belongs to one
_WHITE = 0.8  # least ratio of the lowest channel's excess to the highest channel's
_GROW = 2  # pixels


def shining_apart(first: np.ndarray, second: np.ndarray, known: np.ndarray) -> np.ndarray:
    """first, second (H, W, 3) in [0, 255], the same view; known (H, W) bool: where both are -> (H, W) bool."""
    low, high = (_smooth(end(first, -1) - end(second, -1), known, _NEAR) for end in (np.min, np.max))
    apart = np.zeros_like(known)
    local = low - _smooth(low, known, _AROUND)
    for sign in (1, -1):
        white = known & (sign * low > _WHITE * sign * high)
        core, flank = (white & (sign * local > level) for level in (_CORE, _FLANK))
        apart |= ndimage.binary_propagation(core, mask=flank)
    return ndimage.binary_dilation(apart, iterations=_GROW) if apart.any() else apart


def _smooth(plane: np.ndarray, known: np.ndarray, sigma: float) -> np.ndarray:
    weight = known.astype(np.float32)
    return cv2.GaussianBlur(plane * weight, (0, 0), sigma) / np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-3)
