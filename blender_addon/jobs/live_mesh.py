"""The surface of a fit on its way, as an object that stands in the scene until the result takes its place.

It is no part of the artist's work: it is in no file, and what an undo brings back of it goes again. As an undo may also
take it away at any moment, nothing here keeps a reference to it: it is known by a mark.
"""

import time

import bpy
import numpy as np

from ..link import surface
from ..results import framing, result_import

NAME = "Likeness (fitting)"
MARK = "likeness_fitting"  # property of the object, and of a collection that was made for it
SPACING = 2.0  # seconds from one surface to the next, at the least

_last: surface.Surface | None = None
_shown_at = -np.inf
_is_lost = False


def is_due() -> bool:
    """Whether the time for another surface has come."""
    return time.monotonic() - _shown_at >= SPACING


def show(newest: surface.Surface | None, scene: bpy.types.Scene) -> None:
    """Show a surface, world frame; None: the last one again, where it is lost."""
    global _last, _shown_at, _is_lost
    if newest is None and not _is_lost:
        return
    _last, _shown_at, _is_lost = newest or _last, time.monotonic(), False
    first, *others = _objects() or [None]
    _remove(others)
    _fill(first.data if first is not None else _place(scene), _last)
    if first is None:
        framing.frame(_last.vertices, scene)


def lose() -> None:
    """An undo or another file may have taken it away: it is shown again when the next one is due."""
    global _is_lost
    _is_lost = _last is not None


def make_room() -> None:
    """Take it out of the scene for a moment: for a file that is saved, or for good where the result is placed."""
    _remove(_objects())
    lose()


def clear() -> None:
    """Take it out of the scene, where it was shown."""
    if _last is not None:
        sweep()


def sweep() -> None:
    """Take out all that there is of it, whoever brought it here."""
    global _last, _shown_at, _is_lost
    _last, _shown_at, _is_lost = None, -np.inf, False
    _remove(_objects())
    for collection in [collection for collection in bpy.data.collections if MARK in collection]:
        if collection.objects or collection.children:
            del collection[MARK]
        else:
            bpy.data.collections.remove(collection)


def _fill(mesh: bpy.types.Mesh, shown: surface.Surface) -> None:
    """Give a mesh other geometry. It stays the same datablock: an undo just after one was removed can crash Blender."""
    if mesh.is_editmode:
        return
    corners = shown.faces.size
    mesh.clear_geometry()
    mesh.vertices.add(len(shown.vertices))
    mesh.vertices.foreach_set("co", np.ascontiguousarray(shown.vertices, np.float32).ravel())
    mesh.loops.add(corners)
    mesh.loops.foreach_set("vertex_index", np.ascontiguousarray(shown.faces, np.int32).ravel())
    mesh.polygons.add(len(shown.faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, corners, 3, dtype=np.int32))
    mesh.update(calc_edges=True)
    mesh.shade_smooth()


def _place(scene: bpy.types.Scene) -> bpy.types.Mesh:
    """A new object in the scene; returns its mesh, still empty."""
    before = set(scene.collection.children_recursive)
    collection = result_import.likeness_collection(scene)
    if collection not in before:
        collection[MARK] = True
    built = bpy.data.objects.new(NAME, bpy.data.meshes.new(NAME))
    built[MARK] = True
    built.hide_select = built.hide_render = True
    collection.objects.link(built)
    return built.data


def _objects() -> list[bpy.types.Object]:
    return [built for built in bpy.data.objects if MARK in built]


def _remove(objects: list[bpy.types.Object]) -> None:
    for built in objects:
        data = built.data
        bpy.data.objects.remove(built)
        if data is not None and data.users == 0:
            bpy.data.meshes.remove(data)
    if objects:
        bpy.context.view_layer.update()  # lets go of what was removed, before an undo in the same moment
