"""What all panels of the sidebar tab "Likeness" share. Panels only read: what they show has been worked out before."""

import textwrap

TAB = "Likeness"
PIXELS_PER_LETTER = 7  # of the UI's font at scale 1, for breaking lines


class LikenessPanel:
    """Where all of our panels are."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = TAB


def draw_text(layout, context, text: str, icon: str) -> None:
    """A text of any length, in as many lines as the sidebar's width asks for."""
    width = context.region.width if context.region else 300
    scale = context.preferences.system.ui_scale or 1.0  # 0 without a window
    letters = max(20, int(width / (PIXELS_PER_LETTER * scale)) - 6)
    column = layout.column(align=True)
    for number, line in enumerate(textwrap.wrap(text, letters, break_on_hyphens=False)):
        column.label(text=line, icon=icon if number == 0 else "BLANK1")
