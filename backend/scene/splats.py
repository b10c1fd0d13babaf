"""3D Gaussians, the vocabulary of Gaussian splatting (Kerbl et al. 2023)."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Splats:
    """N anisotropic Gaussians; all float32, in the stage's frame and unit.

    means       (N, 3) centers
    log_scales  (N, 3) logarithms of the standard deviations along the Gaussian's own axes
    rotations   (N, 4) quaternions w x y z, own axes -> frame; need not be of unit length
    opacities   (N,) logits: opacity = 1 / (1 + exp(-logit))
    sh          (N, K, 3) spherical harmonics of the sRGB color minus a half, K = 1, 4, 9 or 16 (degree 0 to 3),
                a function of the direction from the camera to the center
    """

    means: np.ndarray
    log_scales: np.ndarray
    rotations: np.ndarray
    opacities: np.ndarray
    sh: np.ndarray

    def __len__(self) -> int:
        return len(self.means)

    def to_world(self, center: np.ndarray, radius: float) -> "Splats":
        """Undo Capture.normalized: p becomes p * radius + center. Colors stay, as directions do."""
        means = (self.means * radius + center).astype(np.float32)
        return replace(self, means=means, log_scales=(self.log_scales + np.log(radius)).astype(np.float32))
