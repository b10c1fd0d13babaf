"""The pictures that a result shows of itself: photo | texture | clay from several views, and a portrait."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ..scene import Camera, Surface, TexturedSurface, View
from .raster import sample
from .shade import draw_clay, draw_unlit

_PAPER = 0.93  # sRGB gray of the sheet
_GAP = 6  # pixels between pictures
_FRAME = 0.04  # of a photo's longer side, kept around the subject


@dataclass(frozen=True)
class Row:
    """One line of a contact sheet: pictures of one size (H, W, 3), sRGB in [0, 1]."""

    photo: np.ndarray
    texture: np.ndarray
    clay: np.ndarray


def pictures_of(textured: TexturedSurface, views: Sequence[View]) -> tuple[np.ndarray, np.ndarray]:
    """Preview and contact sheet; of photos that show much else, the part with the subject. One frame for all."""
    views = [view.cropped(_FRAME) for view in views]
    return preview(textured, views), contact_sheet(rows_of(textured, views))


def rows_of(textured: TexturedSurface, views: Sequence[View], count: int = 6, side: int = 320) -> list[Row]:
    """Rows for `count` of the views, as different as they come, drawn `side` pixels long; same frame as the views."""
    rows = []
    for view in _spread(views, count):
        shrink = side / max(view.camera.width, view.camera.height)
        camera = view.camera.resized(round(view.camera.width * shrink), round(view.camera.height * shrink))
        size = camera.width, camera.height
        photo = Image.fromarray((view.photo * 255).astype(np.uint8)).resize(size, Image.Resampling.LANCZOS)
        rows.append(Row(np.asarray(photo, np.float32) / 255, *_pair(textured, camera, _PAPER)))
    return rows


def contact_sheet(rows: Sequence[Row]) -> np.ndarray:
    """The rows under one another on paper, two columns of them when there are more than three: (H, W, 3)."""
    cells = [_beside([row.photo, row.texture, row.clay]) for row in rows]
    if len(cells) <= 3:
        return _framed(_stacked(cells))
    half = (len(cells) + 1) // 2
    return _framed(_beside([_stacked(cells[:half]), _stacked(cells[half:])], 3 * _GAP))


def preview(
    textured: TexturedSurface,
    views: Sequence[View],
    side: int = 640,
    front: np.ndarray | None = None,
    up: np.ndarray | None = None,
) -> np.ndarray:
    """Texture and clay side by side from three quarters: (side, 2 side, 3) sRGB.

    front  from the subject to who stands before it; the first photo's camera where it is not known
    up     world direction; the photos' mean upward direction where it is not known
    """
    poses = np.stack([view.camera.camera_to_world for view in views])
    center = (textured.surface.vertices.max(0) + textured.surface.vertices.min(0)) / 2.0
    up = _unit(poses[:, :3, 1].mean(0) if up is None else np.asarray(up, float), fallback=poses[0, :3, 1])
    front = poses[0, :3, 3] - center if front is None else np.asarray(front, float)
    camera = _three_quarter(textured.surface, center, front, up, side)
    return np.concatenate(_pair(textured, camera, _backdrop(side)), 1)


def _pair(textured: TexturedSurface, camera: Camera, background: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Texture and clay, each (H, W, 3)."""
    samples = sample(textured.surface, camera)
    texture = draw_unlit(textured, camera, background, samples=samples)[0]
    return texture, draw_clay(textured.surface, camera, background, samples=samples)[0]


def _three_quarter(surface: Surface, center: np.ndarray, front: np.ndarray, up: np.ndarray, side: int) -> Camera:
    """A portrait lens that holds the whole surface, 32 degrees beside and 8 above its front."""
    front = _unit(front - up * (front @ up), fallback=np.cross(up, _across(up)))
    right = np.cross(up, front)
    yaw, pitch = np.radians(32), np.radians(8)
    back = (front * np.cos(yaw) + right * np.sin(yaw)) * np.cos(pitch) + up * np.sin(pitch)
    x = _unit(np.cross(up, back), fallback=right)
    axes = np.stack([x, np.cross(back, x), back], 1)
    local = (surface.vertices - center) @ axes
    reach = np.abs(local[:, :2]).max() * 1.08
    distance = reach * 6 + max(local[:, 2].max(), 0)
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = axes, center + back * distance
    focal = side / 2 * (distance - max(local[:, 2].max(), 0)) / reach
    return Camera(side, side, focal, focal, side / 2, side / 2, pose)


def _unit(vector: np.ndarray, fallback: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(vector)
    return vector / length if length > 1e-6 else fallback / max(np.linalg.norm(fallback), 1e-12)


def _across(direction: np.ndarray) -> np.ndarray:
    """Any unit vector at a right angle to the direction."""
    return _unit(np.cross(direction, np.eye(3)[np.argmin(np.abs(direction))]), fallback=np.eye(3)[0])


def _backdrop(side: int) -> np.ndarray:
    """A dark gray, lighter behind the subject."""
    y, x = (np.indices((side, side)) + 0.5) / side - 0.5
    glow = np.exp(-(x**2 + (y + 0.05) ** 2) / 0.22)
    return (np.array([0.20, 0.205, 0.215]) + 0.22 * glow[..., None]).astype(np.float32)


def _spread(views: Sequence[View], count: int) -> list[View]:
    """Up to `count` views, the first and then always the one whose direction differs most from those chosen."""
    directions = np.stack([view.camera.forward for view in views])
    chosen = [0]
    while len(chosen) < min(count, len(views)):
        likeness = (directions @ directions[chosen].T).max(1)
        likeness[chosen] = np.inf
        chosen.append(int(likeness.argmin()))
    return [views[index] for index in sorted(chosen)]


def _beside(pictures: Sequence[np.ndarray], gap: int = _GAP) -> np.ndarray:
    high = max(picture.shape[0] for picture in pictures)
    parts = []
    for picture in pictures:
        room = high - picture.shape[0]
        parts += [np.pad(picture, ((room // 2, room - room // 2), (0, 0), (0, 0)), constant_values=_PAPER)]
        parts += [np.full((high, gap, 3), _PAPER, np.float32)]
    return np.concatenate(parts[:-1], 1)


def _stacked(pictures: Sequence[np.ndarray]) -> np.ndarray:
    wide = max(picture.shape[1] for picture in pictures)
    parts = []
    for picture in pictures:
        parts += [np.pad(picture, ((0, _GAP), (0, wide - picture.shape[1]), (0, 0)), constant_values=_PAPER)]
    return np.concatenate(parts, 0)[:-_GAP]


def _framed(picture: np.ndarray) -> np.ndarray:
    return np.pad(picture, ((_GAP, _GAP), (_GAP, _GAP), (0, 0)), constant_values=_PAPER).astype(np.float32)
