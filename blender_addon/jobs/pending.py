"""Jobs that Blender left behind when it was closed: whole results that were never imported, and interrupted jobs.

They are looked for in a thread, when Blender starts and when a file is loaded; a panel shows what was found then.
"""

import os
import threading
from pathlib import Path

import bpy
from bpy.app.handlers import persistent

from ..panel import redraw_sidebars
from . import job_folder, task

LIMIT = 200  # of the newest folders of a place are looked into
_START, _AGAIN = 1.0, 0.2  # seconds until the first look at a search, and between two

_found: list[job_folder.LeftJob] = []
_search: "Search | None" = None


class Search(threading.Thread):
    """One look at some places, each a folder of job folders."""

    def __init__(self, places: list[Path]):
        super().__init__(name="Likeness jobs", daemon=True)
        self.found: list[job_folder.LeftJob] = []
        self._places = places

    def run(self) -> None:
        """Fills `found`, the newest first."""
        for place in self._places:
            self.found += [left for folder in newest(place) if (left := job_folder.left_job(folder)) is not None]


def newest(place: Path) -> list[Path]:
    """The newest folders in a place, the newest first; none where it cannot be read."""
    try:
        with os.scandir(place) as entries:
            folders = [(entry.stat().st_mtime, entry.path) for entry in entries if entry.is_dir()]
    except OSError:
        return []
    return [Path(path) for _, path in sorted(folders, reverse=True)[:LIMIT]]


def jobs() -> tuple[job_folder.LeftJob, ...]:
    """What was found and nobody has dealt with."""
    return tuple(_found)


def forget(folder: Path) -> None:
    """Show a job no longer."""
    _found[:] = [left for left in _found if left.folder != folder]


def places() -> list[Path]:
    """Where jobs may have been left: the extension's own folder, and where the scenes of this file send results."""
    chosen = [Path(bpy.path.abspath(scene.likeness.output)) for scene in bpy.data.scenes if scene.likeness.output]
    return list(dict.fromkeys([*task.own_parents(), *chosen]))


def look() -> None:
    """Look now, and wait for it."""
    search = Search(places())
    search.run()
    _found[:] = search.found


def _tick() -> float | None:
    """Begin a search, or take in what it has found."""
    global _search
    if _search is None:
        _search = Search(places())
        _search.start()
    if _search.is_alive():
        return _AGAIN
    _found[:], _search = _search.found, None
    redraw_sidebars()
    return None


@persistent
def _look_soon(*_) -> None:
    """Another file may name another folder."""
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=_START, persistent=True)


def register() -> None:
    """Look once Blender has started, and whenever a file is loaded."""
    _look_soon()
    bpy.app.handlers.load_post.append(_look_soon)


def unregister() -> None:
    """Look no more."""
    global _search
    _search = None
    _found.clear()
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    if _look_soon in bpy.app.handlers.load_post:
        bpy.app.handlers.load_post.remove(_look_soon)
