"""The story of `render`: a result and a path of cameras become pictures or a video."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from .asset import layout
from .asset.frames import check_frames_target, check_video_target, encode_frame, is_frame
from .asset.reader import StoredResult, read_checkpoint, read_result
from .asset.replace import replacing, replacing_file
from .capture.camera_path import read_camera_path
from .devices import choose_device
from .errors import UserError
from .fields import restore
from .pictures import mesh_drawer, turntable
from .pictures.video import Video, even
from .protocol import Event, Progress, RenderRequest, Stage, Warning
from .request import TURNTABLE
from .scene import Camera, Drawer, Picture

_GRAY = 0.5  # sRGB, behind the subject in a video
_LONGEST = 1024  # pixels of a turntable's longer side where no size is asked for

CameraPath = dict[str, Camera]  # name of the frame -> camera, world frame


def render(request: RenderRequest, emit: Callable[[Event], None]) -> Path:
    """Run a validated request; returns the folder or the video, which appears only when it is whole.

    `emit` gets Stage, Progress and Warning events and may raise Cancelled. Raises UserError.
    """
    out = Path(request.out)
    (check_video_target if request.is_video else check_frames_target)(out)
    device = choose_device(request.device)
    result = read_result(Path(request.result))
    path = _sized(_camera_path(request, result, emit), request)
    draw = choose_drawer(result, request.of, device)
    with (_video if request.is_video else _frames)(out, path, request) as keep:
        _draw_all(draw, path, keep, emit)
    return out


def choose_drawer(result: StoredResult, of: str, device: torch.device) -> Drawer:
    """What draws a result in its world frame. of: mesh, field, or auto for the field where there is one."""
    if of != "mesh":
        checkpoint = read_checkpoint(result.folder)
        arrays = {
            name.removeprefix(layout.FIELD): values
            for name, values in checkpoint.items()
            if name.startswith(layout.FIELD)
        }
        if arrays:
            return _field_drawer(result, checkpoint, arrays, device)
        if of == "field":
            raise UserError(
                f"{result.folder} keeps no field to draw. Draw its mesh (--of mesh), or fit again with "
                "--representation sdf, nerf, hash or gaussian."
            )
    with Image.open(result.texture_files[result.base_color]) as image:
        texture = np.asarray(image.convert("RGB"), np.float32) / 255
    return mesh_drawer(result.surface, result.atlas, texture)


def _field_drawer(result: StoredResult, checkpoint: dict, arrays: dict, device: torch.device) -> Drawer:
    """The field lives in the normalized frame: cameras are moved there, depths come back."""
    try:
        field = restore(result.report["settings"]["representation"], arrays, device)
        center, radius = checkpoint[layout.BOUNDS_CENTER], float(checkpoint[layout.BOUNDS_RADIUS])
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"The field in {result.folder} is damaged ({error!r}). Run the fit again.") from error

    def draw(camera: Camera) -> Picture:
        picture = field.draw(camera.moved(center, radius))
        return replace(picture, depth=picture.depth * radius)

    return draw


def _camera_path(request: RenderRequest, result: StoredResult, emit: Callable[[Event], None]) -> CameraPath:
    if request.cameras is not None:
        path, warnings = read_camera_path(Path(request.cameras))
        for text in warnings:
            emit(Warning(text))
        return path
    photos = [stored.camera for stored in result.cameras]
    longer = max(photos[0].width, photos[0].height)
    scale = (request.size or min(longer, _LONGEST)) / longer
    size = max(1, round(photos[0].width * scale)), max(1, round(photos[0].height * scale))
    center = (result.surface.vertices.max(0) + result.surface.vertices.min(0)) / 2.0
    turn = turntable(photos, center, request.turntable or TURNTABLE, size)
    return {f"{number:03d}": camera for number, camera in enumerate(turn)}


def _sized(path: CameraPath, request: RenderRequest) -> CameraPath:
    """The path in the pixels that are asked for; for a video all of one size that it can store."""
    if request.size is not None:
        path = {name: _resized(camera, request.size) for name, camera in path.items()}
    if not request.is_video:
        return path
    path = {name: even(camera) for name, camera in path.items()}
    sizes = sorted({(camera.width, camera.height) for camera in path.values()})
    if len(sizes) > 1:
        shown = ", ".join(f"{width} x {height}" for width, height in sizes[:3])
        raise UserError(f"A video has one size, but these cameras have {shown}. Give a folder for pictures instead.")
    return path


def _resized(camera: Camera, longer: int) -> Camera:
    scale = longer / max(camera.width, camera.height)
    return camera.resized(max(1, round(camera.width * scale)), max(1, round(camera.height * scale)))


Keep = Callable[[str, Picture], None]


@contextmanager
def _frames(folder: Path, path: CameraPath, request: RenderRequest) -> Iterator[Keep]:
    """Pictures become files of a folder."""
    with replacing(folder, check_frames_target, is_frame) as partial:
        yield lambda name, picture: (partial / f"{name}.png").write_bytes(encode_frame(picture))


@contextmanager
def _video(file: Path, path: CameraPath, request: RenderRequest) -> Iterator[Keep]:
    """Pictures become frames of a video."""
    first = next(iter(path.values()))
    with replacing_file(file) as partial, Video(partial, (first.width, first.height), request.fps) as video:
        yield lambda name, picture: video.write(picture.over(_GRAY))


def _draw_all(draw: Drawer, path: CameraPath, keep: Keep, emit: Callable[[Event], None]) -> None:
    """Each frame is a stage: "Drawing (3/48)"."""
    began = time.monotonic()
    for number, (name, camera) in enumerate(path.items()):
        emit(Stage("Drawing", number, len(path)))
        keep(name, draw(camera))
        done = (number + 1) / len(path)
        emit(Progress(done, (time.monotonic() - began) * (1 / done - 1)))
