"""Cameras of the scene, with photos behind them, become views; and views are ticked by their cameras."""

from pathlib import Path

import bpy

from ..link import UserError
from ..translations.language import translated
from . import photo_camera, photo_list
from .camera_lens import Picture, camera_of, distortion_of, pixel_aspect
from .camera_objects import Cameras, background_of, photo_path, selected_cameras
from .photo_turn import orientation
from .result_cameras import ASPECT, PHOTO, SIZE

_SAME_SHAPE = 0.01  # relative difference up to which photo and render have one shape


class LIKENESS_OT_add_scene_cameras(bpy.types.Operator):
    """Use cameras of the scene as views: the selected ones, or all that have a photo behind them where none is
    selected. Lens, shift and pose are taken over"""

    bl_idname = "likeness.add_scene_cameras"
    bl_label = "Add Scene Cameras"
    bl_options = {"REGISTER", "UNDO"}

    framing: bpy.props.EnumProperty(
        name="Framing", description="What a camera's field of view refers to",
        items=[
            ("PHOTO", "Photo", "The whole photo, as when the render has the photo's size"),
            ("RENDER", "Render", "The frame of the render, in which the photo lies as it is seen now"),
        ],
    )  # fmt: skip

    @classmethod
    def poll(cls, context):
        cameras = any(built.type == "CAMERA" for built in context.scene.objects)
        return cameras or cls.poll_message_set("There are no cameras in the scene")

    def execute(self, context):
        scene, taken, told = context.scene, {}, []
        for built in _chosen(context):
            try:
                path, frame, warning = _view(built, scene.render, self.framing)
                if path in taken:
                    raise UserError(f"{built.name} shows the same photo as another camera. Remove one of them.")
            except UserError as error:
                told.append(str(error))
                continue
            taken[path] = frame
            told += [warning] if warning else []
        for photo, frame in zip(photo_list.add(scene.likeness, list(taken)), taken.values(), strict=True):
            photo_list.set_camera(photo, frame)
        if taken:
            scene.likeness.cameras = ""  # the list knows more now
            photo_list.look(scene)
        if told or not taken:
            none = "No camera of the scene has a photo behind it. Give it a background image."
            text = " ".join(map(translated, told or [none]))
            self.report({"WARNING"} if taken else {"ERROR"}, text)
        return {"FINISHED"} if taken else {"CANCELLED"}


class LIKENESS_OT_select_views(bpy.types.Operator):
    """Tick the photos whose camera objects are selected in the viewport, and no others"""

    bl_idname = "likeness.select_views"
    bl_label = "Tick Those of Selected Cameras"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if not context.scene.likeness.photos:
            return cls.poll_message_set("There are no photos") or False
        selected = any(built.type == "CAMERA" for built in context.view_layer.objects.selected)
        return selected or cls.poll_message_set("Select cameras of photos in the viewport")

    def execute(self, context):
        cameras, selected = Cameras(context.scene), set(selected_cameras(context))
        photos = context.scene.likeness.photos
        chosen = [cameras.all_of(photo_list.path_of(photo), photo.name) & selected for photo in photos]
        if not any(chosen):
            self.report({"ERROR"}, "None of the selected cameras belongs to a photo of the list.")
            return {"CANCELLED"}
        for photo, found in zip(photos, chosen, strict=True):
            photo.use = bool(found)
        return {"FINISHED"}


def frame_of(built: bpy.types.Object, render, framing: str = "PHOTO") -> tuple[Path, dict]:
    """The photo of a camera object, and its camera as a frame of a transforms.json; a UserError for what is none."""
    return _view(built, render, framing)[:2]


def _chosen(context) -> list[bpy.types.Object]:
    """The selected cameras; else those of the scene that have a picture or a clip behind them."""
    cameras = [built for built in context.scene.objects if built.type == "CAMERA"]
    return selected_cameras(context) or [b for b in cameras if PHOTO in b or background_of(b.data) is not None]


def _view(built: bpy.types.Object, render, framing: str) -> tuple[Path, dict, str]:
    """Photo, frame, and what the artist should know."""
    if PHOTO in built and SIZE in built:  # one of ours: it frames its photo
        picture = Picture(*built[SIZE], float(built[ASPECT]))
        return photo_path(built), photo_camera.frame_of(camera_of(built, picture), distortion_of(built)), ""
    image, background = _photo_of(built)
    shape = image.display_aspect[1] / image.display_aspect[0]
    frame, warning = Picture(render.resolution_x, render.resolution_y, pixel_aspect(render)), ""
    if framing == "RENDER":
        camera = camera_of(built, Picture(*image.size, shape), frame, background.frame_method)
    else:
        photo = Picture(*image.size, shape if shape != 1 else frame.aspect)
        camera = camera_of(built, photo)
        if abs(photo.shape / frame.shape - 1) > _SAME_SHAPE:
            warning = f"{built.name} has a photo of another shape than the render. If it was aligned in the frame of "
            warning += "the render, set Framing to Render."
    return photo_path(built), photo_camera.frame_of(camera, distortion_of(built)), warning


def _photo_of(built: bpy.types.Object) -> tuple[bpy.types.Image, bpy.types.CameraBackgroundImage]:
    """The picture behind a camera; a UserError where it is no photo in a file, or lies elsewhere than in the frame."""
    background = background_of(built.data)
    if background is None:
        raise UserError(f"{built.name} has no background image. Give it the photo that it was taken with.")
    if background.source != "IMAGE" or background.image is None or background.image.source != "FILE":
        raise UserError(f"{built.name} shows a movie clip, a sequence or a generated picture. Give it a single photo.")
    image = background.image
    if not photo_path(built).is_file():
        raise UserError(f"The photo behind {built.name} is not in a file. Save it with Image > Save As.")
    moved = any(background.offset) or background.rotation or background.scale != 1
    if moved or background.use_flip_x or background.use_flip_y:
        raise UserError(
            f"The photo behind {built.name} is moved, turned, scaled or flipped. Set its offset and rotation to 0 and "
            "its scale to 1, and align the camera instead (its lens and shift)."
        )
    if orientation(photo_path(built)) != 1:
        raise UserError(
            f"The photo behind {built.name} is stored turned (EXIF), as phones do: Blender shows it otherwise than it "
            "was taken. Save it upright with another program, and align the camera with that."
        )
    if not all(image.size):
        raise UserError(f"{image.filepath} behind {built.name} is no picture that Blender reads.")
    return image, background


CLASSES = (LIKENESS_OT_add_scene_cameras, LIKENESS_OT_select_views)
