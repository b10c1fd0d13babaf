"""The sidebar tab "Likeness". Panels only read: what they show has been worked out before."""

import textwrap

import bpy

from . import head_models, job, live_preview
from .link import protocol
from .result_material import switch_of

TAB = "Likeness"
PREVIEW_SCALE = 9.0  # heights of a button
PIXELS_PER_LETTER = 7  # of the UI's font at scale 1, for breaking lines


class LIKENESS_UL_photos(bpy.types.UIList):
    """Photos, each with a tick"""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index=0, flt_flag=0):
        row = layout.row(align=True)
        row.prop(item, "use", text="")
        row.label(text=item.name, icon="CAMERA_DATA" if item.has_camera else "IMAGE_DATA")
        if item.obstruction:
            button = row.operator("likeness.show_obstruction", text="", icon="MOD_MASK", emboss=False)
            button.filepath = item.obstruction


class LikenessPanel:
    """Where all of our panels are."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = TAB


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


class LIKENESS_PT_generate(LikenessPanel, bpy.types.Panel):
    """What to make of them, and how far it is"""

    bl_label = "Generate"

    def draw(self, context):
        layout, settings = self.layout, context.scene.likeness
        layout.use_property_split, layout.use_property_decorate = True, False
        column = layout.column()
        column.active = job.is_idle()
        column.prop(settings, "subject")
        if settings.subject == "head":
            draw_head(column, context, settings)
        for name in ("representation", "preset", "texture", "output"):
            column.prop(settings, name)
        row = layout.row()
        row.scale_y = 1.4
        row.operator("likeness.generate", icon="MESH_MONKEY")
        if job.current() is not None:
            draw_job(layout, context, job.current())


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


def draw_head(layout, context, settings) -> None:
    """What only heads have."""
    layout.prop(settings, "head_model")
    if settings.head_model == "file":
        layout.prop(settings, "head_model_file")
    if head_models.hint(settings.head_model):
        draw_text(layout, context, head_models.hint(settings.head_model), "INFO")
    layout.prop(settings, "face")
    layout.prop(settings, "mesh")


def draw_job(layout, context, running: job.Job) -> None:
    """How far the last job is, or how it ended."""
    if running.final is None:
        left = time_left(running.eta_seconds)
        layout.progress(factor=running.fraction, text=f"{running.fraction:.0%}{left}")
        layout.label(text=running.stage)
        if live_preview.picture() is not None:
            layout.template_icon(icon_value=live_preview.picture().icon_id, scale=PREVIEW_SCALE)
        layout.operator("likeness.cancel", icon="CANCEL")
    for text in running.warnings:
        draw_text(layout, context, text, "INFO")
    if isinstance(running.final, protocol.Failed):
        draw_text(layout, context, running.final.message, "ERROR")
    elif isinstance(running.final, protocol.Cancelled):
        layout.label(text="Cancelled", icon="CANCEL")
    elif isinstance(running.final, protocol.Result) and isinstance(running.request, protocol.RenderRequest):
        draw_text(layout, context, f"The turntable is in {running.final.folder}", "CHECKMARK")
    elif isinstance(running.final, protocol.Result) and isinstance(running.request, protocol.AnimateRequest):
        draw_text(layout, context, f"The head plays {running.final.folder}", "CHECKMARK")


def time_left(seconds: float | None) -> str:
    """`, 2:05 left`, or nothing when it is not known."""
    return "" if seconds is None else f", {int(seconds) // 60}:{int(seconds) % 60:02} left"


def draw_text(layout, context, text: str, icon: str) -> None:
    """A text of any length, in as many lines as the sidebar's width asks for."""
    width = context.region.width if context.region else 300
    scale = context.preferences.system.ui_scale or 1.0  # 0 without a window
    letters = max(20, int(width / (PIXELS_PER_LETTER * scale)) - 6)
    column = layout.column(align=True)
    for number, line in enumerate(textwrap.wrap(text, letters, break_on_hyphens=False)):
        column.label(text=line, icon=icon if number == 0 else "BLANK1")


CLASSES = (LIKENESS_UL_photos, LIKENESS_PT_photos, LIKENESS_PT_generate, LIKENESS_PT_result)
