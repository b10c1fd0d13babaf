"""Blender cameras that see what the photos' cameras saw, with the photos behind them.

Blender's lens belongs to the longer side of the picture (sensor fit "Auto"); its shift is counted in that side, too.
docs/conventions.md gives the formulas: shift_x = (w/2 - cx) / max(w, h), shift_y = -(h/2 - cy) / max(w, h).
"""

import bpy
import numpy as np
from mathutils import Matrix

from .link import reader

SENSOR = 36.0  # mm, the longer side


def build(stored: reader.StoredCamera, display_size: float) -> bpy.types.Object:
    """A camera object, not linked yet. display_size: length of its drawing, world units."""
    camera = stored.camera
    aspect = camera.fl_x / camera.fl_y  # height of a pixel over its width
    longer = max(camera.width, camera.height * aspect)  # in widths of a pixel
    data = bpy.data.cameras.new(stored.name)
    data.sensor_fit, data.sensor_width = "AUTO", SENSOR
    data.lens = camera.fl_x * SENSOR / longer
    data.shift_x = (camera.width / 2 - camera.cx) / longer
    data.shift_y = -(camera.height / 2 - camera.cy) * aspect / longer
    data.display_size = display_size
    distance = max(float(np.linalg.norm(camera.position)), display_size)
    data.clip_start, data.clip_end = display_size / 100, 100 * (distance + display_size)
    built = bpy.data.objects.new(stored.name, data)
    built.matrix_world = Matrix(camera.camera_to_world.tolist())
    built["likeness_size"] = [camera.width, camera.height]
    built["likeness_pixel_aspect"] = aspect
    if stored.image is not None:
        _add_photo(data, str(stored.image))
    return built


def display_size(result: reader.StoredResult) -> float:
    """A size at which the cameras are seen beside the subject: a tenth of it, world units."""
    extent = np.ptp(result.surface.vertices, axis=0)
    return float(max(np.linalg.norm(extent) / 10, 1e-6))


def apply_to_render(built: bpy.types.Object, render) -> None:
    """Give the render settings the photo's size and pixels; only then does the camera frame the photo exactly."""
    render.resolution_x, render.resolution_y = built["likeness_size"]
    aspect = built["likeness_pixel_aspect"]
    render.pixel_aspect_x, render.pixel_aspect_y = max(1.0, 1 / aspect), max(1.0, aspect)
    render.resolution_percentage = 100


def _add_photo(data: bpy.types.Camera, path: str) -> None:
    background = data.background_images.new()
    background.image = bpy.data.images.load(path, check_existing=True)
    background.alpha, background.display_depth, background.frame_method = 1.0, "BACK", "FIT"
    data.show_background_images = True
