"""What the backend gets as its capture: a photo, a folder, the artist's transforms.json, or one that we write.

We write one where photos lie in several folders, or where some have cameras and others do not: a frame without
`transform_matrix` is a photo whose camera is not known.
"""

import json
import os
from pathlib import Path

from ..link import UserError

CAMERAS = "transforms.json"
_FOCAL = ("fl_x", "fl_y", "camera_angle_x", "camera_angle_y")
_LENS = ("camera_model", "w", "h", "cx", "cy", "k1", "k2", "k3", "k4", "p1", "p2")


def choose(photos: list[Path], cameras: Path | None, folder: Path) -> tuple[Path, tuple[str, ...]]:
    """The capture, and which of its views to use (none named: all).

    photos: what is to be used; cameras: a transforms.json; folder: where a file may be written.
    """
    known = frames_of(cameras) if cameras is not None else {}
    with_camera = [path for path in photos if path in known]
    if len(with_camera) == len(photos):
        names = tuple(known[path].get("name") or path.stem for path in photos)
        return cameras, () if len(photos) == len(known) else names
    if len(photos) == 1:
        return photos[0], ()
    names = tuple(path.stem for path in photos)
    if not with_camera and len({path.parent for path in photos}) == 1 and len(set(names)) == len(names):
        return photos[0].parent, names
    return _write(photos, known, folder / CAMERAS), ()


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


def _whole(frame: dict, document: dict, folder: Path) -> dict:
    """A frame that needs neither its file nor its folder. Of focal lengths and angles the nearer statement wins."""
    shared = _LENS if any(key in frame for key in _FOCAL) else _LENS + _FOCAL
    whole = {**{key: document[key] for key in shared if key in document}, **frame}
    whole["file_path"] = absolute(folder / frame["file_path"]).as_posix()
    if whole.get("mask_path"):
        whole["mask_path"] = absolute(folder / whole["mask_path"]).as_posix()
    return whole


def absolute(path: Path) -> Path:
    """The same file without `..`, so that its paths can be compared; links stay."""
    return Path(os.path.abspath(path))


def _write(photos: list[Path], known: dict[Path, dict], path: Path) -> Path:
    frames = [known.get(photo, {"file_path": photo.as_posix()}) for photo in photos]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"frames": frames}, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}). Choose another folder for results.") from error
    return path
