"""Cameras from the photos alone, by structure from motion (COLMAP, BSD license, through its package pycolmap).

For subjects that keep still and have a pattern, photographed with much overlap. The result has no true size; it is
turned and scaled so that it is handy: +Z up, the first photo's camera on the side of -Y, the origin where the optical
axes come nearest to one another, and a ball of radius 1 about it just fits into the median photo.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from ..errors import UserError
from ..scene import Camera, Progress, silent
from .distortion import Distortion
from .exif import CameraKey, Focal, camera_key
from .images import read_photo
from .photos import view_names
from .upright import upright_frame

LEAST = 8  # photos: fewer rarely overlap all around
_SIDE = 1024  # pixels along the longer side of what is matched
_PLACED = 0.5  # share of the photos that must find their place
_WORKER = Path(__file__).with_name("motion_worker.py")
_ADVICE = (
    "Photograph the subject where it stands still, with a step of 10 to 20 degrees between two photos so that they "
    "share 60 to 80 % of what they show; sharp, in even light, with one lens at one zoom; and lay a patterned cloth "
    "or a newspaper beneath a subject that is plain or shines. Or give the cameras in a transforms.json."
)


@dataclass(frozen=True)
class Solved:
    """What the photos tell of their cameras; each at its upright picture's full size, in one frame without true size.

    points  (N, 3) float64: features of subject and surroundings
    error   mean reprojection error, in pixels of pictures of `side` pixels
    """

    cameras: dict[str, Camera]  # by the name of the view
    distortions: dict[str, Distortion]
    missing: tuple[str, ...]  # names of the views that found no place
    points: np.ndarray
    error: float
    side: int = _SIDE


@dataclass(frozen=True)
class _Sheet:
    """One photo as it is matched."""

    name: str  # of the view
    file: str
    size: tuple[int, int]  # of the photo, upright
    scale: float  # its pixels over those that are matched
    key: CameraKey
    focal: Focal | None


def solve_motion(
    photos: Sequence[Path],
    focals: Sequence[Focal | None],
    masks: Sequence[np.ndarray | None] | None = None,
    progress: Progress = silent,
    seed: int = 0,
) -> Solved:
    """The photos' cameras; UserError, with advice, where fewer than half of them find their place.

    focals: what is known beforehand, of the upright pictures at full size; photos with equal camera keys share one.
    masks: (h, w) each, of any size and the photo's shape, 1 = subject. With them the subject alone is matched first,
    which a turntable needs, whose background stands still; the whole photos too where that does not place them all.
    """
    _check(photos)
    names = view_names(photos)
    with tempfile.TemporaryDirectory(prefix="likeness-motion-") as name:
        folder = Path(name)
        (folder / "images").mkdir()
        sheets = list(_lay_out(folder / "images", photos, names, focals))
        masked = masks is not None and _lay_masks(folder / "masks", sheets, masks)
        runs = (True, False) if masked else (False,)
        found: dict = {"images": {}}
        for number, use_masks in enumerate(runs):
            start = number / len(runs)
            run = _run(folder, sheets, use_masks, seed, lambda done, start=start: progress(start + done / len(runs)))
            found = max(found, run, key=lambda model: len(model["images"]))
            if len(found["images"]) == len(sheets):
                break
    progress(1.0)
    if len(found["images"]) < max(3, _PLACED * len(sheets)):
        raise UserError(
            f"Only {len(found['images'])} of {len(photos)} photos could be placed beside one another: the others share "
            f"too few details with them. {_ADVICE}"
        )
    return _solved(sheets, found)


def _check(photos: Sequence[Path]) -> None:
    if len(photos) < LEAST:
        raise UserError(
            f"{len(photos)} photos without cameras are too few: at least {LEAST} are needed to find where they were "
            f"taken from, and 20 to 40 all around are better. {_ADVICE}"
        )
    if importlib.util.find_spec("pycolmap") is None:
        raise UserError(
            "Where the photos were taken from cannot be found out here, because the package pycolmap is missing. Run "
            "`python install.py` (there is none for Linux on ARM), or give the cameras in a transforms.json."
        )


def _lay_out(
    folder: Path, photos: Sequence[Path], names: Sequence[str], focals: Sequence[Focal | None]
) -> Iterator[_Sheet]:
    """Upright copies of the photos, of one size, in a format that COLMAP reads."""
    for number, (photo, name, focal) in enumerate(zip(photos, names, focals, strict=True)):
        picture = read_photo(photo, _SIDE)
        file = f"{number:04d}.png"
        pixels = (picture.rgb * 255).round().astype(np.uint8)
        Image.fromarray(pixels).save(folder / file, compress_level=1)
        scale = picture.full_size[0] / pixels.shape[1]
        yield _Sheet(name, file, picture.full_size, scale, camera_key(photo), focal)


def _lay_masks(folder: Path, sheets: Sequence[_Sheet], masks: Sequence[np.ndarray | None]) -> bool:
    """Masks for COLMAP, white where there is none; False where no photo has one."""
    folder.mkdir()
    for sheet, mask in zip(sheets, masks, strict=True):
        size = tuple(round(side / sheet.scale) for side in sheet.size)
        plane = np.ones((1, 1)) if mask is None else mask
        image = Image.fromarray(((plane > 0.5) * 255).astype(np.uint8)).resize(size, Image.Resampling.NEAREST)
        image.save(folder / f"{sheet.file}.png")
    return any(mask is not None for mask in masks)


def _run(folder: Path, sheets: Sequence[_Sheet], masks: bool, seed: int, progress: Progress) -> dict:
    """What the worker solves. It ends with us, whatever `progress` raises."""
    for rest in ("database.db", "solved.json"):
        (folder / rest).unlink(missing_ok=True)
    task = {"seed": seed, "threads": _threads(), "masks": masks, "cameras": _cameras(sheets)}
    (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
    command = [sys.executable, "-I", str(_WORKER), str(folder)]
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows would open a console
    with (
        (folder / "log.txt").open("wb") as log,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, creationflags=flags
        ) as process,
    ):
        try:
            for line in process.stdout or ():
                progress(float(line))
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        lines = (folder / "log.txt").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise UserError(
            f"Finding the cameras failed: COLMAP ended with code {process.returncode} ({(lines or ['silently'])[-1]}). "
            "Run `python install.py doctor`, or give the cameras in a transforms.json."
        )
    return json.loads((folder / "solved.json").read_text(encoding="utf-8"))


def _threads() -> int:
    """As many as OpenMP may use; -1 = all cores."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdigit() and int(told) > 0 else -1


def _cameras(sheets: Sequence[_Sheet]) -> list[dict]:
    """One entry per camera key: its pictures' size, and the median of the focal lengths known of them, or None."""
    groups: dict[CameraKey, list[_Sheet]] = {}
    for sheet in sheets:
        groups.setdefault(sheet.key, []).append(sheet)
    cameras = []
    for group in groups.values():
        width, height = (round(side / group[0].scale) for side in group[0].size)
        known = [sheet.focal.pixels / sheet.scale for sheet in group if sheet.focal is not None]
        focal = float(np.median(known)) if known else None
        files = [sheet.file for sheet in group]
        cameras.append({"images": files, "width": width, "height": height, "focal": focal})
    return cameras


def _solved(sheets: Sequence[_Sheet], found: dict) -> Solved:
    placed = {sheet.name: (sheet, found["images"][sheet.file]) for sheet in sheets if sheet.file in found["images"]}
    cameras = {name: _camera(*both) for name, both in placed.items()}
    turn, center, scale = upright_frame(list(cameras.values()))
    return Solved(
        cameras={name: _moved(camera, turn, center, scale) for name, camera in cameras.items()},
        distortions={name: Distortion(k1=image["k1"]) for name, (_, image) in placed.items()},
        missing=tuple(sheet.name for sheet in sheets if sheet.name not in placed),
        points=(np.array(found["points"]).reshape(-1, 3) - center) @ turn.T / scale,
        error=float(found["error"]),
    )


def _camera(sheet: _Sheet, image: dict) -> Camera:
    """COLMAP's world-to-camera pose with +Y down -> camera-to-world with OpenGL axes, at the photo's full size."""
    told = np.array(image["pose"])
    pose = np.eye(4)
    pose[:3, :3] = told[:, :3].T @ np.diag([1.0, -1.0, -1.0])
    pose[:3, 3] = -told[:, :3].T @ told[:, 3]
    width, height = (round(side / sheet.scale) for side in sheet.size)
    focal = image["focal"]
    return Camera(width, height, focal, focal, image["cx"], image["cy"], pose).resized(*sheet.size)


def _moved(camera: Camera, turn: np.ndarray, center: np.ndarray, scale: float) -> Camera:
    pose = camera.camera_to_world.copy()
    pose[:3, :3] = turn @ pose[:3, :3]
    pose[:3, 3] = turn @ (pose[:3, 3] - center) / scale
    return replace(camera, camera_to_world=pose)
