"""Which files and folders are there: polls ask at each redraw, and must not wait for a disk that may be slow.

With a window a timer looks, at what was asked for before; without one each question is answered by a look.
"""

from pathlib import Path

import bpy

_INTERVAL = 2.0  # seconds between two looks
_LARGEST = 100  # paths; more than that are of files that were closed long ago

_there: dict[Path, bool] = {}


def is_there(path: Path) -> bool:
    """Whether there is a file or a folder, as it was at the last look."""
    if bpy.app.background:
        return path.exists()
    if path not in _there:
        _there[path] = path.exists()
    return _there[path]


def start() -> None:
    """Begin to look, where there is a window."""
    if not bpy.app.background:
        bpy.app.timers.register(look, first_interval=_INTERVAL, persistent=True)


def stop() -> None:
    """Look no more."""
    _there.clear()
    if bpy.app.timers.is_registered(look):
        bpy.app.timers.unregister(look)


def look() -> float:
    """Look again at all that was asked for; returns the seconds until the next time."""
    if len(_there) > _LARGEST:
        _there.clear()
    for path in list(_there):
        _there[path] = path.exists()
    return _INTERVAL
