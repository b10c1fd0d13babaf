"""Where the cameras stand around a head, and what they see of it.

The least squares use OpenCV's camera axes (+X right, +Y down, +Z ahead): point = rotation @ world + translation.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from ...scene import Camera

_FLIP = np.diag([1.0, -1.0, -1.0])  # OpenGL's camera axes <-> OpenCV's


@dataclass(frozen=True)
class Pose:
    """World -> camera, OpenCV axes: rotation (3, 3), translation (3,) in the world's unit."""

    rotation: np.ndarray
    translation: np.ndarray

    @classmethod
    def of(cls, camera: Camera) -> "Pose":
        """The pose of a camera."""
        rotation = _FLIP @ camera.camera_to_world[:3, :3].T
        return cls(rotation, -rotation @ camera.position)

    def camera(self, width: int, height: int, focal: float) -> Camera:
        """The camera at this pose, its axis through the middle of the picture."""
        pose = np.eye(4)
        pose[:3, :3] = self.rotation.T @ _FLIP
        pose[:3, 3] = -self.rotation.T @ self.translation
        return Camera(width, height, focal, focal, width / 2, height / 2, pose)


def stand(points: np.ndarray, pixels: np.ndarray, focal: float, center: tuple[float, float]) -> Pose:
    """points (M, 3) world, pixels (M, 2) -> the pose that sees them there (SQPNP, Terzakis and Lourakis 2020)."""
    lens = np.array([[focal, 0, center[0]], [0, focal, center[1]], [0, 0, 1.0]])
    points, pixels = np.ascontiguousarray(points, float), np.ascontiguousarray(pixels, float)
    _, turn, shift = cv2.solvePnP(points, pixels, lens, None, flags=cv2.SOLVEPNP_SQPNP)
    turn, shift = cv2.solvePnPRefineLM(points, pixels, lens, None, turn, shift)
    return Pose(cv2.Rodrigues(turn)[0], shift[:, 0])
