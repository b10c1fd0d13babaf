"""Pictures of what `concavity` measures: the true surface with each place's points in red, from near."""

from pathlib import Path

import numpy as np
from PIL import Image

from backend.pictures.raster import sample
from backend.scene import Camera, Surface

from .surfaces import face_normals, nearest

_TURNS = (-50.0, 0.0, 50.0)  # degrees about +Z from where the place's points look to
_SIDE = 420  # pixels
_AWAY = 20.0  # of the camera, in radii of what it shows
_RADIUS = 0.04  # metres around the place


def draw_places(surface: Surface, points: np.ndarray, members: dict[str, np.ndarray], path: Path) -> None:
    """A row of three views for each place; of a place on both sides the subject's left is shown."""
    owner = nearest(surface, points)[1]
    total = np.maximum(np.bincount(owner, minlength=len(surface.faces)), 1)
    rows = []
    for member in members.values():
        marked = np.bincount(owner, member, len(surface.faces)) / total
        left = member & (points[:, 0] >= 0)
        shown = left if left.any() else member
        center, outward = points[shown].mean(0), face_normals(surface)[owner[shown]].mean(0)
        facing = np.degrees(np.arctan2(outward[0], -outward[1]))
        rows.append(np.concatenate([_close_up(surface, marked, center, facing + turn) for turn in _TURNS], 1))
    Image.fromarray((np.concatenate(rows) * 255).astype(np.uint8)).save(path)


def _close_up(surface: Surface, marked: np.ndarray, center: np.ndarray, azimuth: float) -> np.ndarray:
    """The surface around a point, a little from below; marked (F,) in [0, 1] is how red a face is."""
    angle = np.radians(azimuth)
    back = np.array([np.sin(angle), -np.cos(angle), -0.25])
    back /= np.linalg.norm(back)
    right = np.cross([0, 0, 1.0], back)
    right /= np.linalg.norm(right)
    up = np.cross(back, right)
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = np.stack([right, up, back], 1), center + _AWAY * _RADIUS * back
    focal = _SIDE / 2 * _AWAY
    seen = sample(surface, Camera(_SIDE, _SIDE, focal, focal, _SIDE / 2, _SIDE / 2, pose), across=1)
    light = 0.25 + 0.7 * np.clip(face_normals(surface) @ (0.6 * back + 0.5 * up + 0.6 * right), 0, 1)
    color = light[:, None] * (1 - marked[:, None] * [0.0, 0.8, 0.8])
    picture = np.ones((_SIDE, _SIDE, 3))
    picture[seen.hit] = color[seen.face[seen.hit]]
    return picture
