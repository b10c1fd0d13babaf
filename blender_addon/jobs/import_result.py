"""Importing a result folder, as a new object or into the selected one."""

import bpy

from .. import settings
from ..link import LikenessError, UserError
from ..results.result_import import import_at_once
from ..results.result_objects import CLEAN, target_of
from ..results.result_update import update_result
from ..translations.language import translated
from . import job


class LIKENESS_OT_import_result(bpy.types.Operator):
    """Import the result folder of an earlier fit"""

    bl_idname = "likeness.import_result"
    bl_label = "Import Result"
    bl_options = {"REGISTER", "UNDO"}

    directory: bpy.props.StringProperty(
        name="Folder", description="The result folder", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )
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
        folder, built = bpy.path.abspath(self.directory), target_of(context) if self.update else None
        try:
            result, textures = job.load(folder, self._wanted(context, built))
            why = _updated(built, result, textures) if self.update else ""
        except LikenessError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}
        if why:
            self.report({"WARNING"}, translated(f"{why} It was imported as a new object."))
        if why or not self.update:
            import_at_once(result, textures)
        return {"FINISHED"}

    def _wanted(self, context, built) -> str:
        """Which mesh: an object that is updated (None: none is) has one already."""
        if built is not None:
            return job.CLEAN if built.get(CLEAN) else job.FITTED
        return self.mesh if self.properties.is_property_set("mesh") else context.scene.likeness.mesh


def _updated(built: bpy.types.Object | None, result, textures) -> str:
    """Why an object could not be updated; empty where it was."""
    if built is None:
        return "No head of a result is selected."
    try:
        update_result(built, result, textures)
    except UserError as error:
        return str(error)
    return ""


CLASSES = (LIKENESS_OT_import_result,)
