"""Keeps what the list shows up to date, a few photos at a time: whether files are there, cameras, small pictures."""

import bpy

from ..panel import redraw_sidebars
from . import photo_list, thumbnails

_BUSY, _IDLE = 0.05, 1.0  # seconds between two looks: while pictures are missing, and else
_PICTURES, _FILES = 2, 16  # per look
_next = 0  # number of the photo to look at


def start() -> None:
    """Begin to watch; with a window only, because there are no timers without."""
    if not bpy.app.background and not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=_IDLE, persistent=True)


def stop() -> None:
    """Leave no timer and no picture behind."""
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    thumbnails.clear()


def step(scene) -> bool:
    """Look at the next few photos of the scene; whether pictures are still missing."""
    global _next
    photos = scene.likeness.photos
    _next = _next if _next < len(photos) else 0
    changed = photo_list.look(scene, _next, _FILES)
    _next += _FILES
    loaded = thumbnails.load([photo.path for photo in photos], _PICTURES)
    turned = not loaded and thumbnails.turn_one()
    if changed or loaded or turned:
        redraw_sidebars()
    return loaded


def _tick() -> float:
    return _BUSY if step(bpy.context.scene) else _IDLE
