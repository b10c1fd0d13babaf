"""The panel of the selected result, and opening its folder."""

import bpy

from ..panel import LikenessPanel, draw_text
from ..translations.language import translated
from . import confidence, result_objects
from .result_material import switch_of


class LIKENESS_OT_open_result(bpy.types.Operator):
    """Show the result folder of the selected head: the mesh, the textures and the report as files"""

    bl_idname = "likeness.open_result"
    bl_label = "Open Result Folder"

    @classmethod
    def poll(cls, context):
        why = result_objects.why_without_folder(context)
        return not why or cls.poll_message_set(translated(why)) or False

    def execute(self, context):
        folder = result_objects.folder_of(result_objects.target_of(context))
        return bpy.ops.wm.path_open(filepath=str(folder))


class LIKENESS_PT_result(LikenessPanel, bpy.types.Panel):
    """How good the selected result is, what it shows, and refining it"""

    bl_label = "Result"
    chapter = "Result"

    def draw(self, context):
        layout, built = self.layout, result_objects.target_of(context)
        layout.use_property_split, layout.use_property_decorate = True, False
        if built is not None and result_objects.FIGURES in built:
            draw_figures(layout, context, built)
            material = built.active_material
            if material is not None and switch_of(material) is not None:
                layout.prop(material, "likeness_color", expand=True)
        column = layout.column(align=True)
        column.operator("likeness.refit", icon="FILE_REFRESH")
        row = column.row(align=True)
        row.operator("likeness.refit", text="Rebuild", icon="MOD_REMESH").rebuild = True
        row.operator("likeness.import_result", text="Update", icon="FILE_TICK").update = True
        column = layout.column(align=True)
        column.operator("likeness.import_result", icon="IMPORT")
        column.operator("likeness.open_result", icon="FILE_FOLDER")


class LIKENESS_PT_confidence(LikenessPanel, bpy.types.Panel):
    """Where photos have shown the skin, and where it is mirrored or invented"""

    bl_label = "Confidence"
    bl_parent_id = "LIKENESS_PT_result"
    bl_options = {"DEFAULT_CLOSED"}
    chapter = "Result"

    @classmethod
    def poll(cls, context):
        built = result_objects.target_of(context)
        return built is not None and confidence.map_of(built.active_material) is not None

    def draw(self, context):
        layout, material = self.layout, result_objects.target_of(context).active_material
        layout.prop(material, "likeness_confidence", toggle=True, icon="HIDE_OFF")
        column = layout.column(align=True)
        for text, icon in confidence.LEGEND:
            column.label(text=text, icon=icon)
        row = layout.row(align=True)
        row.operator("likeness.view_photo", icon="VIEW_CAMERA")
        row.operator("likeness.show_obstruction", text="Trust", icon="MOD_MASK")


class LIKENESS_PT_skin(LikenessPanel, bpy.types.Panel):
    """The skin of a body, matched with that of the head"""

    bl_label = "Body Skin"
    bl_parent_id = "LIKENESS_PT_result"
    bl_options = {"DEFAULT_CLOSED"}
    chapter = "Skin"

    def draw(self, context):
        row = self.layout.row(align=True)
        row.operator("likeness.match_body_skin", icon="BRUSH_DATA")
        row.operator("likeness.unmatch_body_skin", text="", icon="X")


def draw_figures(layout, context, built: bpy.types.Object) -> None:
    """What is known of the object's result, by its name."""
    layout.label(text=built.name, icon="MESH_DATA", translate=False)
    column = layout.column(align=True)
    for label, text in built[result_objects.FIGURES].items():
        if label == "Warnings":
            draw_text(layout, context, text, "INFO")
        else:
            split = column.split(factor=0.55)
            split.label(text=label)
            split.label(text=text, translate=False)


CLASSES = (LIKENESS_OT_open_result, LIKENESS_PT_result, LIKENESS_PT_confidence, LIKENESS_PT_skin)
