"""Choosing photos, and keeping their list."""

from pathlib import Path

import bpy

from ..link import UserError
from ..translations.language import translated
from . import photo_list, thumbnails


class LIKENESS_OT_add_photos(bpy.types.Operator):
    """Add photos of the subject; their cameras need not be known. Files can be dropped onto the sidebar, too"""

    bl_idname = "likeness.add_photos"
    bl_label = "Add Photos"
    bl_options = {"REGISTER", "UNDO"}

    directory: bpy.props.StringProperty(
        name="Folder", description="Where the photos are", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )
    files: bpy.props.CollectionProperty(
        name="Files", description="Names of the photos; none: all of the folder", options={"SKIP_SAVE"},
        type=bpy.types.OperatorFileListElement,
    )  # fmt: skip
    filter_image: bpy.props.BoolProperty(
        name="Show photos", description="Show pictures", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )
    filter_folder: bpy.props.BoolProperty(
        name="Show folders", description="Show folders", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )

    def invoke(self, context, event):
        if self.files:  # dropped
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        folder = Path(bpy.path.abspath(self.directory))
        names = [file.name for file in self.files if file.name]
        try:
            paths = [folder / name for name in names] or photo_list.photos_in(folder)
            for path in paths:
                if not path.is_file():
                    raise UserError(f"There is no photo {path}.")
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}
        photo_list.add(context.scene.likeness, paths)
        photo_list.look(context.scene)
        return {"FINISHED"}


class OfPhotos:
    """Operators that need a photo in the list."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        return bool(context.scene.likeness.photos) or cls.poll_message_set("There are no photos")


class LIKENESS_OT_remove_photo(OfPhotos, bpy.types.Operator):
    """Remove the photo from the list; the file stays"""

    bl_idname = "likeness.remove_photo"
    bl_label = "Remove Photo"

    index: bpy.props.IntProperty(
        name="Photo", description="Which photo; -1: the active one", default=-1, options={"SKIP_SAVE"}
    )

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


class LIKENESS_OT_clear_photos(OfPhotos, bpy.types.Operator):
    """Empty the list of photos; the files stay"""

    bl_idname = "likeness.clear_photos"
    bl_label = "Clear Photos"

    def execute(self, context):
        settings = context.scene.likeness
        settings.photos.clear()
        settings.cameras = ""
        settings.active_photo = 0
        return {"FINISHED"}


class LIKENESS_OT_move_photo(OfPhotos, bpy.types.Operator):
    """Move the active photo up or down in the list"""

    bl_idname = "likeness.move_photo"
    bl_label = "Move Photo"

    direction: bpy.props.EnumProperty(
        name="Direction", description="Where to",
        items=[("UP", "Up", "Towards the beginning"), ("DOWN", "Down", "Towards the end")],
    )  # fmt: skip

    def execute(self, context):
        settings = context.scene.likeness
        target = settings.active_photo + (-1 if self.direction == "UP" else 1)
        if not 0 <= target < len(settings.photos):
            return {"CANCELLED"}
        settings.photos.move(settings.active_photo, target)
        settings.active_photo = target
        return {"FINISHED"}


class LIKENESS_OT_select_photos(OfPhotos, bpy.types.Operator):
    """Tick photos: those that are ticked are used"""

    bl_idname = "likeness.select_photos"
    bl_label = "Select Photos"

    action: bpy.props.EnumProperty(
        name="Action", description="Which photos to tick",
        items=[
            ("ALL", "All", "Tick every photo"),
            ("NONE", "None", "Tick no photo"),
            ("INVERT", "Invert", "Tick those that are not ticked, and only those"),
        ],
    )  # fmt: skip

    @classmethod
    def description(cls, context, properties):
        return cls.bl_rna.properties["action"].enum_items[properties.action].description

    def execute(self, context):
        for photo in context.scene.likeness.photos:
            photo.use = not photo.use if self.action == "INVERT" else self.action == "ALL"
        return {"FINISHED"}


class LIKENESS_OT_reload_photo(OfPhotos, bpy.types.Operator):
    """Look at the active photo's file again: whether it is there, how it looks"""

    bl_idname = "likeness.reload_photo"
    bl_label = "Reload Photo"

    def execute(self, context):
        settings = context.scene.likeness
        if settings.active_photo >= len(settings.photos):
            return {"CANCELLED"}
        photo = settings.photos[settings.active_photo]
        path = photo_list.path_of(photo)
        thumbnails.forget(photo.path)
        for image in bpy.data.images:
            if image.source == "FILE" and image.filepath and Path(bpy.path.abspath(image.filepath)) == path:
                image.reload()
        photo_list.look(context.scene, settings.active_photo, 1)
        return {"FINISHED"}


CLASSES = (
    LIKENESS_OT_add_photos,
    LIKENESS_OT_remove_photo,
    LIKENESS_OT_clear_photos,
    LIKENESS_OT_move_photo,
    LIKENESS_OT_select_photos,
    LIKENESS_OT_reload_photo,
)
