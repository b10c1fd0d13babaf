"""What all panels of the sidebar tab "Likeness" share. Panels only read: what they show has been worked out before."""

import textwrap

import bpy

from .translations.language import translated

TAB = "Likeness"
PIXELS_PER_LETTER = 7  # of the UI's font at scale 1, for breaking lines


class LikenessPanel:
    """Where all of our panels are, and the chapter of docs/blender.md that tells of them."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = TAB
    chapter = ""

    def draw_header_preset(self, context):
        draw_help(self.layout, self.chapter)


def draw_help(layout, chapter: str) -> None:
    """The small question mark that opens a chapter."""
    layout.operator("likeness.help", text="", icon="QUESTION", emboss=False).chapter = chapter


def draw_text(layout, context, text: str, icon: str) -> None:
    """A text of any length, in the interface's language and in as many lines as the sidebar's width asks for."""
    width = context.region.width if context.region else 300
    scale = context.preferences.system.ui_scale or 1.0  # 0 without a window
    letters = max(20, int(width / (PIXELS_PER_LETTER * scale)) - 6)
    column = layout.column(align=True)
    for number, line in enumerate(textwrap.wrap(translated(text), letters, break_on_hyphens=False)):
        column.label(text=line, icon=icon if number == 0 else "BLANK1", translate=False)


def redraw_sidebars() -> None:
    """Have the panels drawn anew, and nothing else: to draw a 3D view can take longer than anything that we do."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
