"""A photo's camera as a frame of a transforms.json tells it: intrinsics, distortion, and pose as camera-to-world.

Pixels with the first one's center at (0.5, 0.5); OpenGL axes; the world as the file has it (docs/conventions.md).
"""

import math
from collections.abc import Callable

import numpy as np

from ..link import UserError
from ..link import camera as pinhole

POSE = "transform_matrix"
DISTORTION = ("k1", "k2", "k3", "p1", "p2")  # OpenCV's
_RIGID = 0.05  # largest entry by which a rotation may miss the nearest true one; the backend's measure
_OTHER_LENSES = ("fisheye", "equirectangular", "orthophoto")


def camera_of(frame: dict, name: str, photo_size: Callable[[], tuple[int, int]]) -> pinhole.Camera:
    """The frame's camera without its distortion; a UserError, which calls the photo `name`, where there is none.

    photo_size: asked for width and height where the frame does not tell them. Of focal lengths and angles the length
    wins; the principal point is the middle unless told.
    """
    if frame.get(POSE) is None:
        raise UserError(f"The camera of {name} is not known. Import cameras, or fit the photos first.")
    if any(word in str(frame.get("camera_model", "")).lower() for word in _OTHER_LENSES) or _number(frame, name, "k4"):
        raise UserError(f"The lens of {name} is not a plain one with k1 k2 k3 p1 p2. Undistort the photos first.")
    width, height = _number(frame, name, "w"), _number(frame, name, "h")
    if not width or not height:
        width, height = photo_size()
    fl_x = _number(frame, name, "fl_x") or _focal(width, _number(frame, name, "camera_angle_x"))
    fl_y = _number(frame, name, "fl_y") or _focal(height, _number(frame, name, "camera_angle_y")) or fl_x
    fl_x = fl_x or fl_y
    if not fl_x or fl_x < 0 or fl_y < 0 or width < 1 or height < 1:
        raise UserError(f"The camera of {name} has no focal length, or no size. Export the cameras anew.")
    cx, cy = _number(frame, name, "cx"), _number(frame, name, "cy")
    return pinhole.Camera(
        int(width), int(height), fl_x, fl_y, width / 2 if cx is None else cx, height / 2 if cy is None else cy,
        _pose(frame[POSE], name),
    )  # fmt: skip


def distortion_of(frame: dict) -> dict[str, float]:
    """Those of k1 k2 k3 p1 p2 that are not 0."""
    return {key: float(frame[key]) for key in DISTORTION if frame.get(key)}


def frame_of(camera: pinhole.Camera, distortion: dict[str, float] | None = None) -> dict:
    """The entries of a frame that tell this camera."""
    return {
        "w": int(camera.width), "h": int(camera.height),
        "fl_x": float(camera.fl_x), "fl_y": float(camera.fl_y), "cx": float(camera.cx), "cy": float(camera.cy),
        "camera_angle_x": 2 * math.atan(camera.width / (2 * camera.fl_x)),
        **(distortion or {}), POSE: np.asarray(camera.camera_to_world, float).tolist(),
    }  # fmt: skip


def _number(frame: dict, name: str, key: str) -> float | None:
    value = frame.get(key)
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise UserError(f"The camera of {name} has the {key} {value!r}, which is no number. Export the cameras anew.")
    return number


def _focal(side: float, angle: float | None) -> float | None:
    """Focal length in pixels of a picture `side` pixels long that spans `angle` radians."""
    return None if angle is None or not 0 < angle < math.pi else 0.5 * side / math.tan(0.5 * angle)


def _pose(matrix: object, name: str) -> np.ndarray:
    """camera-to-world (4, 4) float64 with an exact rotation."""
    try:
        pose = np.array(matrix, np.float64)
    except (TypeError, ValueError):
        pose = np.zeros(0)
    if pose.shape not in ((4, 4), (3, 4)) or not np.isfinite(pose).all():
        raise UserError(f"The pose of {name} is not 4 x 4 numbers. Export the cameras anew.")
    left, _, right = np.linalg.svd(pose[:3, :3])
    rotation = left @ right
    if np.linalg.det(rotation) < 0 or np.abs(rotation - pose[:3, :3]).max() > _RIGID:
        raise UserError(f"The pose of {name} is scaled, sheared or mirrored: no camera is. Export the cameras anew.")
    rigid = np.eye(4)
    rigid[:3, :3], rigid[:3, 3] = rotation, pose[:3, 3]
    return rigid
