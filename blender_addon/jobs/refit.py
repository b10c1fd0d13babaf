"""Refining a result from some of its views, and taking that over into the object in the scene."""

import dataclasses
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import bpy

from ..link import LikenessError, UserError, protocol, reader
from ..results import result_import, result_objects, result_update
from ..rigs import head_object
from ..setup import preferences
from ..translations.language import translated
from ..views import capture_file, result_cameras
from . import follow, job, task, waiting


class LIKENESS_OT_refit(bpy.types.Operator):
    """Refine the shape and the texture of the selected head from its selected photo cameras, or else from the photos
    that are ticked; what you have made of the head stays"""

    bl_idname = "likeness.refit"
    bl_label = "Re-fit from selected views"

    views: bpy.props.StringProperty(
        name="Views", description="Names of the result's views, separated by commas; empty: the selected photo "
        "cameras, or else the ticked photos", options={"SKIP_SAVE"},
    )  # fmt: skip
    rebuild: bpy.props.BoolProperty(
        name="Rebuild Topology", description="Make the mesh anew, as a new object; the old one is kept, hidden, with "
        "all that you have made of it", options={"SKIP_SAVE"},
    )  # fmt: skip
    wait: bpy.props.BoolProperty(
        name="Wait", description="Return when the mesh is in the scene; always so without a window",
        options={"SKIP_SAVE", "HIDDEN"},
    )  # fmt: skip

    @classmethod
    def poll(cls, context):
        why = result_objects.why_without_folder(context)
        if not why and _is_under_way(result_objects.target_of(context)):
            why = "It is being re-fitted already; wait for that or cancel it"
        return not why or cls.poll_message_set(translated(why)) or False

    def invoke(self, context, event):
        if not self.rebuild:
            return self.execute(context)
        return context.window_manager.invoke_confirm(
            self, event, title="Rebuild the topology?", confirm_text="Rebuild", icon="QUESTION",
            message="A new object comes with other vertices. Keys of your own, weights, UVs and sculpting stay on the "
            "old object, which is hidden.",
        )  # fmt: skip

    def execute(self, context):
        built = result_objects.target_of(context)
        try:
            backend = preferences.find_backend()
            views, weights, left_out = chosen_views(context, built, self.views)
            order = protocol.RefitRequest(
                str(result_objects.folder_of(built)), views, weights=weights, rebuild=self.rebuild
            ).validate()
            folder = task.new_folder(context.scene)
            order = dataclasses.replace(order, out=str(folder / "result"))
            if left_out:
                text = f"Not among the views of the result, and left out: {', '.join(left_out)}"
                self.report({"WARNING"}, translated(text))
            return follow.start_or_queue(self, task.make(backend, order, folder, *taking_over(order, built)))
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}


def _is_under_way(built: bpy.types.Object) -> bool:
    """Whether a re-fit of the object's result runs or waits: another one would not begin where that one ends."""
    running = [job.current().request] if not job.is_idle() else []
    orders = [*running, *(what.request for what in waiting.tasks())]
    result = str(result_objects.folder_of(built))
    return any(isinstance(order, protocol.RefitRequest) and order.result == result for order in orders)


def chosen_views(
    context, built: bpy.types.Object, names: str = ""
) -> tuple[tuple[str, ...], tuple[float, ...], list[str]]:
    """Views of the object's result, their weights, and the ticked photos that it does not know; UserError in words.

    names: views with commas between; empty: those of the selected cameras, or else of the ticked photos. No weights
    where none of the views is in the list of photos: they count as they did in the fit.
    """
    result = result_objects.folder_of(built)
    known = [_name(path, frame) for path, frame in capture_file.frames_of(result / capture_file.CAMERAS).items()]
    photos = _photos_of(context.scene, built[result_objects.RESULT])
    named = [name.strip() for name in names.split(",") if name.strip()] or _selected_views(context, built)
    wanted = named or [name for name, photo in photos.items() if photo.use]
    unknown = [name for name in wanted if name not in known]
    views = tuple(name for name in dict.fromkeys(wanted) if name in known)
    if named and unknown:
        raise UserError(f"The result has no view {', '.join(unknown)}. Its views are {', '.join(known)}.")
    if not views:
        raise UserError("No view of the result is chosen. Select photo cameras of it, or tick photos in the list.")
    if not any(name in photos for name in views):
        return views, (), unknown
    return views, tuple(photos[name].weight if name in photos else 1.0 for name in views), unknown


def _name(photo: Path, frame: dict) -> str:
    return frame.get("name") or photo.stem


def _cameras_of(scene, result: str) -> list[bpy.types.Object]:
    return [
        camera
        for camera in scene.objects
        if result_cameras.VIEW in camera and camera.get(result_cameras.RESULT) == result
    ]


def _selected_views(context, built: bpy.types.Object) -> list[str]:
    """The views whose cameras are selected, in the scene's order."""
    cameras = _cameras_of(context.scene, built[result_objects.RESULT])
    return [camera[result_cameras.VIEW] for camera in cameras if camera.select_get()]


def _photos_of(scene, result: str) -> dict[str, bpy.types.PropertyGroup]:
    """View -> its photo in the list, told by the photo's file, or else by its name."""
    views = {camera.get(result_cameras.PHOTO): camera[result_cameras.VIEW] for camera in _cameras_of(scene, result)}
    return {views.get(photo.path, photo.name): photo for photo in scene.likeness.photos}


def taking_over(order: protocol.RefitRequest, built: bpy.types.Object | None = None) -> tuple:
    """What reads the outcome of a re-fit, and the steps that put it into the scene: as job.start takes them.

    built: the object to update; None, as after a restart of Blender: the one that came from the result.
    """
    if built is None:
        every = (built for built in bpy.context.scene.objects if result_objects.is_result(built))
        built = next((built for built in every if str(result_objects.folder_of(built)) == order.result), None)
    is_clean = built is not None and bool(built.get(result_objects.CLEAN))
    steps = _new_object_steps if order.rebuild else _update_steps
    load = partial(_load, is_clean=is_clean, older=Path(order.result))
    return partial(steps, built.name if built is not None else ""), load


def _load(folder: Path, is_clean: bool, older: Path) -> tuple:
    """In the thread: the new result, its textures, and the one that it came from."""
    mesh = job.CLEAN if is_clean else job.FITTED
    result, textures = job.load(folder, mesh)
    try:
        return result, textures, job.load(older, mesh)[0]
    except LikenessError:  # gone by now
        return result, textures, None


def _update_steps(name: str, result: reader.StoredResult, textures: dict, older) -> Iterator[str]:
    """Into the object of that name; where it does not fit any more, into a new one."""
    built = bpy.data.objects.get(name)
    try:
        if not result_objects.is_result(built):
            raise UserError("The object that was re-fitted is no longer in the scene.")
        yield from result_update.update_steps(built, result, textures, older)
    except UserError as error:
        yield from result_import.build_steps(result, textures)
        job.current().warnings.append(f"{error} It was imported as a new object.")
    result_import.push_undo()


def _new_object_steps(name: str, result: reader.StoredResult, textures: dict, older) -> Iterator[str]:
    """In place of the object of that name, which is hidden with all that belongs to it."""
    new, old = (yield from result_import.build_steps(result, textures)), bpy.data.objects.get(name)
    if old is not None:
        _take_place(new, old)
        for part in result_objects.family_of(old):
            part.hide_set(True)
            part.hide_render = True
        job.current().warnings.append(f"{new.name} is a new object. {old.name} is hidden: show it in the Outliner.")
    result_import.push_undo()


def _take_place(new: bpy.types.Object, old: bpy.types.Object) -> None:
    """Put a result's object to where the artist has put the older one."""
    for mine, theirs in zip(_roots(new), _roots(old), strict=False):
        mine.matrix_world = theirs.matrix_world


def _roots(built: bpy.types.Object) -> list[bpy.types.Object]:
    """What is moved to move a result: its armature where it has one, and then the mesh."""
    armature = head_object.rig_of(built)
    return [*([armature] if armature is not None else []), built]


CLASSES = (LIKENESS_OT_refit,)
