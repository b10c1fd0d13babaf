"""What a Blender camera object sees, as a pinhole: the inverse of result_cameras.build.

Blender counts focal length and shift in the side of the picture that its sensor is fitted to; a pixel's height over its
width is the render's pixel aspect. Parents may turn, move and scale a camera; Blender ignores the scale.
"""

import json
from dataclasses import dataclass, replace

import bpy
import numpy as np

from ..link import UserError
from ..link import camera as pinhole

_SKEW = 1e-3  # cosine between two axes of a camera up to which they count as square to one another
DISTORTION = "likeness_distortion"  # of a camera object: k1 … of its photo as JSON


@dataclass(frozen=True)
class Picture:
    """Size in pixels, and the height of a pixel over its width."""

    width: int
    height: int
    aspect: float = 1.0

    @property
    def shape(self) -> float:
        """Width over height as seen."""
        return self.width / (self.height * self.aspect)


def camera_of(
    built: bpy.types.Object, photo: Picture, render: Picture | None = None, method: str = "FIT"
) -> pinhole.Camera:
    """The camera in pixels of the photo, its pose in the scene's world; a UserError where no photo can have it.

    render: what the camera frames, the photo laid into it by `method` (FIT, CROP, STRETCH); None: the photo itself.
    """
    if built.data.type != "PERSP":
        kind = "an orthographic" if built.data.type == "ORTHO" else "a panoramic"
        raise UserError(f"{built.name} is {kind} camera. Photos need one of the type Perspective.")
    camera = replace(_lens(built.data, render or photo), camera_to_world=pose_of(built))
    return camera if render is None else _in_photo(camera, render, photo, method)


def pose_of(built: bpy.types.Object) -> np.ndarray:
    """camera-to-world (4, 4) float64 without scale; a UserError where a parent mirrors or skews the camera."""
    world = np.array(built.matrix_world, float)
    lengths = np.linalg.norm(world[:3, :3], axis=0)
    if not np.isfinite(world).all() or (lengths < 1e-12).any():
        raise UserError(f"{built.name} has the scale 0. Give it, or its parents, another.")
    axes = world[:3, :3] / lengths
    if np.linalg.det(axes) < 0:
        raise UserError(f"{built.name} is mirrored by a negative scale of it or of its parents. Apply the scale.")
    if np.abs(axes.T @ axes - np.eye(3)).max() > _SKEW:
        raise UserError(f"{built.name} is skewed by its parents' uneven scale. Apply the parents' scale.")
    left, _, right = np.linalg.svd(axes)
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = left @ right, world[:3, 3]
    return pose


def pixel_aspect(render) -> float:
    """A pixel's height over its width."""
    return render.pixel_aspect_y / render.pixel_aspect_x


def distortion_of(built: bpy.types.Object) -> dict[str, float]:
    """What the photo's lens bends, which no Blender camera does: it is kept beside the object."""
    return json.loads(built.get(DISTORTION, "{}"))


def _lens(data: bpy.types.Camera, picture: Picture) -> pinhole.Camera:
    """Intrinsics in pixels of a picture that fills the camera's frame."""
    wide, high = picture.width, picture.height * picture.aspect  # in widths of a pixel
    across = data.sensor_fit == "HORIZONTAL" or (data.sensor_fit == "AUTO" and wide >= high)
    sensor = data.sensor_height if data.sensor_fit == "VERTICAL" else data.sensor_width
    side = wide if across else high
    focal = data.lens * side / sensor
    return pinhole.Camera(
        picture.width, picture.height, focal, focal / picture.aspect, wide / 2 - data.shift_x * side,
        (high / 2 + data.shift_y * side) / picture.aspect, np.eye(4),
    )  # fmt: skip


def _in_photo(camera: pinhole.Camera, frame: Picture, photo: Picture, method: str) -> pinhole.Camera:
    """The camera in pixels of a photo that is laid into the middle of the frame."""
    width, height = float(frame.width), float(frame.height)  # of the photo, in pixels of the frame
    if method != "STRETCH":
        higher = photo.shape < frame.shape
        if higher == (method == "FIT"):
            width *= photo.shape / frame.shape
        else:
            height *= frame.shape / photo.shape
    x, y = photo.width / width, photo.height / height
    return pinhole.Camera(
        photo.width, photo.height, camera.fl_x * x, camera.fl_y * y,
        photo.width / 2 + (camera.cx - frame.width / 2) * x, photo.height / 2 + (camera.cy - frame.height / 2) * y,
        camera.camera_to_world,
    )  # fmt: skip
