"""A pinhole camera with OpenGL axes, as in nerfstudio's transforms.json and Blender's camera.matrix_world.

Camera axes: +X right, +Y up, looking down -Z. Pixel coordinates: x to the right, y down, the first
pixel's centre at (0.5, 0.5).
"""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Camera:
    """Intrinsics in pixels of a `width` x `height` image, and the camera-to-world pose (4, 4)."""

    width: int
    height: int
    fl_x: float
    fl_y: float
    cx: float
    cy: float
    camera_to_world: np.ndarray

    @property
    def position(self) -> np.ndarray:
        """Optical centre (3,), world units."""
        return self.camera_to_world[:3, 3]

    @property
    def forward(self) -> np.ndarray:
        """Unit viewing direction (3,), world frame."""
        return -self.camera_to_world[:3, 2]

    @property
    def world_to_camera(self) -> np.ndarray:
        """Rigid inverse of the pose (4, 4)."""
        inverse = np.eye(4)
        inverse[:3, :3] = self.camera_to_world[:3, :3].T
        inverse[:3, 3] = -inverse[:3, :3] @ self.position
        return inverse

    def resized(self, width: int, height: int) -> "Camera":
        """The same camera for the same picture resampled to `width` x `height` pixels."""
        sx, sy = width / self.width, height / self.height
        return replace(
            self, width=width, height=height,
            fl_x=self.fl_x * sx, fl_y=self.fl_y * sy, cx=self.cx * sx, cy=self.cy * sy,
        )  # fmt: skip

    def moved(self, center: np.ndarray, scale: float) -> "Camera":
        """The camera in the frame where world point p becomes (p - center) / scale."""
        pose = self.camera_to_world.copy()
        pose[:3, 3] = (pose[:3, 3] - center) / scale
        return replace(self, camera_to_world=pose)

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """points (..., 3) world -> pixels (..., 2) and depth along the optical axis (...,), positive in front."""
        local = (points - self.position) @ self.camera_to_world[:3, :3]
        depth = -local[..., 2]
        safe = np.where(np.abs(depth) < 1e-12, 1e-12, depth)
        x = self.fl_x * local[..., 0] / safe + self.cx
        y = -self.fl_y * local[..., 1] / safe + self.cy
        return np.stack([x, y], -1), depth

    def rays(self, pixels: np.ndarray) -> np.ndarray:
        """pixels (..., 2) -> unit directions (..., 3) in the world frame."""
        x = (pixels[..., 0] - self.cx) / self.fl_x
        y = -(pixels[..., 1] - self.cy) / self.fl_y
        local = np.stack([x, y, -np.ones_like(x)], -1)
        world = local @ self.camera_to_world[:3, :3].T
        return world / np.linalg.norm(world, axis=-1, keepdims=True)

    def clip_matrix(self, near: float, far: float) -> np.ndarray:
        """World -> OpenGL clip space (4, 4): x, y, z / w in [-1, 1], +Y up, for depths in [near, far]."""
        w, h = self.width, self.height
        projection = np.array([
            [2 * self.fl_x / w, 0, 1 - 2 * self.cx / w, 0],
            [0, 2 * self.fl_y / h, 2 * self.cy / h - 1, 0],
            [0, 0, -(far + near) / (far - near), -2 * far * near / (far - near)],
            [0, 0, -1, 0],
        ])  # fmt: skip
        return projection @ self.world_to_camera
