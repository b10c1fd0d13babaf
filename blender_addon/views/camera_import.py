"""Photos with their cameras from files."""

from pathlib import Path

import bpy

from ..link import UserError
from ..translations.language import translated
from . import camera_files, photo_list


class LIKENESS_OT_import_cameras(bpy.types.Operator):
    """Take photos with their cameras from a transforms.json (nerfstudio, instant-ngp), from a COLMAP model (text or
    binary), or from a folder that holds one"""

    bl_idname = "likeness.import_cameras"
    bl_label = "Import Cameras"
    bl_options = {"REGISTER", "UNDO"}

    filepath: bpy.props.StringProperty(
        name="File", description="The file, or its folder", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: bpy.props.StringProperty(
        name="Shown", description="Endings of the files to choose from", default="*.json;*.txt;*.bin",
        options={"HIDDEN", "SKIP_SAVE"},
    )  # fmt: skip
    keep: bpy.props.BoolProperty(
        name="Keep the List", description="Add to the photos of the list, and give those of the same files their "
        "cameras; otherwise the list is replaced", options={"SKIP_SAVE"},
    )  # fmt: skip
    photos: bpy.props.StringProperty(
        name="Photos in", description="Folder of a COLMAP model's photos; empty: beside the model",
        options={"SKIP_SAVE"},
    )  # fmt: skip
    upright: bpy.props.BoolProperty(
        name="Turn Upright", description="Turn a world that lies on its back, as COLMAP's do: its -Y becomes up",
        options={"SKIP_SAVE"},
    )  # fmt: skip

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        settings = context.scene.likeness
        photos = Path(bpy.path.abspath(self.photos)) if self.photos else None
        try:
            frames, file = camera_files.read(Path(bpy.path.abspath(self.filepath)), photos)
            if self.upright:
                frames = {path: camera_files.turned_upright(frame) for path, frame in frames.items()}
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}
        if not self.keep:
            settings.photos.clear()
            settings.active_photo = 0
        alone = not settings.photos
        photo_list.take(settings, frames)
        settings.cameras = str(file) if file is not None and alone and not self.upright else ""
        photo_list.look(context.scene)
        missing = sum(photo.state == photo_list.GONE for photo in settings.photos)
        if missing:
            text = f"{missing} of {len(settings.photos)} photos are not where the file says."
            self.report({"WARNING"}, translated(text))
        return {"FINISHED"}


CLASSES = (LIKENESS_OT_import_cameras,)
