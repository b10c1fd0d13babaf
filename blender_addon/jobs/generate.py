"""Starting, following and stopping a job."""

import time
from functools import partial

import bpy
from bpy.app.handlers import persistent

from .. import settings
from ..link import LikenessError, UserError, protocol
from ..results.result_import import CLEAN, import_at_once, import_steps
from ..results.result_update import update_result
from ..rigs import head_object
from ..setup import head_models, preferences
from . import job, live_preview, request

BUSY_INTERVAL, IMPORT_INTERVAL = 0.1, 0.02  # seconds between two polls


class LIKENESS_OT_generate(bpy.types.Operator):
    """Build a textured mesh from the chosen photos, in the background"""

    bl_idname = "likeness.generate"
    bl_label = "Generate from photo"

    wait: bpy.props.BoolProperty(
        name="Wait", description="Return when the mesh is in the scene; always so without a window",
        options={"SKIP_SAVE"},
    )  # fmt: skip

    @classmethod
    def poll(cls, context):
        if not job.is_idle():
            return cls.poll_message_set("Likeness is at work; wait or cancel it") or False
        return bool(context.scene.likeness.photos) or cls.poll_message_set("Add photos first")

    def execute(self, context):
        head_models.look()
        try:
            python = preferences.find_python()
            folder = request.new_job_folder(context.scene)
            load = partial(job.load, mesh=context.scene.likeness.mesh)
            job.start(python, request.from_scene(context.scene, folder), folder, import_steps, load)
        except (UserError, OSError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return follow_or_wait(self)


class LIKENESS_OT_cancel(bpy.types.Operator):
    """Stop what is under way; the scene stays as it is"""

    bl_idname = "likeness.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, context):
        return not job.is_idle() or cls.poll_message_set("Nothing is under way")

    def execute(self, context):
        job.current().cancel()
        return {"FINISHED"}


class LIKENESS_OT_import_result(bpy.types.Operator):
    """Import the result folder of an earlier fit"""

    bl_idname = "likeness.import_result"
    bl_label = "Import Result"
    bl_options = {"REGISTER", "UNDO"}

    directory: bpy.props.StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE"})
    update: bpy.props.BoolProperty(
        name="Update the Selected Head", description="Give the selected head the shape, the keys and the textures of "
        "the result; its animation, drivers, weights and materials stay", options={"SKIP_SAVE"},
    )  # fmt: skip

    mesh: bpy.props.EnumProperty(
        name="Mesh", description="Which mesh of the result; if not said, that of the panel, or of the selected head "
        "where it is updated", items=settings.choices(settings.MESHES, (job.FITTED, job.CLEAN)), options={"SKIP_SAVE"},
    )  # fmt: skip

    def invoke(self, context, event):
        if not self.properties.is_property_set("mesh"):
            self.mesh = context.scene.likeness.mesh
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        folder, built = bpy.path.abspath(self.directory), _selected_result(context) if self.update else None
        try:
            result, textures = job.load(folder, self._wanted(context, built))
            why = _updated(built, result, textures) if self.update else ""
        except LikenessError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if why:
            self.report({"WARNING"}, f"{why} It was imported as a new object.")
        if why or not self.update:
            import_at_once(result, textures)
        return {"FINISHED"}

    def _wanted(self, context, built) -> str:
        """Which mesh: an object that is updated (None: none is) has one already."""
        if built is not None:
            return job.CLEAN if built.get(CLEAN) else job.FITTED
        return self.mesh if self.properties.is_property_set("mesh") else context.scene.likeness.mesh


def _selected_result(context) -> bpy.types.Object | None:
    """The selected object that was imported from a result."""
    built = head_object.head_of(context) or context.active_object
    return built if built is not None and "likeness_result" in built else None


def _updated(built: bpy.types.Object | None, result, textures) -> str:
    """Why an object could not be updated; empty where it was."""
    if built is None:
        return "No head of a result is selected."
    try:
        update_result(built, result, textures)
    except UserError as error:
        return str(error)
    return ""


def follow_or_wait(operator) -> set[str]:
    """What an operator returns that has started a job: at once, or with `wait` and without a window at its end."""
    if not (operator.wait or bpy.app.background):
        follow()
        return {"FINISHED"}
    running = job.current()
    while running.final is None:
        if not running.poll():
            time.sleep(0.02)
    for text in running.warnings:
        operator.report({"WARNING"}, text)
    if isinstance(running.final, protocol.Failed):
        operator.report({"ERROR"}, running.final.message)
    if not isinstance(running.final, protocol.Result):
        return {"CANCELLED"}
    operator.report({"INFO"}, f"Written to {running.final.folder}")
    return {"FINISHED"}


def follow() -> None:
    """Poll the job from a timer until it ends."""
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=BUSY_INTERVAL, persistent=True)
    for handlers in (bpy.app.handlers.undo_post, bpy.app.handlers.redo_post, bpy.app.handlers.load_post):
        if _restart_import not in handlers:
            handlers.append(_restart_import)


def stop_following() -> None:
    """Leave no timer, no handler and no picture behind."""
    live_preview.clear()
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    for handlers in (bpy.app.handlers.undo_post, bpy.app.handlers.redo_post, bpy.app.handlers.load_post):
        if _restart_import in handlers:
            handlers.remove(_restart_import)


def _tick() -> float | None:
    running = job.current()
    if running is None:
        return None
    if running.poll():
        if (path := running.take_preview()) is not None:
            live_preview.show(path)
        _redraw()
    if running.final is not None:
        live_preview.clear()
        return None
    return IMPORT_INTERVAL if running.importing else BUSY_INTERVAL


@persistent
def _restart_import(*_) -> None:
    """An undo or another file has swept away what a half import has made."""
    if job.current() is not None:
        job.current().restart_import()


def _redraw() -> None:
    """The sidebars only: to draw a 3D view can take longer than anything that we do."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()


CLASSES = (LIKENESS_OT_generate, LIKENESS_OT_cancel, LIKENESS_OT_import_result)
