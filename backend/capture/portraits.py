"""Photos of a head without cameras: read, looked at, and made into a capture once a head model has told the cameras."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..head.analysis import analyze
from ..head.fitting.fit import HeadFit
from ..head.fitting.photo import HeadPhoto
from ..scene import Bounds, Capture, CutPlane, Progress, View
from ..scene.head import NECK
from .bounds import enclosing_sphere
from .config import CaptureConfig
from .exif import Focal, camera_key, focal_of
from .images import Picture, read_mask, read_photo
from .obstruction import obstruction_weights, with_obstructions
from .photos import find_photos, has_cameras, view_names
from .transforms import BadFrame, Lens, find_photo, find_transforms, parse_transforms, read_lens

_MARGIN = 1.06  # of the sphere around the head
_TOLD = 0.005  # relative: how well a transforms.json knows a focal length
_STUMP = 0.12  # of the neck's height, from its lower end: photos show clothes and shoulders there


@dataclass(frozen=True)
class Portrait:
    """One usable photo: what the head's fit reads, the file it came from, and what the artist says of it."""

    photo: HeadPhoto
    source: Path
    weight: float = 1.0
    expression: str = "neutral"


@dataclass(frozen=True)
class _Entry:
    photo: Path
    name: str
    mask: Path | None = None
    weight: float = 1.0
    expression: str = "neutral"
    lens: Lens | None = None


def lacks_cameras(path: Path) -> bool:
    """Whether the path is a photo, photos, or a transforms.json with one pose at most, which tells no shape."""
    if not path.exists() or not has_cameras(path):
        return path.exists()
    frames = parse_transforms(find_transforms(path))["frames"]
    return sum(isinstance(frame, dict) and frame.get("transform_matrix") is not None for frame in frames) < 2


def read_portraits(
    path: Path, config: CaptureConfig, face: int | None, progress: Progress
) -> tuple[list[Portrait], list[str]]:
    """The photos in which the face was found, and warnings; UserError where there is none.

    face: number of the face in a photo of several, counted from the left starting with 0; None: the largest.
    """
    entries = _chosen(_entries(path), config.views)
    portraits, warnings = [], []
    for number, entry in enumerate(entries):
        progress(number / len(entries))
        try:
            portrait, told = _read(entry, config, face, needed=len(entries) == 1)
        except UserError as error:
            if len(entries) == 1:
                raise
            warnings.append(f"{entry.photo.name} is left out: {error}")
            continue
        warnings += told
        if portrait is not None:
            portraits.append(portrait)
    if not portraits:
        raise UserError(" ".join(["No photo shows a usable face.", *warnings]))
    progress(1.0)
    return portraits, warnings


def capture_of(portraits: Sequence[Portrait], fit: HeadFit, config: CaptureConfig, warnings: Sequence[str]) -> Capture:
    """The photos with the cameras that were found, around the fitted head."""
    views = tuple(_view(portrait, camera) for portrait, camera in zip(portraits, fit.cameras, strict=True))
    if config.obstructions:
        views = with_obstructions(views)
    bounds, cut = around(fit)
    return Capture(views, bounds, cut, tuple(warnings))


def around(fit: HeadFit) -> tuple[Bounds, CutPlane]:
    """A sphere around the head, and the plane beneath its neck."""
    vertices = fit.vertices()
    center, radius = enclosing_sphere(vertices)
    down = -fit.solution.placement.rotation[:, 2]
    neck = vertices[fit.model.region == NECK] @ down
    level = neck.max() - _STUMP * (neck.max() - neck.min())
    return Bounds(center, _MARGIN * radius), CutPlane(center + (level - center @ down) * down, down)


def _view(portrait: Portrait, camera) -> View:
    photo = portrait.photo
    mask = np.ones(photo.picture.shape[:2], np.float32) if photo.person is None else photo.person
    return View(
        photo.name, photo.picture, mask.astype(np.float32), camera, portrait.source,
        portrait.weight, portrait.expression, face=photo.face,
    )  # fmt: skip


def _entries(path: Path) -> list[_Entry]:
    if not has_cameras(path):
        photos = find_photos(path)
        return [_Entry(photo, name) for photo, name in zip(photos, view_names(photos), strict=True)]
    file = find_transforms(path)
    document = parse_transforms(file)
    frames = [frame for frame in document["frames"] if isinstance(frame, dict)]
    found = [(find_photo(file.parent, frame.get("file_path")), frame) for frame in frames]
    missing = [str(frame.get("file_path")) for photo, frame in found if photo is None]
    if missing:
        raise UserError(f"{file} names photos that are not there: {', '.join(missing)}. Put them back.")
    names = view_names([photo for photo, _ in found])
    return [
        _Entry(
            photo, name, file.parent / frame["mask_path"] if frame.get("mask_path") else None,
            float(frame.get("weight", 1.0)), str(frame.get("expression") or "neutral"), _lens(frame, document),
        )
        for (photo, frame), name in zip(found, names, strict=True)
    ]  # fmt: skip


def _lens(frame: dict, document: dict) -> Lens | None:
    """What the file tells of the photo's lens; None where that is nothing, or makes no sense."""
    try:
        return read_lens(frame, document)
    except BadFrame:
        return None


def _chosen(entries: list[_Entry], views: Sequence[str]) -> list[_Entry]:
    """The entries that were asked for by name; all where none was."""
    unknown = sorted(set(views) - {entry.name for entry in entries})
    if unknown:
        known = ", ".join(entry.name for entry in entries)
        raise UserError(f"There are no views called {', '.join(unknown)}. There are: {known}.")
    return [entry for entry in entries if not views or entry.name in views]


def _read(entry: _Entry, config: CaptureConfig, face: int | None, needed: bool) -> tuple[Portrait | None, list[str]]:
    picture = read_photo(entry.photo, config.max_side)
    told = [f"{entry.photo.name}: {note}." for note in picture.notes]
    record, said = analyze(picture.rgb, entry.photo.name, face, needed=needed, file=entry.photo)
    told += said
    if record is None:
        return None, told
    scale = max(picture.rgb.shape[:2]) / max(picture.full_size)
    focal, key = _focal(entry, picture), camera_key(entry.photo)
    photo = HeadPhoto(
        entry.name, picture.rgb, record, _mask(entry, picture),
        focal=focal and focal.pixels * scale,
        lens=(key, picture.rgb.shape[:2]) if key.is_known else picture.rgb.shape[:2],
    )  # fmt: skip
    if focal is not None:
        photo = replace(photo, deviation=focal.sigma)
    if config.obstructions:
        photo = replace(photo, trust=obstruction_weights(picture.rgb, record))
    return Portrait(photo, entry.photo, entry.weight, entry.expression), told


def _focal(entry: _Entry, picture: Picture) -> Focal | None:
    """The focal length at the file's full size: that of the transforms.json, else that of EXIF."""
    if entry.lens is None:
        return focal_of(entry.photo)
    return Focal(entry.lens.camera(picture.full_size, np.eye(4)).fl_x, "transforms.json", _TOLD)


def _mask(entry: _Entry, picture: Picture) -> np.ndarray | None:
    if picture.alpha is not None:
        return picture.alpha
    return None if entry.mask is None else read_mask(entry.mask, picture.rgb.shape[1::-1], picture.stored)
