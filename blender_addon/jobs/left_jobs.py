"""What to do with a job that Blender left behind when it was closed."""

import dataclasses
from functools import partial
from pathlib import Path

import bpy

from ..link import UserError, protocol
from ..results.result_import import import_steps
from ..setup import preferences
from ..translations.language import translated
from . import claim, follow, import_target, job, job_folder, pending, refit, task


class _LeftJobOperator:
    """An operator for the job in a folder."""

    folder: bpy.props.StringProperty(
        name="Folder", description="The folder of the job", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )

    def _folder(self) -> Path:
        if not self.folder:
            raise UserError("No job folder is given.")
        return Path(bpy.path.abspath(self.folder))


class _Starting(_LeftJobOperator):
    """An operator that brings the job into the scene."""

    wait: bpy.props.BoolProperty(
        name="Wait", description="Return when the mesh is in the scene; always so without a window",
        options={"SKIP_SAVE", "HIDDEN"},
    )  # fmt: skip

    def execute(self, context):
        try:
            what = self._task(self._folder(), context)
            pending.forget(what.folder)
            return follow.start_or_queue(self, what)
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}


class LIKENESS_OT_import_pending(_Starting, bpy.types.Operator):
    """Import the result of a fit that was whole when Blender was closed"""

    bl_idname = "likeness.import_pending"
    bl_label = "Import"

    def _task(self, folder: Path, context) -> task.Task:
        what = left_task(folder, context)
        written = job_folder.result_of(folder, what.request)
        if not written:
            what.claim.release()
            raise UserError(f"There is no whole result in {folder}. Run the job again.")
        return dataclasses.replace(what, written=written)


class LIKENESS_OT_run_again(_Starting, bpy.types.Operator):
    """Run a job again that was interrupted when Blender was closed, or that has failed, with the same settings"""

    bl_idname = "likeness.run_again"
    bl_label = "Run Again"

    def _task(self, folder: Path, context) -> task.Task:
        backend = preferences.find_backend()
        what = left_task(folder, context)
        job_folder.unmark(folder)
        return dataclasses.replace(what, backend=backend)


class LIKENESS_OT_dismiss_job(_LeftJobOperator, bpy.types.Operator):
    """Offer this job no longer; its folder stays where it is"""

    bl_idname = "likeness.dismiss_job"
    bl_label = "Dismiss"

    def execute(self, context):
        try:
            job_folder.mark(self._folder(), job_folder.DISMISSED)
            pending.forget(self._folder())
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}
        return {"FINISHED"}


def left_task(folder: Path, context) -> task.Task:
    """The task of a job folder, for the scene at hand; UserError where somebody else is at work on it."""
    request = job_folder.read_request(folder)
    if isinstance(request, protocol.RefitRequest):
        steps, load = refit.taking_over(request)
    elif isinstance(request, protocol.FitRequest):
        steps, load = import_steps, partial(job.load, mesh=context.scene.likeness.mesh)
    else:
        raise UserError(f"{folder} holds no fit. Press the button again that has started it.")
    claimed = claim.claim(folder)
    if claimed is None:
        raise UserError(f"{folder} is in use, here or by another Blender. Wait for that.")
    return task.Task(request, folder, None, "", steps, load, import_target.key_of(context.scene), claimed)


CLASSES = (LIKENESS_OT_import_pending, LIKENESS_OT_run_again, LIKENESS_OT_dismiss_job)
