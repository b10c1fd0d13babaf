"""A textured ellipsoid photographed by exact ray casting: a capture whose truth is a formula."""

import numpy as np

from backend.scene import Camera, View

RADII = np.array([0.62, 0.5, 0.72])  # normalized lengths


def orbit_camera(azimuth: float, elevation: float, size: int = 96, distance: float = 4.0, focal: float = 2.4) -> Camera:
    """A camera that looks at the origin; angles in degrees, focal in picture widths."""
    a, e = np.radians([azimuth, elevation])
    back = np.array([np.sin(a) * np.cos(e), -np.cos(a) * np.cos(e), np.sin(e)])
    right = np.cross([0.0, 0.0, 1.0], back)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(back, right), back], 1)
    pose[:3, 3] = distance * back
    return Camera(size, size, focal * size, focal * size, size / 2, size / 2, pose)


def pattern(points: np.ndarray) -> np.ndarray:
    """points (..., 3) -> color (..., 3) in [0, 1], rich in detail at every place."""
    x, y, z = np.moveaxis(points, -1, 0)
    waves = np.stack([np.sin(17 * x + 3 * z) * np.cos(13 * z), np.sin(15 * y - 9 * z), np.cos(19 * x + 11 * y)], -1)
    mixed = waves @ np.array([[0.5, 0.2, 0.3], [0.3, 0.5, 0.2], [0.2, 0.3, 0.5]])
    return 0.5 + 0.4 * mixed


def photograph(camera: Camera, name: str, radii: np.ndarray = RADII, supersampling: int = 3) -> View:
    """The ellipsoid with semi-axes `radii` seen by the camera, antialiased."""
    ss = supersampling
    fine = camera.resized(camera.width * ss, camera.height * ss)
    rows, columns = np.indices((fine.height, fine.width)) + 0.5
    rays = fine.rays(np.stack([columns, rows], -1))
    o, d = camera.position / radii, rays / radii
    a, b, c = (d * d).sum(-1), (d @ o), o @ o - 1
    root = b * b - a * c
    hit = root > 0
    points = camera.position + rays * ((-b - np.sqrt(np.maximum(root, 0))) / a)[..., None]
    color = np.where(hit[..., None], pattern(points), 0.2)
    shape = (camera.height, ss, camera.width, ss)
    photo = color.reshape(*shape, 3).mean((1, 3)).astype(np.float32)
    return View(name, photo, hit.reshape(shape).mean((1, 3)).astype(np.float32), camera)


def orbit(count: int = 12, size: int = 96) -> tuple[View, ...]:
    """Photos from all around, at three heights."""
    heights = [0, 25, -20]
    return tuple(photograph(orbit_camera(360 * k / count, heights[k % 3], size), f"{k:03d}") for k in range(count))


def off_the_ellipsoid(points: np.ndarray, radii: np.ndarray = RADII) -> np.ndarray:
    """points (N, 3) -> distance from the ellipsoid (N,), to first order, signed, positive outside."""
    level = np.linalg.norm(points / radii, axis=1)
    return (level - 1) * level / np.linalg.norm(points / radii**2, axis=1)
