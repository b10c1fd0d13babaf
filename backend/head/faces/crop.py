"""A square part of a photo, turned upright and brought to a size that models and filters are made for."""

from dataclasses import dataclass

import cv2
import numpy as np

_COARSER = 0.7  # zoom below which the photo is blurred first: warpAffine does not average


@dataclass(frozen=True)
class Crop:
    """pixel of the crop = matrix @ (x, y, 1) for a pixel (x, y) of the photo; first pixels' centers at (0.5, 0.5).

    matrix (2, 3): a turn, a zoom and a shift; size: pixels along each side of the crop
    """

    matrix: np.ndarray
    size: int

    @classmethod
    def around(cls, center: np.ndarray, side: float, size: int, roll: float = 0.0) -> "Crop":
        """The square of `side` photo pixels around `center` (2,), turned by `roll` radians (x towards y)."""
        zoom = size / side
        turn = zoom * np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
        return cls(np.column_stack([turn, size / 2 - turn @ center]), size)

    @property
    def zoom(self) -> float:
        """Pixels of the crop for one of the photo."""
        return float(np.hypot(*self.matrix[:, 0]))

    def cut(self, photo: np.ndarray) -> np.ndarray:
        """photo (H, W, ...) uint8 or float32 -> (size, size, ...); beyond its edge the photo's border goes on."""
        if self.zoom < _COARSER:
            photo = cv2.GaussianBlur(photo, (0, 0), 0.4 / self.zoom)
        return cv2.warpAffine(photo, self._centered(), (self.size, self.size), borderMode=cv2.BORDER_REPLICATE)

    def put(self, plane: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        """plane (size, size) float32 of the crop -> (H, W) float32 of the photo of that shape; 0 outside."""
        if self.zoom > 1 / _COARSER:
            plane = cv2.GaussianBlur(plane, (0, 0), 0.4 * self.zoom)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(plane, self._centered(), shape[::-1], flags=flags, borderMode=cv2.BORDER_CONSTANT)

    def into(self, points: np.ndarray) -> np.ndarray:
        """points (N, 2) photo pixels -> (N, 2) crop pixels."""
        return points @ self.matrix[:, :2].T + self.matrix[:, 2]

    def out(self, points: np.ndarray) -> np.ndarray:
        """points (N, 2 or 3) crop pixels -> photo pixels; a third column, a depth, is only scaled."""
        flat = (points[:, :2] - self.matrix[:, 2]) @ np.linalg.inv(self.matrix[:, :2]).T
        return np.column_stack([flat, points[:, 2:] / self.zoom])

    def _centered(self) -> np.ndarray:
        """The matrix for OpenCV, whose first pixel's center is (0, 0)."""
        half = np.full(2, 0.5)
        return np.column_stack([self.matrix[:, :2], self.matrix[:, :2] @ half + self.matrix[:, 2] - half])
