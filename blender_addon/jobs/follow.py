"""Following the jobs of this Blender: a timer, and what has to happen when an undo or another file sweeps things away.

A tick must not be felt: it runs between two redraws of the window.
"""

import time

import bpy
from bpy.app.handlers import persistent

from ..link import protocol
from ..panel import redraw_sidebars
from ..translations.language import translated
from . import import_target, job, live_mesh, live_preview, task, waiting

BUSY_INTERVAL, IMPORT_INTERVAL = 0.1, 0.02  # seconds between two ticks
_WAIT = 0.02  # seconds between two looks of an operator that waits
IMPORT_BUDGET = 0.08  # seconds of importing per tick: Blender draws the 3D view anew after each
_SPACING = 1.0  # seconds between two redraws: without a graphics card one takes longer than all that we do

_drawn_at = -_SPACING
_is_stale = False  # whether the panels show less than is known


def start_or_queue(operator, what: task.Task) -> set[str]:
    """What an operator returns that has made a task: at once, or with `wait` and without a window at its end.

    UserError where it cannot be begun.
    """
    before = waiting.submit(what)
    if waits(operator):
        return wait_for(operator, what)
    follow()
    if before:
        operator.report({"INFO"}, translated(f"It waits in the Job panel: {before} before it"))
    return {"FINISHED"}


def waits(operator) -> bool:
    """Whether an operator returns at the end of its job only: where it is asked to, and where timers do not run."""
    return operator.wait or bpy.app.background


def wait_for(operator, what: task.Task) -> set[str]:
    """Tick until the task has ended; what the operator returns then."""
    while True:
        running = job.current()
        tick()
        if running.task is what and running.final is not None:
            follow()  # what waits behind it
            return _reported(operator, running)
        if running.importing:
            continue
        time.sleep(_WAIT)


def _reported(operator, ended: job.Job) -> set[str]:
    for text in ended.warnings:
        operator.report({"WARNING"}, translated(text))
    if isinstance(ended.final, protocol.Failed):
        operator.report({"ERROR"}, translated(ended.final.message))
    if not isinstance(ended.final, protocol.Result):
        return {"CANCELLED"}
    operator.report({"INFO"}, translated(f"Written to {ended.final.folder}"))
    return {"FINISHED"}


def follow() -> None:
    """Tick until nothing is left to do."""
    if not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=BUSY_INTERVAL, persistent=True)


def tick() -> float | None:
    """Take in what has happened and show it; seconds until the next tick, None where nothing is left to do."""
    global _is_stale
    running = job.current()
    if running is None:
        return None
    scene = import_target.find(running.task.scene)
    running.read_meshes(scene.likeness.live)
    if running.poll(IMPORT_BUDGET if running.importing else job.POLL_BUDGET):
        if (path := running.take_preview()) is not None:
            live_preview.show(path)
        _is_stale = True
    _redraw_when_due(running)
    if running.final is not None:
        live_preview.clear()
        live_mesh.clear()
        return BUSY_INTERVAL if waiting.start_next() else None
    _show_mesh(running, scene)
    return IMPORT_INTERVAL if running.importing else BUSY_INTERVAL


def _redraw_when_due(running: job.Job) -> None:
    """Not at every word of a backend, but at the last one."""
    global _drawn_at, _is_stale
    if _is_stale and (running.final is not None or time.monotonic() - _drawn_at >= _SPACING):
        _drawn_at, _is_stale = time.monotonic(), False
        redraw_sidebars()


def _show_mesh(running: job.Job, scene: bpy.types.Scene) -> None:
    """The surface so far. While the result is imported the last one stays, until that takes its place."""
    if running.importing:
        return
    if not scene.likeness.live:
        live_mesh.clear()
    elif live_mesh.is_due():
        live_mesh.show(running.take_mesh(), scene)


@persistent
def _after_undo(*_) -> None:
    """An undo has swept away what a half import has made, and may have brought back a surface of an earlier fit."""
    if job.current() is not None:
        job.current().restart_import()
    live_mesh.lose()
    if job.is_idle() and not bpy.app.timers.is_registered(_sweep):
        bpy.app.timers.register(_sweep, first_interval=0.0)  # not in the middle of the undo


@persistent
def _after_load(*_) -> None:
    """The same for another file; a file that Blender saved by itself may hold a surface of a fit on its way."""
    if job.is_idle():
        live_mesh.sweep()
    else:
        job.current().restart_import()
        live_mesh.make_room()


@persistent
def _before_save(*_) -> None:
    """A surface of a fit on its way is in no file."""
    if not job.is_idle():
        live_mesh.make_room()


def _sweep() -> None:
    live_mesh.sweep()


def _handlers() -> list[tuple]:
    handlers = bpy.app.handlers
    return [
        (handlers.undo_post, _after_undo), (handlers.redo_post, _after_undo), (handlers.load_post, _after_load),
        (handlers.save_pre, _before_save),
    ]  # fmt: skip


def register() -> None:
    """Be told of undo, of files loaded and saved; outlasts files."""
    for handlers, handler in _handlers():
        handlers.append(handler)


def unregister() -> None:
    """End all jobs; leave no timer, no handler, no picture and no surface behind."""
    waiting.close()
    job.close()
    live_preview.clear()
    live_mesh.clear()
    for timer in (tick, _sweep):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    for handlers, handler in _handlers():
        if handler in handlers:
            handlers.remove(handler)
