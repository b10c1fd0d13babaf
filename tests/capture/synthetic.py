"""Small captures of an ellipsoid, or of an upright capsule without an end, rasterized exactly."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from backend.scene import Camera, View

SHARED = Path(__file__).resolve().parents[3] / "shared" / "captures"


def look_at(position, target, up=(0.0, 0.0, 1.0)) -> np.ndarray:
    """Camera-to-world (4, 4), OpenGL axes."""
    position, target = np.asarray(position, float), np.asarray(target, float)
    back = position - target
    back /= np.linalg.norm(back)
    right = np.cross(up, back)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(back, right), back], 1)
    pose[:3, 3] = position
    return pose


def ring(count=8, distance=4.0, center=(0, 0, 0), side=96, focal=150.0, tilt=0.35) -> list[Camera]:
    """Cameras around `center`, every other one looking down and up by `tilt` radians."""
    center, cameras = np.asarray(center, float), []
    for number in range(count):
        azimuth, elevation = 2 * np.pi * number / count, tilt * (-1) ** number
        flat = np.array([np.sin(azimuth), -np.cos(azimuth), 0]) * np.cos(elevation)
        position = center + distance * np.add(flat, [0, 0, np.sin(elevation)])
        pose = look_at(position, center)
        cameras.append(Camera(side, side, focal, focal, side / 2, side / 2, pose))
    return cameras


def draw(camera: Camera, radii=(1.0, 0.8, 0.6), center=(0, 0, 0), endless=False) -> np.ndarray:
    """Mask (H, W) float32 of the ellipsoid; `endless`: its lower half goes on downwards as a tube."""
    x, y = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    rays = camera.rays(np.stack([x, y], -1)) / radii
    origin = (camera.position - center) / radii

    def meets(rays, origin):
        a, b, c = (rays**2).sum(-1), (rays * origin).sum(-1), (origin**2).sum() - 1
        return b**2 - a * c, (-b / np.maximum(a, 1e-12))

    root, nearest = meets(rays, origin)
    hit = (root > 0) & (nearest > 0)
    if endless:
        root, nearest = meets(rays[..., :2], origin[:2])
        a = (rays[..., :2] ** 2).sum(-1)
        for sign in (-1, 1):
            height = origin[2] + (nearest + sign * np.sqrt(np.maximum(root, 0)) / np.maximum(a, 1e-12)) * rays[..., 2]
            hit |= (root > 0) & (nearest > 0) & (height < 0)
    return hit.astype(np.float32)


def views_of(cameras, **shape) -> list[View]:
    """Views with gray photos and exact masks."""
    views = []
    for number, camera in enumerate(cameras):
        mask = draw(camera, **shape)
        views.append(View(f"{number:03d}", np.repeat(mask[..., None], 3, -1), mask, camera))
    return views


def write_capture(folder: Path, cameras, alpha=True, **shape) -> dict:
    """Photos (with the mask as alpha channel) and the transforms.json document, which is written and returned."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = []
    for number, camera in enumerate(cameras):
        mask = (draw(camera, **shape) * 255).astype(np.uint8)
        rgb = np.stack([mask // 2 + 60, mask // 4 + 40, 200 - mask // 2], -1)
        picture = np.dstack([rgb, mask]) if alpha else rgb
        Image.fromarray(picture).save(folder / f"{number:03d}.png")
        frames.append({"file_path": f"{number:03d}.png", "transform_matrix": camera.camera_to_world.tolist()})
    one = cameras[0]
    document = {"w": one.width, "h": one.height, "fl_x": one.fl_x, "fl_y": one.fl_y, "cx": one.cx, "cy": one.cy}
    return save(folder, {**document, "frames": frames})


def save(folder: Path, document: dict) -> dict:
    """Write transforms.json."""
    (folder / "transforms.json").write_text(json.dumps(document))
    return document
