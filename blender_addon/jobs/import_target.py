"""The scene that a result goes to: the one that it was asked for in, for as long as there is that scene."""

import contextlib
from collections.abc import Callable, Iterator

import bpy

from ..results import result_import
from . import live_mesh

ImportSteps = Callable[..., Iterator[str]]  # on the main thread: puts what was loaded into the scene at hand


def key_of(scene: bpy.types.Scene) -> int:
    """What stays the same when a scene is renamed, and through undo; another file has other scenes."""
    return scene.session_uid


def find(key: int) -> bpy.types.Scene:
    """The scene of that key, or else the current one."""
    current = bpy.context.scene
    if current.session_uid == key:
        return current
    return next((scene for scene in bpy.data.scenes if scene.session_uid == key), current)


def steps_in_scene(import_steps: ImportSteps, key: int, *contents) -> Iterator[str]:
    """The same steps, each with the scene of that key as the one at hand."""
    scene = find(key)
    steps = import_steps(*contents)
    while True:
        with _at_hand(scene):
            try:
                text = next(steps)
            except StopIteration:
                return
        if text == result_import.PLACING:
            live_mesh.make_room()
        yield text
        scene.name  # noqa: B018 - a ReferenceError where it has been removed meanwhile: the import begins anew


def _at_hand(scene: bpy.types.Scene):
    """Nothing has to change where it is the current one: its window may show any of its view layers."""
    if scene == bpy.context.scene:
        return contextlib.nullcontext()
    return bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0])
