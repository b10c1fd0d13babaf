"""What the backend gets as its capture: a photo, a folder, the artist's transforms.json, or one that we write.

We write one where the list of photos says more than a file or a folder does: photos lie in several folders, some have
cameras and others do not, cameras came from the scene, or the artist has set a weight, a mask or an expression. A frame
without `transform_matrix` is a photo whose camera is not known.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from ..link import UserError

CAMERAS = "transforms.json"
CAMERA_FILES = (CAMERAS, "transforms_train.json")
PHOTO_ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".heic", ".heif", ".avif")
_EXPRESSIONS = "transforms_expressions.json"  # beside a transforms.json: more photos of the same head
_FOCAL = ("fl_x", "fl_y", "camera_angle_x", "camera_angle_y")
_LENS = ("camera_model", "w", "h", "cx", "cy", "k1", "k2", "k3", "k4", "p1", "p2")
_SAID = ("file_path", "mask_path", "weight", "expression")  # what a photo of the list has as values of its own


@dataclass(frozen=True)
class Listed:
    """A photo of the list. camera: lens, pose and name as in a frame of a transforms.json; empty: nothing is known."""

    photo: Path
    camera: dict = field(default_factory=dict)
    weight: float = 1.0
    mask: Path | None = None
    expression: str = ""

    @property
    def frame(self) -> dict:
        """The entry of a transforms.json."""
        frame = {**self.camera, "file_path": self.photo.as_posix()}
        if self.mask is not None:
            frame["mask_path"] = self.mask.as_posix()
        if self.weight != 1:
            frame["weight"] = float(np.format_float_positional(np.float32(self.weight)))  # as the artist typed it
        if self.expression:
            frame["expression"] = self.expression
        return frame

    @property
    def is_plain(self) -> bool:
        """Whether the file alone says everything."""
        return self.frame.keys() == {"file_path"}


def listed_from(frame: dict) -> Listed:
    """A frame that `frames_of` has read."""
    weight, mask = frame.get("weight"), frame.get("mask_path")
    return Listed(
        Path(frame["file_path"]), {key: value for key, value in frame.items() if key not in _SAID},
        1.0 if weight is None else float(weight), Path(mask) if mask else None, str(frame.get("expression") or ""),
    )  # fmt: skip


def choose(photos: list[Listed], cameras: Path | None, folder: Path) -> tuple[Path, tuple[str, ...]]:
    """The capture, and which of its views to use (none named: all).

    photos: what is to be used; cameras: the transforms.json that they came from, if it is one; folder: where a file
    may be written.
    """
    known = _known(photos, cameras)
    photos = [photo if photo.camera else _with_camera_of(photo, known) for photo in photos]
    names = tuple(photo.camera.get("name") or photo.photo.stem for photo in photos)
    distinct = len(set(names)) == len(names)
    if all(_same(photo, known.get(photo.photo)) for photo in photos) and (distinct or len(photos) == len(known)):
        return cameras, () if len(photos) == len(known) else names
    if all(photo.is_plain for photo in photos):
        if len(photos) == 1:
            return photos[0].photo, ()
        if len({photo.photo.parent for photo in photos}) == 1 and distinct:
            return photos[0].photo.parent, names
    if known and len(photos) >= len(known) and cameras.name in CAMERA_FILES:
        _write_expressions(cameras.with_name(_EXPRESSIONS), folder / _EXPRESSIONS)
    return write([photo.frame for photo in photos], folder / CAMERAS), ()


def frames_of(path: Path) -> dict[Path, dict]:
    """Photo -> its frame in a transforms.json, with the lens that the file states for all. Paths are absolute.

    Whether the cameras are sound is for the backend to say.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        frames = [_whole(frame, document, path.parent) for frame in document["frames"]]
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{path} is not a transforms.json with frames that have a file_path. "
            "Export the cameras in nerfstudio's or instant-ngp's format."
        ) from error
    if not frames:
        raise UserError(f"{path} names no photos. Choose the transforms.json of your capture.")
    return {Path(frame["file_path"]): frame for frame in frames}


def absolute(path: Path) -> Path:
    """The same file without `..`, so that its paths can be compared; links stay."""
    return Path(os.path.abspath(path))


def write(frames: list[dict], path: Path, shared: dict | None = None) -> Path:
    """A transforms.json of these frames and of what they share; a UserError where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**(shared or {}), "frames": frames}, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}). Choose another folder.") from error
    return path


def _whole(frame: dict, document: dict, folder: Path) -> dict:
    """A frame that needs neither its file nor its folder. Of focal lengths and angles the nearer statement wins."""
    shared = _LENS if any(key in frame for key in _FOCAL) else _LENS + _FOCAL
    whole = {**{key: document[key] for key in shared if key in document}, **frame}
    whole["file_path"] = _with_ending(_resolved(folder, frame["file_path"])).as_posix()
    if whole.get("mask_path"):
        whole["mask_path"] = _resolved(folder, whole["mask_path"]).as_posix()
    if whole.get("weight") is not None:
        whole["weight"] = float(whole["weight"])
    return whole


def _resolved(folder: Path, told: str) -> Path:
    return absolute(folder / PurePosixPath(told.strip().replace("\\", "/")))


def _with_ending(path: Path) -> Path:
    """The photo that is meant: Blender's NeRF data sets leave the ending away."""
    if path.suffix.lower() in PHOTO_ENDINGS or path.is_file():
        return path
    endings = (*PHOTO_ENDINGS, *map(str.upper, PHOTO_ENDINGS))
    candidates = (path.with_name(path.name + ending) for ending in endings)
    return next((file for file in candidates if file.is_file()), path)


def _known(photos: list[Listed], cameras: Path | None) -> dict[Path, dict]:
    """The frames of the file; none where it is gone but the list remembers what it said."""
    if cameras is None:
        return {}
    try:
        return frames_of(cameras)
    except UserError:
        if any(photo.camera for photo in photos):
            return {}
        raise


def _with_camera_of(photo: Listed, known: dict[Path, dict]) -> Listed:
    """The photo with the camera that the file tells: scenes of older versions keep it there only."""
    camera = listed_from(known[photo.photo]).camera if photo.photo in known else {}
    return Listed(photo.photo, camera, photo.weight, photo.mask, photo.expression)


def _same(photo: Listed, frame: dict | None) -> bool:
    """Whether the list says of a photo what the file says."""
    if frame is None:
        return False
    told = listed_from(frame)
    weights = np.float32(photo.weight) == np.float32(told.weight)  # Blender's properties are float32
    return weights and (photo.camera, photo.mask, photo.expression) == (told.camera, told.mask, told.expression)


def _write_expressions(source: Path, target: Path) -> None:
    """The photos of other expressions go along with a file that we write."""
    if source.is_file():
        write(list(frames_of(source).values()), target)
