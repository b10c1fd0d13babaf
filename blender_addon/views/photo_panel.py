"""The panel of the photos."""

import bpy

from ..panel import LikenessPanel


class LIKENESS_UL_photos(bpy.types.UIList):
    """Photos, each with a tick"""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index=0, flt_flag=0):
        row = layout.row(align=True)
        row.prop(item, "use", text="")
        row.label(text=item.name, icon="CAMERA_DATA" if item.has_camera else "IMAGE_DATA")
        if item.obstruction:
            button = row.operator("likeness.show_obstruction", text="", icon="MOD_MASK", emboss=False)
            button.filepath = item.obstruction


class LIKENESS_PT_photos(LikenessPanel, bpy.types.Panel):
    """Which photos"""

    bl_label = "Photos"

    def draw(self, context):
        layout, settings = self.layout, context.scene.likeness
        row = layout.row(align=True)
        row.operator("likeness.add_photos", icon="FILE_IMAGE")
        row.operator("likeness.import_cameras", text="With Cameras", icon="CAMERA_DATA")
        row = layout.row()
        row.template_list("LIKENESS_UL_photos", "", settings, "photos", settings, "active_photo", rows=4)
        column = row.column(align=True)
        column.operator("likeness.remove_photo", text="", icon="REMOVE")
        column.operator("likeness.clear_photos", text="", icon="TRASH")
        if settings.cameras:
            layout.label(text=settings.cameras, icon="CAMERA_DATA")


CLASSES = (LIKENESS_UL_photos, LIKENESS_PT_photos)
