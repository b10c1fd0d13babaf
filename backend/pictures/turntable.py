"""A turn around the subject as the photos saw it: at their distance, height and focal length."""

from collections.abc import Sequence

import numpy as np

from ..scene import Camera

_LEVEL = 0.15  # how far, as a sine, the photos' horizons may be from one plane to tell where up is


def turntable(
    cameras: Sequence[Camera], center: np.ndarray, count: int, size: tuple[int, int]
) -> tuple[Camera, ...]:
    """`count` cameras, evenly spaced on a circle around the vertical through `center` (3,); all look at the center.

    cameras  the capture's, in the frame of the result; the circle has the median of their distances, of their
             heights above the center as angles, and of their focal lengths
    size     width and height of the pictures in pixels

    The first one stands in the direction of the first of `cameras`; a step more would be the first one again.
    """
    up = vertical(cameras)
    offsets = np.stack([camera.position - center for camera in cameras])
    distances = np.linalg.norm(offsets, axis=1)
    elevation = np.median(np.arcsin(np.clip(offsets @ up / np.maximum(distances, 1e-12), -1, 1)))
    first = _horizontal(offsets[0], cameras[0], up)
    side = np.cross(up, first)
    focal = np.median([_focal_in_pictures(camera) for camera in cameras]) * max(size)
    path = []
    for angle in 2 * np.pi * np.arange(count) / count:
        around = np.cos(angle) * first + np.sin(angle) * side
        back = np.cos(elevation) * around + np.sin(elevation) * up
        pose = np.eye(4)
        right = np.cross(up, around)
        pose[:3, :3] = np.stack([right, np.cross(back, right), back], 1)
        pose[:3, 3] = center + np.median(distances) * back
        path.append(Camera(*size, focal, focal, size[0] / 2, size[1] / 2, pose))
    return tuple(path)


def vertical(cameras: Sequence[Camera]) -> np.ndarray:
    """The direction (3,) that was up for the photographers, of unit length.

    Photos are taken level: what is at a right angle to the right-hand sides of all cameras is the vertical, however
    far up or down they look. Where that says nothing (photos from one side only, or tilted), their mean upward side.
    """
    poses = np.stack([camera.camera_to_world for camera in cameras])
    mean = poses[:, :3, 1].mean(0)
    if np.linalg.norm(mean) < 1e-6:
        mean = poses[0, :3, 1]
    mean = mean / np.linalg.norm(mean)
    rights = poses[:, :3, 0]
    spread, axes = np.linalg.eigh(rights.T @ rights / len(rights))  # ascending: mean squared sines to the axes
    level = axes[:, 0] * np.sign(axes[:, 0] @ mean)
    is_clear = spread[0] < _LEVEL**2 and spread[1] > max(2 * spread[0], 0.01)
    return level if is_clear and level @ mean > 0.5 else mean


def _focal_in_pictures(camera: Camera) -> float:
    """Focal length in lengths of the picture's longer side."""
    return camera.fl_x / max(camera.width, camera.height)


def _horizontal(offset: np.ndarray, camera: Camera, up: np.ndarray) -> np.ndarray:
    """The offset's direction without its height; the camera's lower side where it looks straight down."""
    for direction in (offset, -camera.camera_to_world[:3, 1], camera.camera_to_world[:3, 0]):
        flat = direction - up * (direction @ up)
        if np.linalg.norm(flat) > 1e-3 * np.linalg.norm(direction):
            return flat / np.linalg.norm(flat)
    raise ValueError("a camera's pose is not a rotation")
