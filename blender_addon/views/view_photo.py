"""Looking through a photo's camera."""

import bpy

from .result_cameras import apply_to_render


class LIKENESS_OT_view_photo(bpy.types.Operator):
    """Look through the selected photo camera; the render takes the size of its photo"""

    bl_idname = "likeness.view_photo"
    bl_label = "View Photo"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        active = context.active_object
        return (active is not None and "likeness_size" in active) or cls.poll_message_set("Select a photo camera")

    def execute(self, context):
        context.scene.camera = context.active_object
        apply_to_render(context.active_object, context.scene.render)
        if context.space_data is not None and context.space_data.type == "VIEW_3D":
            context.space_data.region_3d.view_perspective = "CAMERA"
        return {"FINISHED"}


CLASSES = (LIKENESS_OT_view_photo,)
