"""Reads transforms.json as nerfstudio, instant-ngp, Blender's NeRF datasets and Likeness itself write it.

Cameras are camera-to-world with OpenGL axes. What a frame says of itself wins over what the file says for all; of
focal lengths and angles of view, the nearer statement wins. Paths are relative to the file's folder.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from ..errors import UserError
from ..scene import Camera
from .distortion import Distortion
from .photos import CAMERA_FILES, PHOTO_ENDINGS

_RIGID = 0.05  # largest entry by which a rotation may miss the nearest true one
_FOCAL = ("fl_x", "fl_y", "camera_angle_x", "camera_angle_y")
_UNSUPPORTED_LENSES = ("fisheye", "equirectangular", "orthophoto")


@dataclass(frozen=True)
class Lens:
    """Intrinsics as told; a number that was not told is None. Pixels of a `width` x `height` picture; radians."""

    width: float | None
    height: float | None
    fl_x: float | None
    fl_y: float | None
    angle_x: float | None
    angle_y: float | None
    cx: float | None
    cy: float | None
    distortion: Distortion

    @property
    def size(self) -> tuple[float, float] | None:
        """Width and height that the other numbers refer to; None = those of the photo."""
        return None if self.width is None or self.height is None else (self.width, self.height)

    def camera(self, photo_size: tuple[int, int], pose: np.ndarray) -> Camera:
        """The camera of the whole photo of `photo_size` = (width, height) pixels at the pose (4, 4)."""
        width, height = self.size or photo_size
        fl_x = self.fl_x or _focal(width, self.angle_x)
        fl_y = self.fl_y or _focal(height, self.angle_y) or fl_x
        fl_x = fl_x or fl_y
        cx = width / 2 if self.cx is None else self.cx
        cy = height / 2 if self.cy is None else self.cy
        return Camera(width, height, fl_x, fl_y, cx, cy, pose).resized(*photo_size)


@dataclass(frozen=True)
class Frame:
    """One entry of `frames`, checked but for the photo itself."""

    name: str  # unique in its file
    photo: Path
    mask: Path | None
    lens: Lens
    pose: np.ndarray  # (4, 4) camera-to-world, rigid
    weight: float
    expression: str  # as tagged; "" where nobody says
    split: str


def find_transforms(path: Path) -> Path:
    """The transforms.json that `path` is or holds; UserError where there are no cameras."""
    if not path.exists():
        raise UserError(f"{path} is not there. Check the path.")
    if path.is_dir():
        for name in CAMERA_FILES:
            if (path / name).is_file():
                return path / name
        raise UserError(f"{path} has no cameras. {_NEED_CAMERAS}")
    if path.suffix.lower() in PHOTO_ENDINGS:
        raise UserError(f"{path} is a photo without a camera. {_NEED_CAMERAS}")
    return path


_NEED_CAMERAS = (
    "Give the transforms.json that tells where each photo was taken from, or its folder (nerfstudio's "
    "ns-process-data, instant-ngp's colmap2nerf, RealityScan and Blender write one)."
)


def read_transforms(path: Path, untold: str | None = "") -> tuple[list[Frame], list[str]]:
    """The usable frames of a transforms.json, and a warning that names its file for each that is not.

    untold: the expression of frames that tell none; None: each has one of its own, called like the photo.
    """
    document = parse_transforms(path)
    frames: list[Frame] = []
    warnings: list[str] = []
    for number, entry in enumerate(document["frames"]):
        label = label_of(entry, number)
        try:
            frame = _read_frame(entry, document, path.parent, untold)
        except BadFrame as error:
            warnings.append(f"{label} is left out: {error}.")
            continue
        if any(frame.photo == other.photo for other in frames):
            warnings.append(f"{label} is left out: the file has an entry for this photo already.")
            continue
        frames.append(named_apart(frame, frames, warnings))
    return frames, warnings


class BadFrame(Exception):
    """Why a frame cannot be used, as the end of a sentence."""


def parse_transforms(path: Path) -> dict:
    """The document, with a list of frames that is not empty; else a UserError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:
        raise UserError(f"{path} cannot be read as transforms.json ({error}). Export the cameras anew.") from error
    if not isinstance(document, dict) or not isinstance(document.get("frames"), list) or not document["frames"]:
        raise UserError(f"{path} has no list of frames. Choose a transforms.json as nerfstudio writes it.")
    return document


def label_of(entry: object, number: int) -> str:
    """What a message calls a frame."""
    told = entry.get("file_path") if isinstance(entry, dict) else None
    return str(told) if told else f"Frame {number}"


def _read_frame(entry: object, document: dict, folder: Path, untold: str | None) -> Frame:
    if not isinstance(entry, dict) or not isinstance(entry.get("file_path"), str) or not entry["file_path"].strip():
        raise BadFrame("it has no file_path")
    photo = find_photo(folder, entry["file_path"]) or find_photo(folder, entry.get("source"))
    if photo is None:
        raise BadFrame(f"its file {_resolve(folder, entry['file_path'])} is not there")
    mask = entry.get("mask_path")
    name = entry.get("name")
    return Frame(
        name=name if isinstance(name, str) and name else photo.stem,
        photo=photo,
        mask=_resolve(folder, mask) if isinstance(mask, str) and mask else None,
        lens=read_lens(entry, document),
        pose=read_pose(entry.get("transform_matrix")),
        weight=read_weight(entry),
        expression=str(entry.get("expression") or (photo.stem if untold is None else untold)),
        split=str(entry.get("split") or "train"),
    )


def _resolve(folder: Path, told: str) -> Path:
    return folder / PurePosixPath(told.strip().replace("\\", "/"))


def find_photo(folder: Path, told: object) -> Path | None:
    """The file that `file_path` means; Blender's datasets leave the ending away."""
    if not isinstance(told, str) or not told:
        return None
    exact = _resolve(folder, told)
    if exact.is_file():
        return exact
    endings = (*PHOTO_ENDINGS, *(ending.upper() for ending in PHOTO_ENDINGS))
    candidates = (exact.with_name(exact.name + ending) for ending in endings)
    return next((file for file in candidates if file.is_file()), None)


def named_apart(frame: Frame, others: list[Frame], warnings: list[str]) -> Frame:
    """The frame with a name that no other has: its folder's name comes first where needed, then a number."""
    taken = {other.name for other in others}
    if frame.name not in taken:
        return frame
    stem = f"{frame.photo.parent.name}_{frame.name}"
    names = [stem, *(f"{stem}_{number}" for number in range(2, len(others) + 3))]
    name = next(name for name in names if name not in taken)
    warnings.append(f"{frame.photo} is called {name} here, because another photo is called {frame.name} already.")
    return Frame(**{**vars(frame), "name": name})


def _number(values: Mapping, key: str) -> float | None:
    """The number under `key`, None where there is none."""
    value = values.get(key)
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise BadFrame(f"its {key} is {value!r}, which is not a number")
    return number


def read_lens(entry: Mapping, document: Mapping) -> Lens:
    """The intrinsics of a frame; BadFrame where they make no sense."""
    model = str(entry.get("camera_model", document.get("camera_model", ""))).lower()
    if any(word in model for word in _UNSUPPORTED_LENSES):
        raise BadFrame(f"its lens is {model!r}; undistort fisheye and panorama photos first")
    both = {**document, **entry}
    nearest = next((level for level in (entry, document) if any(level.get(key) is not None for key in _FOCAL)), {})
    numbers = {key: _number(nearest, key) for key in _FOCAL}
    told = {key: _number(both, key) for key in ("w", "h", "cx", "cy", "k1", "k2", "k3", "p1", "p2", "k4")}
    if told.pop("k4"):
        raise BadFrame("its lens has a k4; only k1 k2 k3 p1 p2 are known: undistort the photos first")
    for key in _FOCAL:
        limit = math.pi if "angle" in key else math.inf
        if numbers[key] is not None and not 0 < numbers[key] < limit:
            raise BadFrame(f"its {key} is {numbers[key]}")
    if all(number is None for number in numbers.values()):
        raise BadFrame("it has neither fl_x nor camera_angle_x")
    if any(told[key] is not None and told[key] < 1 for key in ("w", "h")):
        raise BadFrame("its w or h is below 1")
    distortion = Distortion(**{key: told[key] or 0.0 for key in ("k1", "k2", "p1", "p2", "k3")})
    return Lens(told["w"], told["h"], *numbers.values(), told["cx"], told["cy"], distortion)


def read_pose(matrix: object) -> np.ndarray:
    """camera-to-world (4, 4) float64 with an exact rotation."""
    if matrix is None:
        raise BadFrame("its camera is not known (it has no transform_matrix), while those of others are")
    try:
        pose = np.array(matrix, np.float64)
    except (TypeError, ValueError):
        pose = np.zeros(0)
    if pose.shape not in ((4, 4), (3, 4)):
        raise BadFrame("its transform_matrix is not 4 x 4 numbers")
    if not np.isfinite(pose).all():
        raise BadFrame("its transform_matrix has NaN or infinite numbers")
    left, _, right = np.linalg.svd(pose[:3, :3])
    rotation = left @ right
    if np.linalg.det(rotation) < 0 or np.abs(rotation - pose[:3, :3]).max() > _RIGID:
        raise BadFrame("its transform_matrix is singular, scaled, sheared or mirrored, not the pose of a camera")
    rigid = np.eye(4)
    rigid[:3, :3], rigid[:3, 3] = rotation, pose[:3, 3]
    return rigid


def read_weight(entry: Mapping) -> float:
    """The frame's weight; 1 where none is told, BadFrame where it is no number or negative."""
    weight = _number(entry, "weight")
    if weight is not None and weight < 0:
        raise BadFrame(f"its weight is {weight}")
    return 1.0 if weight is None else weight


def _focal(side: float, angle: float | None) -> float | None:
    """Focal length in pixels of a picture `side` pixels long that spans `angle` radians."""
    return None if angle is None else 0.5 * side / math.tan(0.5 * angle)
