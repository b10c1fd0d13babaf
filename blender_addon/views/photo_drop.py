"""Photos that are dropped onto the sidebar come into the list."""

import bpy

from .capture_file import PHOTO_ENDINGS


class LIKENESS_FH_photos(bpy.types.FileHandler):
    """Photos dropped beside the 3D view; what is dropped into the view itself stays Blender's matter"""

    bl_idname = "LIKENESS_FH_photos"
    bl_label = "Likeness Photos"
    bl_import_operator = "likeness.add_photos"
    bl_file_extensions = ";".join(PHOTO_ENDINGS)

    @classmethod
    def poll_drop(cls, context):
        area, region = context.area, context.region
        return area is not None and area.type == "VIEW_3D" and (region is None or region.type != "WINDOW")


CLASSES = (LIKENESS_FH_photos,)
