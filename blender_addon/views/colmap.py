"""COLMAP models as the frames of a transforms.json, and back."""

import os
from collections.abc import Sequence
from pathlib import Path

from ..link import UserError
from . import colmap_files, photo_camera
from .capture_file import absolute
from .colmap_models import Image, image_from, lens_from

_PHOTO_FOLDERS = ("images", "photos", "input", "")  # beside a model, or above it


def frames_of(model: Path, photos: Path | None = None) -> dict[Path, dict]:
    """Photo -> its frame, for every photo of a model's folder; OpenGL axes, in COLMAP's own world.

    photos: the folder that the names refer to; None: it is looked for beside and above the model.
    """
    lenses, images, told = colmap_files.read_model(model)
    if not images:
        raise UserError(f"The COLMAP model {model} has no photos with cameras. Choose another model of the project.")
    unknown = sorted({image.lens for image in images} - lenses.keys())
    if unknown:
        raise UserError(f"The COLMAP model {model} lacks the cameras {', '.join(map(str, unknown))}. Export it anew.")
    folder = photos or _photos_of(model, images, told)
    frames = {}
    for image in images:
        path = absolute(folder / image.name)
        frames[path] = {
            "file_path": path.as_posix(), **lenses[image.lens].frame(),
            photo_camera.POSE: image.camera_to_world.tolist(),
        }  # fmt: skip
    return frames


def write(frames: Sequence[dict], folder: Path, photo_size) -> None:
    """A text model of frames, whose paths are absolute and whose names tell them apart.

    photo_size: frame -> (width, height) of its photo, asked where the frame does not tell.
    """
    paths = [Path(frame["file_path"]) for frame in frames]
    try:
        photos = Path(os.path.commonpath([path.parent for path in paths]))
    except ValueError as error:
        raise UserError("COLMAP wants all photos below one folder; these lie on several drives.") from error
    lenses, images = [], []
    for path, frame in zip(paths, frames, strict=True):
        camera = photo_camera.camera_of(frame, path.stem, lambda frame=frame: photo_size(frame))
        lens = lens_from(frame, camera)
        if lens not in lenses:
            lenses.append(lens)
        images.append(image_from(path.relative_to(photos).as_posix(), lenses.index(lens) + 1, camera))
    colmap_files.write_model(folder, lenses, images, photos)


def _photos_of(model: Path, images: Sequence[Image], told: Path | None) -> Path:
    """The first folder that holds one of the photos."""
    places = [above / name for above in (model, *list(absolute(model).parents)[:3]) for name in _PHOTO_FOLDERS]
    for place in [*([told] if told else []), *places]:
        if any((place / image.name).is_file() for image in images):
            return place
    raise UserError(
        f"The photos of the COLMAP model {model} were not found, {images[0].name} for one. "
        'Put them into a folder "images" beside it, or say where they are.'
    )
