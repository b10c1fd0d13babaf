"""A request for a backend on another machine: with the files that it needs, and with the paths that they have there.

Knows nothing of Blender.
"""

import dataclasses
import json
from pathlib import Path

from ..link import UserError, layout, protocol, replace, transfer
from ..link import request as orders
from .capture_parcel import put_capture, put_film
from .parcel import Parcel, absolute, seen_from

_FRAME_MARK = b"Likeness novel view"  # in the head of every picture that `render` writes (backend/asset/frames.py)


def pack(request: protocol.Request, job: Path) -> Parcel:
    """Everything that the request needs. job: the job's folder here. UserError for what cannot be sent or written."""
    target = absolute(orders.target_of(request))
    _check_target(request, target)
    parcel = Parcel(places={transfer.JOB: job})
    out = f"{transfer.WRITTEN}/{target.name}"
    parcel.places[out] = target
    if isinstance(request, protocol.FitRequest):
        paths = {"capture": put_capture(parcel, _existing(request.capture), request.views), "out": out}
        paths["head_model"] = _put_head_model(parcel, request.head_model)
    elif isinstance(request, protocol.RefitRequest):
        result = _existing(request.result)
        paths = {"result": _put_whole_result(parcel, result, target, out), "out": out}
    else:
        paths = {"result": _put_result(parcel, _existing(request.result)), "out": out}
        if isinstance(request, protocol.AnimateRequest):
            paths["frames"] = put_film(parcel, _existing(request.frames))
        elif request.cameras is not None:
            cameras = _existing(request.cameras)
            paths["cameras"] = parcel.put(cameras, cameras.parent)
    parcel.request = dataclasses.replace(request, **paths)
    return parcel


def _existing(path: str) -> Path:
    if not Path(path).exists():
        raise UserError(f"{path} is not there. Check the path.")
    return absolute(path)


def _check_target(request: protocol.Request, target: Path) -> None:
    """UserError where the result could not be put to its place in the end."""
    if is_folder(request):
        replace.check_target(target) if not isinstance(request, protocol.RenderRequest) else check_frames(target)
    elif target.is_dir():
        raise UserError(f"{target} is a folder. Choose another name for the file.")


def is_folder(request: protocol.Request) -> bool:
    """Whether a request writes a folder."""
    if isinstance(request, protocol.RenderRequest):
        return not request.is_video
    return not isinstance(request, protocol.AnimateRequest)


def check_frames(folder: Path) -> None:
    """UserError where pictures of a render must not replace what is in the folder."""
    if folder.is_dir() and not all(map(is_frame, folder.iterdir())):
        raise UserError(f"{folder} already holds other files. Choose a new or an empty folder.")


def is_frame(file: Path) -> bool:
    """Whether a picture comes from an earlier render."""
    try:
        with file.open("rb") as content:
            return _FRAME_MARK in content.read(1024)
    except OSError:
        return False


def _put_head_model(parcel: Parcel, choice: str) -> str:
    """A choice, or the name there of the file or the folder that it is."""
    path = absolute(choice)
    if not path.exists() or choice.isidentifier():
        return choice
    if path.is_file():
        return parcel.put(path, path.parent)
    names = [parcel.put(file, path.parent) for file in path.rglob("*") if file.is_file()]
    return names[0].split(f"/{path.name}/")[0] + f"/{path.name}" if names else choice


def _put_result(parcel: Parcel, result: Path) -> str:
    """What drawing and animating needs of a result; its name there. UserError where it is not whole."""
    missing = [name for name in layout.REQUIRED if not (result / name).is_file()]
    if missing:
        raise UserError(f"{result} is not a whole result. Missing: {', '.join(missing)}. Run the fit again.")
    names = [parcel.put(result / name, result.parent) for name in layout.REQUIRED]
    return names[0].removesuffix(f"/{layout.REQUIRED[0]}")


def _put_whole_result(parcel: Parcel, result: Path, target: Path, out: str) -> str:
    """A result and its photos. One that shall be replaced lies there where it shall be written to, as it does here."""
    base = out if result == target else _put_result(parcel, result)
    for file in sorted(path for path in result.rglob("*") if path.is_file()):
        parcel.files[f"{base}/{file.relative_to(result).as_posix()}"] = file
    cameras = result / layout.CAMERAS
    if cameras.is_file():
        parcel.files[f"{base}/{layout.CAMERAS}"] = _moved_result(parcel, cameras, base)
    return base


def _moved_result(parcel: Parcel, cameras: Path, base: str) -> bytes:
    """The cameras of a result: only the photos that lie outside of it have other paths there."""
    try:
        document = json.loads(cameras.read_text(encoding="utf-8"))
        frames = [frame for frame in document["frames"] if isinstance(frame["file_path"], str)]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{cameras} is damaged ({error!r}). Run the fit again.") from error
    for frame in frames:
        place = cameras.parent / frame["file_path"]
        if place.is_file() and cameras.parent in absolute(place).parents:
            continue
        photo = next((found for found in (place, Path(frame.get("source", ""))) if found.is_file()), None)
        if photo is not None:
            there = parcel.put_photo(absolute(photo))
            frame["file_path"] = seen_from(f"{base}/{layout.CAMERAS}", there)
            frame.pop("source", None)
    return json.dumps(document).encode()
