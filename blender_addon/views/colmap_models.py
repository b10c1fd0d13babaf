"""COLMAP's words: camera models and their parameters, poses as it turns them, and the records of its two files.

COLMAP tells world-to-camera with OpenCV's axes (+Y down, looking along +Z) as a quaternion (w, x, y, z) and a
translation; pixels count as ours do, the first one's center at (0.5, 0.5). Its own names of parameters are in the order
in which its files list them (src/colmap/sensor/models.h).
"""

from dataclasses import dataclass

import numpy as np

from ..link import UserError
from ..link import camera as pinhole
from . import photo_camera

MODELS = {  # number in binary files -> name, parameters
    0: ("SIMPLE_PINHOLE", ("f", "cx", "cy")),
    1: ("PINHOLE", ("fl_x", "fl_y", "cx", "cy")),
    2: ("SIMPLE_RADIAL", ("f", "cx", "cy", "k1")),
    3: ("RADIAL", ("f", "cx", "cy", "k1", "k2")),
    4: ("OPENCV", ("fl_x", "fl_y", "cx", "cy", "k1", "k2", "p1", "p2")),
    6: ("FULL_OPENCV", ("fl_x", "fl_y", "cx", "cy", "k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6")),
}
_OTHER_MODELS = {
    5: "OPENCV_FISHEYE", 7: "FOV", 8: "SIMPLE_RADIAL_FISHEYE", 9: "RADIAL_FISHEYE", 10: "THIN_PRISM_FISHEYE",
    11: "RAD_TAN_THIN_PRISM_FISHEYE",
}  # fmt: skip
_FLIP = np.diag([1.0, -1.0, -1.0])  # OpenCV's camera axes <-> OpenGL's


@dataclass(frozen=True)
class Lens:
    """One line of cameras.txt: size in pixels, parameters in the model's order."""

    model: str
    width: int
    height: int
    parameters: tuple[float, ...]

    def frame(self) -> dict:
        """The intrinsics as a frame of a transforms.json has them; a UserError for a lens that nobody here knows."""
        names = parameters_of(self.model)
        if len(names) != len(self.parameters):
            raise UserError(
                f"A {self.model} camera has {len(names)} numbers, not {len(self.parameters)}. Export the model anew."
            )
        told = dict(zip(names, map(float, self.parameters), strict=True))
        if any(told.pop(key, 0) for key in ("k4", "k5", "k6")):
            raise UserError("A FULL_OPENCV lens with k4, k5 or k6 is not read. Undistort the photos in COLMAP first.")
        if "f" in told:
            told["fl_x"] = told["fl_y"] = told.pop("f")
        return {"w": self.width, "h": self.height, **told}


@dataclass(frozen=True)
class Image:
    """One photo of images.txt. rotation: (4,) unit quaternion w x y z; translation (3,); lens: its number."""

    name: str
    lens: int
    rotation: np.ndarray
    translation: np.ndarray

    @property
    def camera_to_world(self) -> np.ndarray:
        """(4, 4) with OpenGL axes, in COLMAP's world."""
        rotation = rotation_from(self.rotation)
        pose = np.eye(4)
        pose[:3, :3] = rotation.T @ _FLIP
        pose[:3, 3] = -rotation.T @ self.translation
        return pose


def parameters_of(model: str) -> tuple[str, ...]:
    """What the model's numbers mean; a UserError for one that is not a plain lens."""
    known = dict(MODELS.values())
    if model not in known:
        raise UserError(
            f"Cameras of the model {model} are not read, only {', '.join(known)}. "
            "Undistort the photos in COLMAP (image_undistorter) and take that model."
        )
    return known[model]


def model_named(number: int) -> str:
    """The name of a model's number in binary files."""
    return MODELS[number][0] if number in MODELS else _OTHER_MODELS.get(number, f"number {number}")


def lens_from(frame: dict, camera: pinhole.Camera) -> Lens:
    """The simplest model that keeps every number of the camera and of the frame's distortion."""
    bent = photo_camera.distortion_of(frame)
    model = "FULL_OPENCV" if "k3" in bent else "OPENCV" if bent else "PINHOLE"
    told = {"fl_x": camera.fl_x, "fl_y": camera.fl_y, "cx": camera.cx, "cy": camera.cy, **bent}
    return Lens(model, camera.width, camera.height, tuple(float(told.get(key, 0.0)) for key in parameters_of(model)))


def image_from(name: str, lens: int, camera: pinhole.Camera) -> Image:
    """The photo's entry; its camera's pose turned the way COLMAP tells it."""
    rotation = (camera.camera_to_world[:3, :3] @ _FLIP).T
    return Image(name, lens, quaternion_from(rotation), -rotation @ camera.position)


def rotation_from(quaternion: np.ndarray) -> np.ndarray:
    """w x y z of any length but 0 -> rotation (3, 3)."""
    length = float(np.linalg.norm(quaternion))
    if not np.isfinite(length) or length < 1e-12:
        raise UserError("A photo's rotation in the COLMAP model is no rotation. Export the model anew.")
    w, x, y, z = np.asarray(quaternion, float) / length
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip


def quaternion_from(rotation: np.ndarray) -> np.ndarray:
    """Rotation (3, 3) -> w x y z with w >= 0: the strongest eigenvector of a symmetric matrix, exact for every turn.

    Bar-Itzhack, "New method for extracting the quaternion from a rotation matrix", 2000.
    """
    (a, b, c), (d, e, f), (g, h, i) = rotation
    symmetric = np.array([
        [a + e + i, h - f, c - g, d - b],
        [h - f, a - e - i, d + b, g + c],
        [c - g, d + b, e - a - i, h + f],
        [d - b, g + c, h + f, i - a - e],
    ])  # fmt: skip
    quaternion = np.linalg.eigh(symmetric)[1][:, -1]
    return quaternion if quaternion[0] >= 0 else -quaternion
