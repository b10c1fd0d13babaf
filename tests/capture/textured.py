"""A patterned egg on a patterned table, ray traced: what structure from motion can work with."""

from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from backend.scene import Camera

RADII = np.array([1.0, 0.8, 1.1])
FLOOR = -1.1  # height of the table


def render(camera: Camera, turn: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """(H, W, 3) uint8 and the egg's mask (H, W) float32. turn: radians by which the egg, not the table, has turned."""
    x, y = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    rays = camera.rays(np.stack([x, y], -1))
    c, s = np.cos(turn), np.sin(turn)
    spin = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    origin, local = spin @ camera.position / RADII, rays @ spin.T / RADII
    a, b = (local**2).sum(-1), (local * origin).sum(-1)
    root = b**2 - a * ((origin**2).sum() - 1)
    hit = root > 0
    depth = np.where(hit, (-b - np.sqrt(np.maximum(root, 0))) / a, 0)
    egg = _pattern((origin + local * depth[..., None]) * RADII, seed=1)
    below = np.where(rays[..., 2] < -0.02, (FLOOR - camera.position[2]) / np.minimum(rays[..., 2], -0.02), 0)
    table = np.where(below > 0, _pattern(camera.position + rays * below[..., None], seed=2), 0.5)
    gray = np.where(hit, egg, table)
    return np.repeat((gray * 255).astype(np.uint8)[..., None], 3, -1), hit.astype(np.float32)


def save(folder: Path, cameras: list[Camera], turns=None) -> tuple[list[Path], list[np.ndarray]]:
    """The photos' paths, and the egg's masks."""
    photos, masks = [], []
    for number, camera in enumerate(cameras):
        picture, mask = render(camera, 0.0 if turns is None else turns[number])
        photos.append(folder / f"{number:02d}.png")
        Image.fromarray(picture).save(photos[-1])
        masks.append(mask)
    return photos, masks


def _pattern(points: np.ndarray, seed: int) -> np.ndarray:
    """Spots of two sizes at points (..., 3), in [0, 1]."""
    values = np.random.default_rng(seed).random((32, 32, 32))
    coarse, fine = (
        ndimage.map_coordinates(values, np.moveaxis(points * scale, -1, 0) % 31, order=1) for scale in (5.0, 13.0)
    )
    return np.clip(0.6 * coarse + 0.4 * fine, 0, 1)
