"""Which files are photos: one photo, or a folder of them that nobody has solved cameras for."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..errors import UserError

PHOTO_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif")
CAMERA_FILES = ("transforms.json", "transforms_train.json")

_PHOTO_FOLDERS = ("images", "photos", "input")  # where a folder keeps its photos that has none itself
_MASK_FOLDERS = ("masks", "mask")
_MASK_NAME = re.compile(r"(^|[._-])mask$", re.IGNORECASE)  # IMG_1_mask.png beside IMG_1.jpg
_RAW_ENDINGS = (".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2", ".pef", ".srw")
_VIDEO_ENDINGS = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm")


def has_cameras(path: Path) -> bool:
    """Whether the path speaks of cameras: a folder with transforms.json, or a file that is no photo."""
    if path.is_dir():
        return any((path / name).is_file() for name in CAMERA_FILES)
    return path.suffix.lower() not in PHOTO_ENDINGS


def find_photos(path: Path) -> list[Path]:
    """The photo, or those of a folder in the order in which people count; UserError where there are none.

    Of a folder: its own pictures, else those of its folder `images`, `photos` or `input`. Hidden files and masks are
    no photos.
    """
    if not path.exists():
        raise UserError(f"{path} is not there. Check the path.")
    if path.is_file():
        if path.suffix.lower() not in PHOTO_ENDINGS:
            raise UserError(_nothing(path, f"{path} is no photo.", [path]))
        return [path]
    folders = [path, *(path / name for name in _PHOTO_FOLDERS)]
    for folder in folders:
        photos = _photos_in(folder)
        if photos:
            return photos
    files = [file for folder in folders if folder.is_dir() for file in folder.iterdir() if file.is_file()]
    raise UserError(_nothing(path, f"{path} has no photos.", files))


def view_names(photos: Sequence[Path]) -> list[str]:
    """A name for each photo, unique among them: the file's without ending, with more of its path where that is taken.

    As for the frames of a transforms.json: the first photo of a name keeps it.
    """
    names: list[str] = []
    for photo in photos:
        longer = f"{photo.parent.name}_{photo.stem}"
        candidates = [photo.stem, longer, *(f"{longer}_{number}" for number in range(2, len(photos) + 2))]
        names.append(next(name for name in candidates if name not in names))
    return names


def find_mask(photo: Path) -> Path | None:
    """The mask that lies beside a photo: `masks/NAME.png` in its folder or the one above, or `NAME_mask.png`."""
    folders = [folder / name for folder in (photo.parent, photo.parent.parent) for name in _MASK_FOLDERS]
    candidates = [folder / f"{name}.png" for folder in folders for name in (photo.stem, photo.name)]
    candidates.append(photo.with_name(f"{photo.stem}_mask.png"))
    return next((file for file in candidates if file.is_file()), None)


def _photos_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted((file for file in folder.iterdir() if _is_photo(file)), key=_counted)


def _is_photo(file: Path) -> bool:
    hidden = file.name.startswith(".")
    return file.is_file() and not hidden and file.suffix.lower() in PHOTO_ENDINGS and not _MASK_NAME.search(file.stem)


def _counted(file: Path) -> tuple:
    """Sorts img2 before img10."""
    parts = re.split(r"(\d+)", file.name.lower())
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts), file.name


def _nothing(path: Path, told: str, files: Iterable[Path]) -> str:
    endings = {file.suffix.lower() for file in files if not file.name.startswith(".")}
    if endings & set(_RAW_ENDINGS):
        return f"{told} Camera raw files are not read: export them as JPEG or 16-bit PNG."
    if endings & set(_VIDEO_ENDINGS):
        return f"{told} Videos are not read: export 20 to 40 sharp frames of it as PNG or JPEG."
    if path.name.lower() in _MASK_FOLDERS:
        return f"{told} Choose the folder of the photos, not that of the masks."
    return f"{told} Choose a photo, or a folder of photos ({', '.join(PHOTO_ENDINGS)})."
