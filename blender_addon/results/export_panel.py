"""The panel for taking a result to other programs."""

import bpy

from ..panel import LikenessPanel
from .export_formats import FORMATS


class LIKENESS_PT_export(LikenessPanel, bpy.types.Panel):
    """The selected result as files for other programs, and as a video"""

    bl_label = "Export"
    bl_options = {"DEFAULT_CLOSED"}
    chapter = "Export"

    def draw(self, context):
        layout = self.layout
        grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        for key, entry in FORMATS.items():
            grid.operator("likeness.export", text=entry.name).format = key
        layout.operator("likeness.export_splats", icon="POINTCLOUD_DATA")
        layout.operator("likeness.render_turntable", icon="RENDER_ANIMATION")


CLASSES = (LIKENESS_PT_export,)
