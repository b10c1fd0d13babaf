"""Which object is meant by what is selected, and the result folder that it came from."""

from pathlib import Path

import bpy

from ..rigs import head_object
from ..views import result_cameras
from . import disk_watch

COLLECTION = "Likeness"  # of the results, in each scene
RESULT = result_cameras.RESULT
FIGURES = "likeness_figures"  # property of the mesh object: what the panel shows of its result
CLEAN = "likeness_clean"  # property of the mesh object: whether it is the clean mesh of its result


def is_result(built: bpy.types.Object | None) -> bool:
    """Whether the object is a mesh that was imported from a result."""
    return built is not None and built.type == "MESH" and RESULT in built


def target_of(context) -> bpy.types.Object | None:
    """The active head or object of a result, that of the active photo camera, a selected one, or the only one.

    Panels ask at each redraw: only what is selected and the results' collection is looked through, not the scene.
    """
    active = context.active_object
    for built in (head_object.head_of(context), active):
        if is_result(built):
            return built
    every = _all_of(context)
    of_camera = active.get(RESULT) if active is not None and result_cameras.VIEW in active else None
    for candidates in (
        [built for built in every if of_camera is not None and built[RESULT] == of_camera],
        [built for built in every if built.select_get()],
        [built for built in every if built.visible_get()],
        every,
    ):
        if len(candidates) == 1:
            return candidates[0]
    return None


def _all_of(context) -> list[bpy.types.Object]:
    collections = [found for found in context.scene.collection.children_recursive if is_ours(found)]
    objects = (*context.view_layer.objects.selected, *(built for found in collections for built in found.objects))
    return [built for built in dict.fromkeys(objects) if is_result(built)]


def is_ours(collection: bpy.types.Collection) -> bool:
    """Whether it is a collection of results; appended from another file it may be called "….001"."""
    return collection.name.partition(".")[0] == COLLECTION


def folder_of(built: bpy.types.Object) -> Path:
    """The result folder, whether it is still there or not."""
    return Path(bpy.path.abspath(built[RESULT]))


def why_without_folder(context) -> str:
    """Why nothing can be done with the result that is meant; empty where it can be."""
    built = target_of(context)
    if built is None:
        return "Select the head or object of a result" if _all_of(context) else "Nothing has been generated yet"
    if not disk_watch.is_there(folder_of(built)):
        return f"The result folder of {built.name} is gone"
    return ""


def family_of(built: bpy.types.Object) -> list[bpy.types.Object]:
    """The mesh, its armature and its eyes."""
    armature = head_object.rig_of(built)
    return [built, *([armature] if armature is not None else []), *head_object.eyes_of(built).values()]
