"""The panel of the selected result."""

import bpy

from ..panel import LikenessPanel, draw_text
from .result_material import switch_of


class LIKENESS_PT_result(LikenessPanel, bpy.types.Panel):
    """How good the selected result is, and what it shows"""

    bl_label = "Result"

    def draw(self, context):
        layout, active = self.layout, context.active_object
        layout.use_property_split, layout.use_property_decorate = True, False
        if active is not None and "likeness_figures" in active:
            column = layout.column(align=True)
            for label, text in active["likeness_figures"].items():
                if label == "Warnings":
                    draw_text(layout, context, text, "INFO")
                else:
                    split = column.split(factor=0.55)
                    split.label(text=label)
                    split.label(text=text)
            material = active.active_material
            if material is not None and switch_of(material) is not None:
                layout.prop(material, "likeness_color", expand=True)
        row = layout.row(align=True)
        row.operator("likeness.match_body_skin", icon="BRUSH_DATA")
        row.operator("likeness.unmatch_body_skin", text="", icon="X")
        layout.operator("likeness.render_turntable", icon="RENDER_ANIMATION")
        row = layout.row(align=True)
        row.operator("likeness.view_photo", icon="VIEW_CAMERA")
        row.operator("likeness.show_obstruction", text="", icon="MOD_MASK")
        layout.operator("likeness.import_result", icon="IMPORT")


CLASSES = (LIKENESS_PT_result,)
