"""A handy frame for cameras that know neither up nor size."""

from collections.abc import Sequence

import numpy as np

from ..errors import UserError
from ..scene import Camera
from .rays import nearest_point

_SPREAD = 0.1  # second smallest moment of the cameras' horizontal axes from which on they span a plane
_TILT = 0.5  # cosine: the guesses of "up" that agree better than this are of one scene


def upright_frame(cameras: Sequence[Camera]) -> tuple[np.ndarray, np.ndarray, float]:
    """Rotation (3, 3), center (3,) and scale: point p becomes rotation @ (p - center) / scale.

    After that +Z is up and the first camera stands on the side of -Y. The center is where the optical axes come
    nearest to one another; a ball of radius `scale` about it just fits into the median picture.
    """
    center = _center(cameras)
    up = guess_up(cameras)
    back = cameras[0].position - center
    back = back - up * (back @ up)
    if np.linalg.norm(back) < 1e-6 * np.linalg.norm(cameras[0].position - center):  # it looks straight down
        back = -cameras[0].camera_to_world[:3, 1]
        back = back - up * (back @ up)
    back = back / np.linalg.norm(back)
    rotation = np.stack([np.cross(up, back), -back, up])  # rows: the new axes
    reaches = [0.5 * min(c.width, c.height) / c.fl_x * abs(float(c.project(center)[1])) for c in cameras]
    return rotation, center, float(np.median(reaches))


def guess_up(cameras: Sequence[Camera]) -> np.ndarray:
    """Unit vector (3,): people hold cameras level, so that all horizontal axes are at right angles to it.

    Where the cameras stand too much in a row for that to tell, it is the mean of the cameras' own up.
    """
    rights = np.array([camera.camera_to_world[:3, 0] for camera in cameras])
    mean = np.mean([camera.camera_to_world[:3, 1] for camera in cameras], axis=0)
    mean = mean / max(float(np.linalg.norm(mean)), 1e-12)
    moments, axes = np.linalg.eigh(rights.T @ rights / len(rights))
    level = axes[:, 0] * np.sign(axes[:, 0] @ mean)
    return level if moments[1] > _SPREAD and level @ mean > _TILT else mean


def _center(cameras: Sequence[Camera]) -> np.ndarray:
    middles = [camera.rays(np.array([camera.width, camera.height]) / 2) for camera in cameras]
    try:
        return nearest_point(np.array([camera.position for camera in cameras]), np.array(middles))
    except UserError as error:
        raise UserError(
            f"{error} The cameras that were found from the photos cannot show the subject's shape."
        ) from error
