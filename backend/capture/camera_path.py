"""The cameras of a transforms.json to draw by: photos need not exist, and lenses are taken as pinholes."""

import re
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from ..errors import UserError
from ..scene import Camera
from .transforms import BadFrame, find_photo, label_of, parse_transforms, read_lens, read_pose


def read_camera_path(path: Path) -> tuple[dict[str, Camera], list[str]]:
    """Unique name -> camera (world frame), in the file's order, and a warning for each frame that is left out.

    A frame is called by its `name`, else by its photo's file name without ending, else by its number.
    """
    if not path.is_file():
        raise UserError(f"There is no file {path}. Give a transforms.json with the cameras to draw by.")
    document = parse_transforms(path)
    cameras: dict[str, Camera] = {}
    warnings = []
    for number, entry in enumerate(document["frames"]):
        try:
            camera = _read_camera(entry, document, path.parent)
        except BadFrame as error:
            warnings.append(f"{label_of(entry, number)} is left out: {error}.")
            continue
        cameras[_named_apart(_name_of(entry, number), cameras)] = camera
    if not cameras:
        raise UserError(f"{path} has no camera that can be used. {warnings[0]}")
    return cameras, warnings


def _read_camera(entry: object, document: dict, folder: Path) -> Camera:
    if not isinstance(entry, dict):
        raise BadFrame("it is no JSON object")
    lens = read_lens(entry, document)
    width, height = lens.size or _photo_size(entry, folder)
    return lens.camera((round(width), round(height)), read_pose(entry.get("transform_matrix")))


def _photo_size(entry: Mapping, folder: Path) -> tuple[int, int]:
    photo = find_photo(folder, entry.get("file_path")) or find_photo(folder, entry.get("source"))
    if photo is None:
        raise BadFrame("it has neither w and h nor a photo")
    try:
        with Image.open(photo) as image:
            return image.size
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise BadFrame(f"it has no w and h, and its photo {photo} cannot be read") from error


def _name_of(entry: Mapping, number: int) -> str:
    """Fit for a file name on every system: no folder, no ending, no signs with a meaning."""
    name, photo = (str(entry.get(key) or "").strip().replace("\\", "/") for key in ("name", "file_path"))
    told = name.rpartition("/")[2] or Path(photo).stem or f"{number:03d}"
    return re.sub(r'[<>:"|?*\x00-\x1f]', "_", told)


def _named_apart(name: str, taken: Mapping) -> str:
    """The name, with a number where another has it already; file systems may not tell upper from lower case."""
    lower = {other.lower() for other in taken}
    names = [name, *(f"{name}_{number}" for number in range(2, len(taken) + 3))]
    return next(candidate for candidate in names if candidate.lower() not in lower)
