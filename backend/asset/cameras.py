"""The cameras as they were used, as a transforms.json (nerfstudio's keys) that can be fitted again."""

import json
import math
import os
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from ..scene import Camera, View
from .layout import CAMERAS, MASKS, PHOTOS, is_result
from .png import encode_png, to_bytes

_SAME = 2.5 / 255  # mean difference of two pictures that differ by resampling alone


def write_cameras(partial: Path, folder: Path, views: tuple[View, ...]) -> None:
    """Write transforms.json and the masks into `partial`, which will become `folder`.

    Photos stay where they are when their file shows what the fit used, perhaps larger. Where it does not (the
    photo was undistorted or turned upright) or would vanish with an old result, a copy is kept in photos/.
    """
    (partial / MASKS).mkdir()
    frames = []
    for view in views:
        mask = f"{MASKS}/{view.name}.png"
        (partial / mask).write_bytes(encode_png(view.mask))
        path, camera = _keep_photo(view, partial, folder)
        frame = {"file_path": path, "mask_path": mask, **intrinsics(camera)}
        frame["transform_matrix"] = camera.camera_to_world.astype(float).tolist()
        if view.source is not None and not path.startswith(PHOTOS):
            frame["source"] = view.source.absolute().as_posix()  # found again when the result is moved elsewhere
        if view.weight != 1.0:
            frame["weight"] = float(view.weight)
        if view.expression:
            frame["expression"] = view.expression
        frames.append({"name": view.name, **frame})
    document = {"camera_model": "OPENCV", "frames": frames}
    (partial / CAMERAS).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def intrinsics(camera: Camera) -> dict[str, float]:
    """The keys of a frame; views are undistorted, so the distortion is zero."""
    return {
        "w": camera.width, "h": camera.height,
        "fl_x": float(camera.fl_x), "fl_y": float(camera.fl_y), "cx": float(camera.cx), "cy": float(camera.cy),
        "k1": 0.0, "k2": 0.0, "p1": 0.0, "p2": 0.0,
        "camera_angle_x": 2 * math.atan(camera.width / (2 * camera.fl_x)),
    }  # fmt: skip


def _keep_photo(view: View, partial: Path, folder: Path) -> tuple[str, Camera]:
    """Where the photo lies, seen from the result folder, and the camera in that file's pixels."""
    size = _same_picture(view)
    if size is not None:
        source, camera = Path(os.path.realpath(view.source)), view.camera.resized(*size)
        if not _is_kept(source, folder):
            return _relative(source, folder), camera
        path = f"{PHOTOS}/{view.name}{source.suffix}"
        (partial / PHOTOS).mkdir(exist_ok=True)
        shutil.copyfile(source, partial / path)
        return path, camera
    path = f"{PHOTOS}/{view.name}.jpg"
    (partial / PHOTOS).mkdir(exist_ok=True)
    Image.fromarray(to_bytes(view.photo)).save(partial / path, quality=95, subsampling=0)
    return path, view.camera


def _is_kept(photo: Path, folder: Path) -> bool:
    """Whether a result keeps the photo, the one that will be `folder` or another: it may vanish with it."""
    return folder in photo.parents or (photo.parent.name == PHOTOS and is_result(photo.parent.parent))


def _same_picture(view: View) -> tuple[int, int] | None:
    """Width and height of the source file if it shows the view's photo, at any size; else None."""
    if view.source is None or not view.source.is_file():
        return None
    target = view.camera.width, view.camera.height
    try:
        with Image.open(view.source) as image:
            size = image.size
            if abs(size[0] * target[1] - size[1] * target[0]) > max(size):  # another shape: turned or cropped
                return None
            image.draft("RGB", target)  # JPEG decodes faster to a fraction of its size
            reduced = image.convert("RGB").resize(target, Image.Resampling.BOX)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None  # the fit had it by other means: keep a copy of what it saw
    difference = np.asarray(reduced, np.float32) / 255 - view.photo
    return size if np.abs(difference).mean() <= _SAME else None


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive on Windows
        return path.as_posix()
