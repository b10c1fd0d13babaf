"""Lens distortion after Brown-Conrady, with OpenCV's names, and photos freed from it.

Undistorting needs no inverse of the model: each pixel of the pinhole picture asks the forward model where in the
photo its light fell. Pixels whose light fell outside the photo are cropped away, so that every pixel of a view was
photographed; the crop moves the principal point and changes nothing else.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from ..scene import Camera

Crop = tuple[int, int, int, int]  # left, top, right, bottom in pixels, the last two exclusive


@dataclass(frozen=True)
class Distortion:
    """OpenCV's coefficients; dimensionless, so that they hold for the photo at any size.

    x, y = pinhole image plane at distance 1, y downwards; r2 = x^2 + y^2;
    x' = x (1 + k1 r2 + k2 r2^2 + k3 r2^3) + 2 p1 x y + p2 (r2 + 2 x^2), and y' with x, y and p1, p2 exchanged
    (OpenCV's documentation, "Camera Calibration and 3D Reconstruction").
    """

    k1: float = 0.0
    k2: float = 0.0
    p1: float = 0.0
    p2: float = 0.0
    k3: float = 0.0

    @property
    def is_none(self) -> bool:
        """Whether the lens is a pinhole already."""
        return not any((self.k1, self.k2, self.p1, self.p2, self.k3))

    def apply(self, points: np.ndarray) -> np.ndarray:
        """points (..., 2) of the ideal image plane -> where the lens puts them (..., 2)."""
        x, y = points[..., 0], points[..., 1]
        r2 = x * x + y * y
        radial = 1 + r2 * (self.k1 + r2 * (self.k2 + r2 * self.k3))
        return np.stack([
            x * radial + 2 * self.p1 * x * y + self.p2 * (r2 + 2 * x * x),
            y * radial + 2 * self.p2 * x * y + self.p1 * (r2 + 2 * y * y),
        ], -1)  # fmt: skip

    def reach(self) -> float:
        """The largest radius on the image plane up to which the model is one to one; beyond, it folds back."""
        roots = np.roots([7 * self.k3, 5 * self.k2, 3 * self.k1, 1.0])  # d(r radial)/dr, a polynomial in r^2
        positive = roots.real[(np.abs(roots.imag) < 1e-9) & (roots.real > 0)]
        return float(np.sqrt(positive.min())) if len(positive) else np.inf


def photo_positions(camera: Camera, distortion: Distortion) -> tuple[np.ndarray, np.ndarray]:
    """Where each pixel center of the pinhole picture lies in the photo: positions (H, W, 2) in pixels, valid (H, W)."""
    x = (np.arange(camera.width) + 0.5 - camera.cx) / camera.fl_x
    y = (np.arange(camera.height) + 0.5 - camera.cy) / camera.fl_y
    ideal = np.stack(np.meshgrid(x, y), -1)
    positions = distortion.apply(ideal) * (camera.fl_x, camera.fl_y) + (camera.cx, camera.cy)
    size = np.array([camera.width, camera.height])
    # Half a pixel of grace: the outermost pixels' own light reaches to the picture's edge.
    valid = ((positions >= 0) & (positions <= size)).all(-1)
    return positions, valid & (np.linalg.norm(ideal, axis=-1) < distortion.reach())


def undistort(planes: list[np.ndarray], camera: Camera, distortion: Distortion) -> tuple[list[np.ndarray], Camera]:
    """The pinhole pictures of planes (H, W) or (H, W, C), and the camera of their common crop.

    camera: the photo's intrinsics at the planes' size; `fl_x fl_y` stay, `cx cy` move with the crop.
    """
    if distortion.is_none:
        return planes, camera
    positions, valid = photo_positions(camera, distortion)
    left, top, right, bottom = largest_valid(valid)
    at = positions[top:bottom, left:right].transpose(2, 0, 1)[::-1] - 0.5
    cropped = replace(camera, width=right - left, height=bottom - top, cx=camera.cx - left, cy=camera.cy - top)
    return [_sample(plane, at) for plane in planes], cropped


def largest_valid(valid: np.ndarray) -> Crop:
    """A large rectangle of True in valid (H, W): sides that hold most False move in until none is left."""
    left, top, (bottom, right) = 0, 0, valid.shape
    while right - left > 1 and bottom - top > 1:
        inner = valid[top:bottom, left:right]
        missing = [1 - line.mean() for line in (inner[:, 0], inner[0], inner[:, -1], inner[-1])]
        worst = int(np.argmax(missing))
        if missing[worst] == 0 and inner.all():
            break
        left, top = left + (worst == 0), top + (worst == 1)
        right, bottom = right - (worst == 2), bottom - (worst == 3)
    return left, top, right, bottom


def _sample(plane: np.ndarray, at: np.ndarray) -> np.ndarray:
    """plane (H, W) or (H, W, C) with values in [0, 1] at rows and columns at (2, h, w), by cubic splines."""
    if plane.ndim == 3:
        return np.stack([_sample(plane[..., channel], at) for channel in range(plane.shape[2])], -1)
    sampled = ndimage.map_coordinates(plane, at, output=np.float32, order=3, mode="nearest")
    return np.clip(sampled, 0.0, 1.0)
