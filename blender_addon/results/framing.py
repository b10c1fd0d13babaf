"""What has just appeared is brought into view: from where Blender shows its cube, a head is a dot."""

import bpy
import numpy as np

_LEAST = 0.25  # of a view's half width or height that a thing takes up at least to count as shown
_BEYOND = 1.1  # half widths from the middle within which it must lie
_ROOM = 2.7  # radii of the thing that a view with Blender's usual lens stands away from it
_LENS = 50.0  # mm, Blender's usual one for views


def frame(vertices: np.ndarray, scene: bpy.types.Scene) -> None:
    """vertices (V, 3) in the world. Views through a camera, and those that show it already, stay as they are."""
    low, high = vertices.min(0), vertices.max(0)
    for window in bpy.context.window_manager.windows:
        if window.scene == scene:
            for area in window.screen.areas:
                if area.type == "VIEW_3D":
                    _frame_in(area.spaces.active, low, high)


def _frame_in(space: bpy.types.SpaceView3D, low: np.ndarray, high: np.ndarray) -> None:
    view = space.region_3d
    if view is None or view.view_perspective == "CAMERA" or is_shown(np.array(view.perspective_matrix), low, high):
        return
    radius = max(float(np.linalg.norm(high - low)) / 2, 1e-6)
    view.view_location = ((low + high) / 2).tolist()
    view.view_distance = _ROOM * radius * space.lens / _LENS
    space.clip_start = min(space.clip_start, radius / 10)


def is_shown(matrix: np.ndarray, low: np.ndarray, high: np.ndarray) -> bool:
    """Whether a box between corners (3,) is in the picture and not tiny; matrix (4, 4): world to clip space."""
    box = np.array([[x, y, z, 1.0] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    clip = box @ matrix.T
    if (clip[:, 3] <= 0).any():
        return False
    places = clip[:, :2] / clip[:, 3:]
    middle, half = places.mean(0), np.ptp(places, axis=0) / 2
    return bool((np.abs(middle) < _BEYOND).all() and half.max() > _LEAST)
