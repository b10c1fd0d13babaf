"""Choosing photos and cameras."""

from pathlib import Path

import bpy

from ..link import UserError
from . import capture_file

PHOTO_ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp")


class LIKENESS_OT_add_photos(bpy.types.Operator):
    """Add photos of the subject; their cameras need not be known"""

    bl_idname = "likeness.add_photos"
    bl_label = "Add Photos"
    bl_options = {"REGISTER", "UNDO"}

    directory: bpy.props.StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE"})
    files: bpy.props.CollectionProperty(type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE"})
    filter_image: bpy.props.BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    filter_folder: bpy.props.BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        folder = Path(bpy.path.abspath(self.directory))
        names = [file.name for file in self.files if file.name]
        try:
            paths = [folder / name for name in names] or photos_in(folder)
            for path in paths:
                if not path.is_file():
                    raise UserError(f"There is no photo {path}.")
        except UserError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        add(context.scene.likeness, paths)
        return {"FINISHED"}


class LIKENESS_OT_import_cameras(bpy.types.Operator):
    """Take photos with their cameras from a transforms.json (nerfstudio, instant-ngp, COLMAP exports)"""

    bl_idname = "likeness.import_cameras"
    bl_label = "Import Cameras"
    bl_options = {"REGISTER", "UNDO"}

    filepath: bpy.props.StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: bpy.props.StringProperty(default="*.json", options={"HIDDEN", "SKIP_SAVE"})

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        path = Path(bpy.path.abspath(self.filepath))
        try:
            paths = list(capture_file.frames_of(path))
        except UserError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        settings = context.scene.likeness
        settings.photos.clear()
        add(settings, paths, has_camera=True)
        settings.cameras = str(path)
        return {"FINISHED"}


class LIKENESS_OT_remove_photo(bpy.types.Operator):
    """Remove the photo from the list; the file stays"""

    bl_idname = "likeness.remove_photo"
    bl_label = "Remove Photo"
    bl_options = {"REGISTER", "UNDO"}

    index: bpy.props.IntProperty(default=-1, description="Which photo; -1: the active one", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context):
        return _any_photos(cls, context)

    def execute(self, context):
        settings = context.scene.likeness
        index = settings.active_photo if self.index < 0 else self.index
        if index >= len(settings.photos):
            return {"CANCELLED"}
        settings.photos.remove(index)
        settings.active_photo = max(0, min(settings.active_photo, len(settings.photos) - 1))
        if not settings.photos:
            settings.cameras = ""
        return {"FINISHED"}


class LIKENESS_OT_clear_photos(bpy.types.Operator):
    """Empty the list of photos; the files stay"""

    bl_idname = "likeness.clear_photos"
    bl_label = "Clear Photos"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        return _any_photos(cls, context)

    def execute(self, context):
        settings = context.scene.likeness
        settings.photos.clear()
        settings.cameras = ""
        settings.active_photo = 0
        return {"FINISHED"}


def _any_photos(cls, context) -> bool:
    return bool(context.scene.likeness.photos) or cls.poll_message_set("There are no photos")


def add(settings, paths: list[Path], has_camera: bool = False) -> None:
    """Append the photos that are not in the list yet."""
    known = {photo.path for photo in settings.photos}
    for path in map(str, paths):
        if path not in known:
            photo = settings.photos.add()
            photo.name, photo.path, photo.has_camera = Path(path).stem, path, has_camera
            known.add(path)


def photos_in(folder: Path) -> list[Path]:
    """All photos of a folder, by name."""
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}.")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in PHOTO_ENDINGS)
    if not paths:
        raise UserError(f"There are no photos in {folder}. Photos end in {', '.join(PHOTO_ENDINGS)}.")
    return paths


CLASSES = (
    LIKENESS_OT_add_photos,
    LIKENESS_OT_import_cameras,
    LIKENESS_OT_remove_photo,
    LIKENESS_OT_clear_photos,
)
