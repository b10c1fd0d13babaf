"""The button: from the photos of the scene to a mesh in it."""

from functools import partial

import bpy

from ..link import UserError
from ..results.result_import import import_steps
from ..setup import head_models, preferences
from ..translations.language import translated
from . import follow, job, request, task


class LIKENESS_OT_generate(bpy.types.Operator):
    """Build a textured mesh from the chosen photos, in the background; while a job runs, it waits for that one"""

    bl_idname = "likeness.generate"
    bl_label = "Generate from photo"

    wait: bpy.props.BoolProperty(
        name="Wait", description="Return when the mesh is in the scene; always so without a window",
        options={"SKIP_SAVE"},
    )  # fmt: skip

    @classmethod
    def poll(cls, context):
        return bool(context.scene.likeness.photos) or cls.poll_message_set("Add photos first")

    def execute(self, context):
        head_models.look()
        try:
            backend = preferences.find_backend()
            folder = task.new_folder(context.scene)
            load = partial(job.load, mesh=context.scene.likeness.mesh)
            what = task.make(backend, request.from_scene(context.scene, folder), folder, import_steps, load)
            return follow.start_or_queue(self, what)
        except (UserError, OSError) as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}


CLASSES = (LIKENESS_OT_generate,)
