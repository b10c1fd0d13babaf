"""Looking through a photo's camera."""

import bpy

from ..link import UserError
from ..translations.language import translated
from . import camera_build, photo_list
from .camera_objects import Cameras
from .photos import OfPhotos
from .result_cameras import SIZE, apply_to_render


class LIKENESS_OT_view_photo(bpy.types.Operator):
    """Look through the selected photo camera; the render takes the size of its photo"""

    bl_idname = "likeness.view_photo"
    bl_label = "View Photo"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        active = context.active_object
        return (active is not None and SIZE in active) or cls.poll_message_set("Select a photo camera")

    def execute(self, context):
        look_through(context, context.active_object)
        return {"FINISHED"}


class LIKENESS_OT_look_through(OfPhotos, bpy.types.Operator):
    """Look at the scene through the camera of the active photo of the list, with the photo behind it"""

    bl_idname = "likeness.look_through"
    bl_label = "Look Through"

    @classmethod
    def poll(cls, context):
        settings = context.scene.likeness
        if settings.active_photo >= len(settings.photos):
            return cls.poll_message_set("There are no photos") or False
        known = settings.photos[settings.active_photo].state != photo_list.UNKNOWN
        return known or cls.poll_message_set("The camera of this photo is not known yet: import cameras, or generate")

    def execute(self, context):
        settings = context.scene.likeness
        photo = settings.photos[settings.active_photo]
        built = Cameras(context.scene).of(photo_list.path_of(photo), photo.name)
        try:
            if built is None:
                built = camera_build.build(photo)
                camera_build.place(context.scene, [built])
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}
        look_through(context, built)
        return {"FINISHED"}


def look_through(context, built: bpy.types.Object) -> None:
    """Make it the scene's camera and see through it; one of ours gives the render the size of its photo."""
    context.scene.camera = built
    if SIZE in built:
        apply_to_render(built, context.scene.render)
    if context.space_data is not None and context.space_data.type == "VIEW_3D":
        context.space_data.region_3d.view_perspective = "CAMERA"


CLASSES = (LIKENESS_OT_view_photo, LIKENESS_OT_look_through)
