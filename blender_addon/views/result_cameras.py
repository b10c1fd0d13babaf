"""Blender cameras that see what the photos' cameras saw, with the photos behind them.

Blender's lens belongs to the longer side of the picture (sensor fit "Auto"); its shift is counted in that side, too.
docs/conventions.md gives the formulas: shift_x = (w/2 - cx) / max(w, h), shift_y = -(h/2 - cy) / max(w, h).
"""

import math
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

from ..link import reader
from .photo_turn import quarter_turns

SENSOR = 36.0  # mm, the longer side
COLLECTION = "Likeness cameras"
RESULT, PHOTO, OBSTRUCTION = "likeness_result", "likeness_photo", "likeness_obstruction"  # paths kept on a camera
VIEW = "likeness_view"  # the photo's name in its result
SIZE, ASPECT = "likeness_size", "likeness_pixel_aspect"  # of the photo: pixels; a pixel's height over its width
WEIGHTS = "obstruction"  # folder of a result: how far each pixel was trusted


def build(stored: reader.StoredCamera, display_size: float, result: Path | None = None) -> bpy.types.Object:
    """A camera object, not linked yet. display_size: length of its drawing, world units; result: its folder."""
    camera = stored.camera
    aspect = camera.fl_x / camera.fl_y  # height of a pixel over its width
    longer = max(camera.width, camera.height * aspect)  # in widths of a pixel
    data = bpy.data.cameras.new(stored.name)
    lens = camera.fl_x * SENSOR / longer
    data.sensor_fit, data.sensor_width = "AUTO", SENSOR * max(1.0, 1 / lens)  # Blender knows no lens below 1 mm
    data.lens = max(1.0, lens)
    data.shift_x = (camera.width / 2 - camera.cx) / longer
    data.shift_y = -(camera.height / 2 - camera.cy) * aspect / longer
    data.display_size = display_size
    distance = max(float(np.linalg.norm(camera.position)), display_size)
    data.clip_start, data.clip_end = display_size / 100, 100 * (distance + display_size)
    built = bpy.data.objects.new(stored.name, data)
    built.matrix_world = Matrix(camera.camera_to_world.tolist())
    built[SIZE] = [camera.width, camera.height]
    built[ASPECT] = aspect
    built[VIEW] = stored.name
    if stored.image is not None:
        built[PHOTO] = str(stored.image)
        set_background(built, str(stored.image))
    if result is not None:
        built[RESULT] = str(result)
        weights = result / WEIGHTS / f"{stored.name}.png"
        if weights.is_file():
            built[OBSTRUCTION] = str(weights)
    return built


def place(cameras: list[bpy.types.Object], parent: bpy.types.Collection) -> None:
    """Put the cameras of one result into their collection below `parent`, in place of those of the same photos.

    Whatever referred to an old camera (the scene, a constraint) refers to the new one of that photo then.
    """
    collection = camera_collection(parent)
    keys = {_key(camera): camera for camera in cameras}
    sets = {old.get(RESULT) for old in collection.objects if VIEW in old and _key(old) in keys}
    for old in [old for old in collection.objects if VIEW in old and old.get(RESULT) in sets]:
        new, data, name = keys.get(_key(old)), old.data, old.name
        if new is not None:
            old.user_remap(new)
        bpy.data.objects.remove(old)
        if data.users == 0:
            bpy.data.cameras.remove(data)
        if new is not None:
            new.name = new.data.name = name
    for camera in cameras:
        if camera.name not in collection.objects:
            collection.objects.link(camera)


def camera_collection(parent: bpy.types.Collection) -> bpy.types.Collection:
    """The collection of the photos' cameras below `parent`; it takes no part in renders."""
    for child in parent.children:
        if child.name.partition(".")[0] == COLLECTION:
            return child
    collection = bpy.data.collections.new(COLLECTION)
    collection.hide_render = True
    parent.children.link(collection)
    return collection


def display_size(result: reader.StoredResult) -> float:
    """A size at which the cameras are seen beside the subject: a tenth of it, world units."""
    extent = np.ptp(result.surface.vertices, axis=0)
    return float(max(np.linalg.norm(extent) / 10, 1e-6))


def apply_to_render(built: bpy.types.Object, render) -> None:
    """Give the render settings the photo's size and pixels; only then does the camera frame the photo exactly."""
    render.resolution_x, render.resolution_y = built[SIZE]
    aspect = built[ASPECT]
    render.pixel_aspect_x, render.pixel_aspect_y = max(1.0, 1 / aspect), max(1.0, aspect)
    render.resolution_percentage = 100


def set_background(built: bpy.types.Object, path: str) -> None:
    """Show a picture through a photo's camera, behind the scene, in place of the one before.

    Blender shows pixels as squares, and photos as they are stored: what the camera knows better is set right.
    """
    width, height, aspect = *built[SIZE], built[ASPECT]
    turns, shape = quarter_turns(Path(path)), width / (height * aspect)
    backgrounds = built.data.background_images
    background = backgrounds[0] if backgrounds else backgrounds.new()
    background.image = bpy.data.images.load(path, check_existing=True)
    stored = aspect if turns % 2 == 0 else 1 / aspect
    background.image.display_aspect = max(1.0, 1 / stored), max(1.0, stored)
    background.rotation, background.scale = turns * math.pi / 2, max(shape, 1 / shape) if turns % 2 else 1.0
    background.alpha, background.display_depth, background.frame_method = 1.0, "BACK", "FIT"
    built.data.show_background_images = True


def _key(camera: bpy.types.Object) -> str:
    """What stays the same when a photo is fitted again: its file, or its name where the result keeps a copy of it."""
    photo, result = camera.get(PHOTO), camera.get(RESULT)
    kept = photo is None or (result is not None and Path(result) in Path(photo).parents)
    return camera[VIEW] if kept else photo
