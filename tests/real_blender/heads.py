"""Synthetic heads of any size: a ball with two eyes, with every key, and textures that are as large as real ones."""

from pathlib import Path

import numpy as np

from backend.asset.writer import write_result
from backend.scene import Maps, Surface, TexturedSurface, UvAtlas
from backend.scene.head import FACE
from tests.asset import subjects
from tests.blender_addon import rigged


def write_head(folder: Path, vertices: int = 2000, side: int = 64, scale: float = 1.0) -> Path:
    """A whole result whose skin has about `vertices` vertices and whose four textures have side² texels.

    Heads of the same number of vertices are of the same topology, whatever their scale.
    """
    surface, region, uvs = ball(vertices, scale)
    textured = TexturedSurface(surface, UvAtlas(uvs, surface.faces), maps(side))
    report = {"settings": {"subject": "head"}, "held_out": {"psnr": 29.1, "iou": 0.995}, "seconds": {"total": 61.0}}
    photos = folder.parent / "photos"
    photos.mkdir(parents=True, exist_ok=True)
    made = rigged.rig(surface, region)
    return write_result(folder, subjects.result(photos, textured=textured, report=report, rig=made))


def ball(count: int, scale: float = 1.0) -> tuple[Surface, np.ndarray, np.ndarray]:
    """A grid rolled up to a ball, and the eyes of rigged.py: the surface, its regions (V,), its coordinates (V, 2)."""
    rows = round(np.sqrt(count / 2))
    down, around = (part.ravel() for part in np.meshgrid(
        np.linspace(0.01, np.pi - 0.01, rows), np.arange(2 * rows) * np.pi / rows
    ))  # fmt: skip
    points = 0.1 * np.stack([np.sin(down) * np.cos(around), np.sin(down) * np.sin(around), np.cos(down)], 1)
    corner = (np.arange(2 * rows)[:, None] * rows + np.arange(rows - 1)).ravel()
    beside = (corner + rows) % len(points)
    faces = np.concatenate([np.stack([corner, corner + 1, beside], 1), np.stack([beside, corner + 1, beside + 1], 1)])
    eyes, region = rigged.surface(0)
    own = region != FACE
    whole = np.concatenate([eyes.vertices[own], points]) * scale
    joined = np.concatenate([eyes.faces[own[eyes.faces].all(1)], faces + own.sum()])
    region = np.concatenate([region[own], np.full(len(points), FACE, np.uint8)])
    uvs = np.concatenate([np.zeros((own.sum(), 2)), np.stack([around / (2 * np.pi), down / np.pi], 1)])
    return Surface(whole.astype(np.float32), joined.astype(np.int32)), region, uvs.astype(np.float32)


def maps(side: int, seed: int = 0) -> Maps:
    """Textures with the grain of photos: they cannot be packed to nothing."""
    rng = np.random.default_rng(seed)
    grain = rng.normal(0, 0.02, (side, side, 1)).astype(np.float32)
    ramp = np.linspace(0.3, 0.8, side, dtype=np.float32)[:, None, None]
    skin = np.clip(ramp * np.float32([1.0, 0.75, 0.65]) + grain, 0, 1)
    normal = np.clip(np.float32([0.5, 0.5, 1.0]) + grain * np.float32([1, 1, 0]), 0, 1)
    return Maps(skin, 0.9 * skin, normal, np.clip(ramp + grain, 0, 1))
