"""What to make of the photos, and the button that does."""

import bpy

from ..panel import LikenessPanel, draw_text
from ..setup import head_models, preferences, state
from ..translations.language import OURS


class LIKENESS_PT_fit(LikenessPanel, bpy.types.Panel):
    """What the photos show, and how much time to spend"""

    bl_label = "Fit"
    bl_translation_context = OURS
    chapter = "Generate"

    def draw(self, context):
        column = split_column(self.layout)
        for name in ("subject", "preset"):
            column.prop(context.scene.likeness, name)


class LIKENESS_PT_fit_options(LikenessPanel, bpy.types.Panel):
    """The way to the mesh, and what is made of it"""

    bl_label = "Fit Options"
    bl_parent_id = "LIKENESS_PT_fit"
    bl_options = {"DEFAULT_CLOSED"}
    chapter = "One portrait"

    def draw(self, context):
        column, settings = split_column(self.layout), context.scene.likeness
        for name in ("representation", "texture", "output"):
            column.prop(settings, name)
        if settings.subject == "head":
            draw_head(column, context, settings)
        draw_found(self.layout, context)


class LIKENESS_PT_generate(LikenessPanel, bpy.types.Panel):
    """The button, and what is missing before it can be pressed"""

    bl_label = "Generate"
    chapter = "Generate"

    def draw(self, context):
        preferences.draw_setup(self.layout, context)
        row = self.layout.row()
        row.scale_y = 1.4
        row.operator("likeness.generate", icon="MESH_MONKEY")


def split_column(layout):
    """A column with the names beside the fields."""
    column = layout.column()
    column.use_property_split, column.use_property_decorate = True, False
    return column


def draw_head(column, context, settings) -> None:
    """What only heads have."""
    for name in ("mesh", "face", "head_model"):
        column.prop(settings, name)
    if settings.head_model == "file":
        column.prop(settings, "head_model_file")
    if head_models.hint(settings.head_model):
        draw_text(column, context, head_models.hint(settings.head_model), "INFO")


def draw_found(layout, context) -> None:
    """What the fit is computed with, as far as the backend has been asked."""
    told = state.current().about
    if told is None:
        layout.operator("likeness.check_backend", text="Check the Backend", icon="VIEWZOOM")
        return
    column = layout.column(align=True)
    for label, text in (("Device", told.device), ("Renderer", ", ".join(told.renderers))):
        split = column.split(factor=0.4)
        split.label(text=label)
        split.label(text=text or "-", translate=False)


CLASSES = (LIKENESS_PT_fit, LIKENESS_PT_fit_options, LIKENESS_PT_generate)
