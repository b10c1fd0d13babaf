"""What to make of the photos, and how far it is."""

import bpy

from ..link import protocol
from ..panel import LikenessPanel, draw_text
from ..setup import head_models
from . import job, live_preview

PREVIEW_SCALE = 9.0  # heights of a button


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


CLASSES = (LIKENESS_PT_generate,)
