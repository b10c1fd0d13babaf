"""The photos of a capture, packed for a backend on another machine: one photo, a folder, or a transforms.json.

Which files belong to a capture is as in backend/capture/photos.py and transforms.py, which the extension does not
import: a test holds them together. Knows nothing of Blender.
"""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ..link import UserError
from .parcel import Parcel, absolute, seen_from

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif")
CAMERA_FILES = ("transforms.json", "transforms_train.json")
EXPRESSIONS = "transforms_expressions.json"  # lies beside one of these
PHOTO_FOLDERS = ("images", "photos", "input")


def put_capture(parcel: Parcel, capture: Path, views: tuple[str, ...]) -> str:
    """Take a capture along; returns its name there. views: those that are wanted; none named: all."""
    if capture.is_file() and capture.suffix.lower() in PICTURES:
        return parcel.put_photo(capture)
    if capture.is_file():
        return _put_cameras(parcel, capture, views)
    for name in CAMERA_FILES:
        if (capture / name).is_file():
            return _put_cameras(parcel, capture / name, views)
    return _put_photos(parcel, capture, views)


def _put_photos(parcel: Parcel, folder: Path, views: tuple[str, ...]) -> str:
    """A folder of photos: those that are wanted, in the folder itself, else in the one that it keeps them in."""
    for place in (folder, *(folder / name for name in PHOTO_FOLDERS)):
        photos = _pictures(place)
        if photos:
            wanted = [photo for photo in photos if photo.stem in views]
            names = [parcel.put_photo(photo) for photo in (wanted if len(wanted) == len(views) > 0 else photos)]
            return names[0].rpartition("/")[0]
    raise UserError(f"{folder} has no photos. Choose a photo, or a folder of photos ({', '.join(PICTURES)}).")


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    files = (file for file in sorted(folder.iterdir()) if file.is_file() and not file.name.startswith("."))
    return [file for file in files if file.suffix.lower() in PICTURES]


def _put_cameras(parcel: Parcel, file: Path, views: tuple[str, ...]) -> str:
    """A transforms.json and its photos, and the file of the expressions beside it. Returns the file's name there."""
    name = parcel.put(file, file.parent)
    parcel.files[name] = _moved(parcel, file, name, views)
    beside = file.with_name(EXPRESSIONS)
    if file.name in CAMERA_FILES and beside.is_file():
        other = parcel.put(beside, beside.parent)
        parcel.files[other] = _moved(parcel, beside, other, ())
    return name


def _moved(parcel: Parcel, file: Path, name: str, views: tuple[str, ...]) -> bytes:
    """A transforms.json with the paths that its photos have there; one that cannot be read is for the backend to name.

    views: those that are wanted, where not all are; the photos of others stay here.
    """
    content = file.read_bytes()
    try:
        document = json.loads(content.decode("utf-8-sig"))
        frames = [frame for frame in document["frames"] if isinstance(frame, dict)]
    except (ValueError, KeyError, TypeError):
        return content
    names = [str(frame.get("name") or PurePosixPath(str(frame.get("file_path"))).stem) for frame in frames]
    if views and len(set(names)) == len(names) and set(views) <= set(names):
        frames = [frame for frame, view in zip(frames, names, strict=True) if view in views]
    return json.dumps({**document, "frames": [_moved_frame(parcel, file, name, frame) for frame in frames]}).encode()


def _moved_frame(parcel: Parcel, file: Path, name: str, frame: dict) -> dict:
    """A frame as it is there. What is not to be found keeps its path of here, so that it can be told."""
    places = [file.parent / frame[key].replace("\\", "/") for key in ("file_path", "source") if _is_text(frame, key)]
    photo = next((found for place in places for found in _candidates(place) if found.is_file()), None)
    moved = {key: value for key, value in frame.items() if key != "source"}
    if photo is not None:
        moved["file_path"] = seen_from(name, parcel.put_photo(absolute(photo)))
    elif places:
        moved["file_path"] = absolute(places[0]).as_posix()
    if _is_text(frame, "mask_path"):
        mask = absolute(file.parent / frame["mask_path"].replace("\\", "/"))
        there = mask.as_posix() if not mask.is_file() else seen_from(name, parcel.put(mask, mask.parent))
        moved["mask_path"] = there
    return moved


def _is_text(frame: dict, key: str) -> bool:
    return isinstance(frame.get(key), str) and bool(frame[key].strip())


def _candidates(place: Path) -> Iterator[Path]:
    """The file that a path means; Blender's datasets leave the ending away."""
    yield place
    for ending in PICTURES:
        yield place.with_name(place.name + ending)
        yield place.with_name(place.name + ending.upper())


def put_film(parcel: Parcel, film: Path) -> str:
    """A video, or the folder of its frames."""
    return parcel.put(film, film.parent) if film.is_file() else _put_photos(parcel, film, ())
