"""The panel of the photos: their list, what is known of the active one, and cameras from and to elsewhere."""

from pathlib import PurePath

import bpy

from ..panel import LikenessPanel, draw_text
from . import photo_list, thumbnails

_ICONS = {
    photo_list.UNKNOWN: "IMAGE_DATA",
    photo_list.KNOWN: "CAMERA_DATA",
    photo_list.SOLVED: "OUTLINER_OB_CAMERA",
    photo_list.GONE: "ERROR",
}
_IN_ROW, _IN_DETAIL = 1.0, 3.6  # sizes of the pictures, in heights of a button


class LIKENESS_UL_photos(bpy.types.UIList):
    """Photos, each with a tick, a small picture, and what is known of its camera"""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index=0, flt_flag=0):
        row = layout.row(align=True)
        row.prop(item, "use", text="")
        draw_picture(row, item, _IN_ROW)
        row.label(text=item.name, translate=False)
        if item.weight != 1:
            row.label(text=f"× {item.weight:.3g}", translate=False)
        if item.message and item.state != photo_list.GONE:
            row.label(text="", icon="INFO")
        if item.obstruction:
            button = row.operator("likeness.show_obstruction", text="", icon="MOD_MASK", emboss=False)
            button.filepath = item.obstruction
        row.label(text="", icon=_ICONS[item.state])


class LIKENESS_MT_photos(bpy.types.Menu):
    """More to do with the photos of the list"""

    bl_label = "Photos"

    def draw(self, context):
        layout = self.layout
        for action, text in (("ALL", "Tick All"), ("NONE", "Tick None"), ("INVERT", "Invert Ticks")):
            layout.operator("likeness.select_photos", text=text).action = action
        layout.operator("likeness.select_views", icon="RESTRICT_SELECT_OFF")
        layout.separator()
        layout.operator("likeness.clear_photos", icon="TRASH")


class LIKENESS_PT_photos(LikenessPanel, bpy.types.Panel):
    """Which photos, and from where they were taken"""

    bl_label = "Photos & Views"
    chapter = "Photos and views"

    def draw(self, context):
        layout, settings = self.layout, context.scene.likeness
        if not settings.photos:
            layout.operator("likeness.add_photos", icon="FILE_IMAGE")
        row = layout.row()
        row.template_list("LIKENESS_UL_photos", "", settings, "photos", settings, "active_photo", rows=4)
        column = row.column(align=True)
        column.operator("likeness.add_photos", text="", icon="ADD")
        column.operator("likeness.remove_photo", text="", icon="REMOVE")
        column.menu("LIKENESS_MT_photos", text="", icon="DOWNARROW_HLT")
        column.operator("likeness.move_photo", text="", icon="TRIA_UP").direction = "UP"
        column.operator("likeness.move_photo", text="", icon="TRIA_DOWN").direction = "DOWN"
        photo = active_photo(context)
        if photo is not None and photo.message:
            draw_text(layout, context, photo.message, "ERROR")


class LIKENESS_PT_photo(LikenessPanel, bpy.types.Panel):
    """The photo that is active in the list: its camera, weight, mask and expression"""

    bl_label = "Active Photo"
    bl_parent_id = "LIKENESS_PT_photos"
    bl_options = {"DEFAULT_CLOSED"}
    chapter = "Photos and views"

    @classmethod
    def poll(cls, context):
        return active_photo(context) is not None

    def draw(self, context):
        draw_photo(self.layout, active_photo(context))


class LIKENESS_PT_cameras(LikenessPanel, bpy.types.Panel):
    """Photos with their cameras, from files and from the scene, and back"""

    bl_label = "Cameras"
    bl_parent_id = "LIKENESS_PT_photos"
    bl_options = {"DEFAULT_CLOSED"}
    chapter = "Photos and views"

    def draw(self, context):
        layout, file = self.layout, PurePath(context.scene.likeness.cameras)
        column = layout.column(align=True)
        column.operator("likeness.import_cameras", icon="IMPORT")
        column.operator("likeness.export_cameras", icon="EXPORT")
        column = layout.column(align=True)
        column.operator("likeness.add_scene_cameras", icon="SCENE_DATA")
        column.operator("likeness.build_cameras", icon="OUTLINER_OB_CAMERA")
        if file.name:
            layout.label(text=f"{file.parent.name}/{file.name}", icon="CAMERA_DATA", translate=False)


def active_photo(context) -> bpy.types.PropertyGroup | None:
    """The entry that is active in the list; None where there is none."""
    settings = context.scene.likeness
    return settings.photos[settings.active_photo] if settings.active_photo < len(settings.photos) else None


def draw_photo(layout, photo) -> None:
    """What is known of a photo, and what can be done with it."""
    row = layout.row()
    draw_picture(row, photo, _IN_DETAIL)
    column = row.column(align=True)
    column.label(text=photo_list.STATES[photo.state][0], icon=_ICONS[photo.state])
    column.operator("likeness.look_through", icon="VIEW_CAMERA")
    if photo.obstruction:
        column.operator(
            "likeness.show_obstruction", text="Trusted Pixels", icon="MOD_MASK"
        ).filepath = photo.obstruction
    column.operator("likeness.reload_photo", text="Reload", icon="FILE_REFRESH")
    column = layout.column()
    column.use_property_split, column.use_property_decorate = True, False
    for name in ("path", "mask", "expression", "weight"):
        column.prop(photo, name)


def draw_picture(layout, photo, scale: float) -> None:
    """The photo, small; while there is no picture of it an icon."""
    icon = thumbnails.icon_of(photo.path)
    if icon:
        layout.template_icon(icon_value=icon, scale=scale)
    else:
        layout.label(text="", icon="IMAGE_DATA")


CLASSES = (LIKENESS_UL_photos, LIKENESS_MT_photos, LIKENESS_PT_photos, LIKENESS_PT_photo, LIKENESS_PT_cameras)
