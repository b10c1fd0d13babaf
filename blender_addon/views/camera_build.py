"""The cameras of the list become camera objects in the scene, with their photos behind them."""

import json
from pathlib import Path

import bpy
import numpy as np

from ..link import UserError, reader
from ..results.result_import import likeness_collection
from ..translations.language import translated
from . import photo_camera, photo_list, result_cameras
from .camera_lens import DISTORTION
from .photo_turn import quarter_turns
from .photos import OfPhotos

_SHARE, _ALONE = 0.06, 0.1  # drawn size of a camera: of the space that all of them take up; of one alone


class LIKENESS_OT_build_cameras(OfPhotos, bpy.types.Operator):
    """Put the known cameras of the list into the scene as camera objects, their photos behind them; those that were
    put there before are replaced"""

    bl_idname = "likeness.build_cameras"
    bl_label = "Cameras to Scene"

    def execute(self, context):
        known = [photo for photo in context.scene.likeness.photos if photo.has_camera]
        if not known:
            self.report({"ERROR"}, "No photo of the list has a known camera. Import cameras first.")
            return {"CANCELLED"}
        built, refused = [], []
        for photo in known:
            try:
                built.append(build(photo))
            except UserError as error:
                refused.append(str(error))
        place(context.scene, built)
        photo_list.look(context.scene)
        if refused:
            self.report({"WARNING"} if built else {"ERROR"}, " ".join(map(translated, refused)))
        return {"FINISHED"} if built else {"CANCELLED"}


def build(photo) -> bpy.types.Object:
    """The camera object of an entry of the list, linked nowhere; a UserError where its camera makes no sense."""
    path, frame = photo_list.path_of(photo), photo_list.camera_in(photo)
    camera = photo_camera.camera_of(frame, photo.name, lambda: photo_size(path))
    stored = reader.StoredCamera(photo.name, camera, path if path.is_file() else None, None)
    built = result_cameras.build(stored, _ALONE)
    built[result_cameras.PHOTO] = str(path)
    bent = photo_camera.distortion_of(frame)
    if bent:
        built[DISTORTION] = json.dumps(bent)
    return built


def place(scene, cameras: list[bpy.types.Object]) -> None:
    """Link cameras of the list, in place of those that were built of the same photos before; results keep theirs."""
    collection = result_cameras.camera_collection(likeness_collection(scene))
    new = {built[result_cameras.PHOTO]: built for built in cameras}
    for old in [built for built in collection.objects if result_cameras.VIEW in built]:
        built = new.get(old.get(result_cameras.PHOTO))
        if built is not None and result_cameras.RESULT not in old:
            data, name = old.data, old.name
            old.user_remap(built)
            bpy.data.objects.remove(old)
            if data.users == 0:
                bpy.data.cameras.remove(data)
            built.name = built.data.name = name
    for built in cameras:
        if built.name not in collection.objects:
            collection.objects.link(built)
    spread = np.ptp([built.matrix_world.translation for built in collection.objects], axis=0) if cameras else 0
    for built in cameras:
        built.data.display_size = _SHARE * float(np.linalg.norm(spread)) or _ALONE


def photo_size(path: Path) -> tuple[int, int]:
    """Width and height of the upright photo in pixels; a UserError where Blender cannot read it."""
    count = len(bpy.data.images)
    try:
        image = bpy.data.images.load(str(path), check_existing=True)
        size = tuple(image.size)
        if len(bpy.data.images) > count:
            bpy.data.images.remove(image)
    except RuntimeError:
        size = (0, 0)
    if not all(size):
        raise UserError(f"The size of {path} cannot be found out: it is gone, or not a picture that Blender reads.")
    return size[::-1] if quarter_turns(path) % 2 else size


CLASSES = (LIKENESS_OT_build_cameras,)
