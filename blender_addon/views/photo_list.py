"""The list of photos at `scene.likeness.photos`: what it holds of a photo, and how entries come and change.

An entry keeps its camera as it would stand in a transforms.json, so that cameras of any sources can be mixed.
"""

import json
from pathlib import Path

import bpy

from ..link import UserError
from . import camera_objects, photo_camera
from .capture_file import PHOTO_ENDINGS, Listed, absolute, listed_from

UNKNOWN, KNOWN, SOLVED, GONE = "UNKNOWN", "KNOWN", "SOLVED", "GONE"  # states of a photo
STATES = {
    UNKNOWN: ("No Camera", "Its camera is not known yet: a fit of a head, or of an object from all sides, finds it"),
    KNOWN: ("Known", "Its camera was imported, or taken from the scene"),
    SOLVED: ("Solved", "A fit has found its camera; it is in the scene"),
    GONE: ("Missing", "The photo's file is gone"),
}


def path_of(photo) -> Path:
    """The photo's file, absolute."""
    return absolute(Path(bpy.path.abspath(photo.path)))


def listed(photo) -> Listed:
    """What the entry says."""
    mask = absolute(Path(bpy.path.abspath(photo.mask))) if photo.mask else None
    return Listed(path_of(photo), camera_in(photo), photo.weight, mask, photo.expression.strip())


def camera_in(photo) -> dict:
    """Lens, pose and more as in a frame of a transforms.json; empty: nothing is known."""
    return json.loads(photo.camera) if photo.camera else {}


def set_camera(photo, camera: dict) -> None:
    """Remember what a frame of a transforms.json says of the lens and the pose."""
    photo.camera = json.dumps(camera) if camera else ""
    photo.has_camera = camera.get(photo_camera.POSE) is not None


def add(settings, paths: list[Path]) -> list:
    """The entries of these photos; those that are not in the list yet are appended."""
    known = {path_of(photo): photo.name for photo in settings.photos}
    new = [path for path in dict.fromkeys(map(absolute, paths)) if path not in known]
    for path in new:
        photo = settings.photos.add()
        photo.name, photo.path = path.stem, str(path)
    entries = {path_of(photo): photo for photo in settings.photos}  # later: adding may move the ones before
    return [entries[absolute(path)] for path in paths]


def take(settings, frames: dict[Path, dict]) -> None:
    """The photos of a file, with all that it says of them; those of the list take over what the file says."""
    for photo, frame in zip(add(settings, list(frames)), frames.values(), strict=True):
        told = listed_from(frame)
        set_camera(photo, told.camera)
        photo.weight, photo.expression = told.weight, told.expression
        photo.mask = str(told.mask) if told.mask else ""


def photos_in(folder: Path) -> list[Path]:
    """All photos of a folder, by name."""
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}.")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in PHOTO_ENDINGS)
    if not paths:
        raise UserError(f"There are no photos in {folder}. Photos end in {', '.join(PHOTO_ENDINGS)}.")
    return paths


def look(scene, first: int = 0, count: int | None = None) -> bool:
    """Find out the state of `count` photos from the number `first` on (all); whether any has changed."""
    photos = scene.likeness.photos[first : None if count is None else first + count]
    found = camera_objects.Cameras(scene) if photos else None
    changed = [_tell(photo, *_state(photo, found)) for photo in photos]
    return any(changed)


def _state(photo, cameras: "camera_objects.Cameras") -> tuple[str, str]:
    path = path_of(photo)
    if not path.is_file():
        return GONE, f"There is no file {path}. Put it back, or remove the photo from the list."
    message = ""
    if photo.mask and not Path(bpy.path.abspath(photo.mask)).is_file():
        message = f"There is no mask {photo.mask}. The photo is used without it unless you choose another."
    if photo.has_camera:
        return KNOWN, message
    return SOLVED if cameras.is_solved(path, photo.name) else UNKNOWN, message


def _tell(photo, state: str, message: str) -> bool:
    """Write only what is new: writing marks the scene as changed."""
    if (photo.state, photo.message) == (state, message):
        return False
    photo.state, photo.message = state, message
    return True
