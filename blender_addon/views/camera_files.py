"""Files with cameras: transforms.json, COLMAP models, and folders that hold one of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..link import UserError
from . import capture_file, colmap, colmap_files
from .photo_camera import POSE

_PATHS = ("file_path", "mask_path")
_SHARED = ("camera_model", "w", "h", "fl_x", "fl_y", "cx", "cy", "camera_angle_x", "k1", "k2", "k3", "p1", "p2")
_UPRIGHT = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]], float)  # -Y becomes +Z


def read(path: Path, photos: Path | None = None) -> tuple[dict[Path, dict], Path | None]:
    """Photo -> its frame, and the transforms.json where it was one; a UserError for what holds no cameras.

    photos: the folder of a COLMAP model's photos; None: it is looked for.
    """
    if not path.exists():
        raise UserError(f"{path} is not there. Check the path.")
    file = (
        next((path / name for name in capture_file.CAMERA_FILES if (path / name).is_file()), None)
        if path.is_dir()
        else path
    )
    if file is not None and file.suffix.lower() not in (".txt", ".bin"):
        return capture_file.frames_of(file), file
    model = colmap_files.find_model(path)
    if model is None:
        raise UserError(
            f"{path} holds no cameras. Choose a transforms.json, or COLMAP's folder of cameras and images (txt or bin)."
        )
    return colmap.frames_of(model, photos), None


def turned_upright(frame: dict) -> dict:
    """The frame in a world whose -Y has become +Z: COLMAP's worlds often lie on their backs."""
    if frame.get(POSE) is None:
        return frame
    pose = np.eye(4)
    pose[:3] = np.array(frame[POSE], float)[:3]
    return {**frame, POSE: (_UPRIGHT @ pose).tolist()}


def write_transforms(frames: Sequence[dict], path: Path) -> None:
    """A transforms.json that nerfstudio and instant-ngp read, too: what all frames share stands at its head.

    frames: with absolute paths; those below the file's folder are written relative to it.
    """
    frames = [{key: _relative(value, path.parent) if key in _PATHS else value for key, value in frame.items()}
              for frame in frames]  # fmt: skip
    shared = {key: frames[0].get(key) for key in _SHARED if len({frame.get(key) for frame in frames}) == 1}
    shared = {key: value for key, value in shared.items() if value is not None}
    if all(frame.get("camera_model") is None for frame in frames):
        shared = {"camera_model": "OPENCV", **shared}
    own = [{key: value for key, value in frame.items() if key not in shared} for frame in frames]
    capture_file.write(own, path, shared)


def _relative(told: str, folder: Path) -> str:
    path = Path(told)
    return path.relative_to(folder).as_posix() if folder in path.parents else told
