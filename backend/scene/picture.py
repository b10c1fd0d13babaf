"""What a camera sees of a representation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .camera import Camera


@dataclass(frozen=True)
class Picture:
    """A drawn picture, row 0 at the top like a photo; all float32.

    color  (H, W, 3) sRGB in [0, 1], already multiplied by alpha: black where nothing is
    alpha  (H, W) opacity
    depth  (H, W) along the optical axis, in the camera's units, of what the pixel sees; 0 where alpha is below a half
    """

    color: np.ndarray
    alpha: np.ndarray
    depth: np.ndarray

    def over(self, background: np.ndarray | float) -> np.ndarray:
        """The picture (H, W, 3) before a background: a gray value, a color (3,) or a picture (H, W, 3)."""
        return (self.color + (1 - self.alpha[..., None]) * background).astype(np.float32)


Drawer = Callable[[Camera], Picture]  # every representation, and the mesh, is drawn by one of these
