"""Showing how far the fit trusted each pixel of a photo."""

from pathlib import Path

import bpy

from ..translations.language import translated
from .result_cameras import OBSTRUCTION, PHOTO, set_background


class LIKENESS_OT_show_obstruction(bpy.types.Operator):
    """Show which pixels the fit trusted (white) and which it kept out, such as glasses, hair and highlights (black):
    in an image editor, or else behind the photo's camera; once more brings the photo back"""

    bl_idname = "likeness.show_obstruction"
    bl_label = "Show Obstruction Weights"
    bl_options = {"REGISTER", "UNDO"}

    filepath: bpy.props.StringProperty(
        name="Weights", description="The picture of the weights; empty: that of the selected photo camera",
        subtype="FILE_PATH", options={"SKIP_SAVE"},
    )  # fmt: skip

    def execute(self, context):
        path = self.filepath or (context.active_object or {}).get(OBSTRUCTION, "")
        if not path or not Path(path).is_file():
            none = "There are no weights. Select a photo camera of a result."
            gone = f"There are no weights {path}. Select a photo camera of a result."
            self.report({"ERROR"}, translated(gone if path else none))
            return {"CANCELLED"}
        editors = [area.spaces.active for area in _areas(context) if area.type == "IMAGE_EDITOR"]
        cameras = [built for built in context.scene.objects if built.get(OBSTRUCTION) == path]
        if not editors and not cameras:
            self.report({"ERROR"}, "Open an image editor to see the weights in.")
            return {"CANCELLED"}
        if editors:
            editors[0].image = bpy.data.images.load(path, check_existing=True)
        else:
            _toggle(cameras[0], path)
        return {"FINISHED"}


def _areas(context) -> list:
    return [area for window in context.window_manager.windows for area in window.screen.areas]


def _toggle(camera: bpy.types.Object, path: str) -> None:
    backgrounds = camera.data.background_images
    shown = bpy.path.abspath(backgrounds[0].image.filepath) if backgrounds and backgrounds[0].image else ""
    set_background(camera, camera.get(PHOTO, path) if shown == path else path)


CLASSES = (LIKENESS_OT_show_obstruction,)
