"""Photos of a head without cameras: read, looked at, and made into a capture once a head model has told the cameras."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..head.faces.analysis import analyze
from ..head.fitting.fit import HeadFit
from ..head.fitting.photo import HeadPhoto
from ..scene import Bounds, Camera, Capture, CutPlane, Progress, View
from ..scene.head import NECK
from .bounds import enclosing_sphere
from .config import CaptureConfig
from .exif import Focal, camera_key, focal_of
from .images import Picture, read_mask, read_photo
from .obstruction import obstruction_weights, with_obstructions
from .unposed import Entry, entries_of

_MARGIN = 1.06  # of the sphere around the head
_TOLD = 0.005  # relative: how well a transforms.json knows a focal length
_AROUND = 0.05  # of the head's size in the picture
_STUMP = 0.12  # of the neck's height, from its lower end: photos show clothes and shoulders there


@dataclass(frozen=True)
class Portrait:
    """One usable photo: what the head's fit reads, the file it came from, and what the artist says of it."""

    photo: HeadPhoto
    source: Path
    weight: float = 1.0
    expression: str = ""


def read_portraits(
    path: Path, config: CaptureConfig, face: int | None, progress: Progress
) -> tuple[list[Portrait], list[str]]:
    """The photos in which the face was found, and warnings; UserError where there is none.

    face: number of the face in a photo of several, counted from the left starting with 0; None: the largest.
    """
    entries = _chosen(entries_of(path), config.views)
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
    vertices = fit.vertices()
    views = tuple(_view(portrait, camera, vertices) for portrait, camera in zip(portraits, fit.cameras, strict=True))
    if config.obstructions:
        views = with_obstructions(views)
    bounds, cut = around(fit)
    return Capture(views, bounds, cut, tuple(warnings))


def around(fit: HeadFit) -> tuple[Bounds, CutPlane]:
    """A sphere around the head, and the plane beneath its neck."""
    vertices = fit.vertices()
    center, radius = enclosing_sphere(vertices)
    down = -fit.solution.placement.rotation[:, 2]
    neck = vertices[fit.model.region == NECK] if NECK in fit.model.region else vertices
    height = neck @ down
    level = height.max() - _STUMP * (height.max() - height.min())
    return Bounds(center, _MARGIN * radius), CutPlane(center + (level - center @ down) * down, down)


def _view(portrait: Portrait, camera: Camera, vertices: np.ndarray) -> View:
    """The photo as a view of the head: of the person's mask the part that may show it."""
    photo = portrait.photo
    mask = np.zeros(photo.picture.shape[:2], np.float32)
    pixels = camera.project(vertices)[0]
    room = _AROUND * np.ptp(pixels, axis=0).max()
    left, top = np.maximum(pixels.min(0) - room, 0).astype(int)
    right, bottom = (pixels.max(0) + room).astype(int)
    part = np.s_[top:bottom, left:right]
    mask[part] = 1.0 if photo.person is None else photo.person[part]
    return View(
        photo.name, photo.picture, mask, camera, portrait.source,
        portrait.weight, portrait.expression, face=photo.face,
    )  # fmt: skip


def _chosen(entries: list[Entry], views: Sequence[str]) -> list[Entry]:
    """The entries that were asked for by name; where none was, all but those with the weight 0."""
    unknown = sorted(set(views) - {entry.name for entry in entries})
    if unknown:
        known = ", ".join(entry.name for entry in entries)
        raise UserError(f"There are no views called {', '.join(unknown)}. There are: {known}.")
    return [entry for entry in entries if (entry.name in views if views else entry.weight > 0)]


def _read(entry: Entry, config: CaptureConfig, face: int | None, needed: bool) -> tuple[Portrait | None, list[str]]:
    picture = read_photo(entry.photo, config.max_side)
    told = [f"{entry.photo.name}: {note}." for note in picture.notes]
    record, said = analyze(picture.rgb, entry.photo.name, face, needed=needed, file=entry.photo)
    told += said
    if record is None:
        return None, told
    scale = max(picture.rgb.shape[:2]) / max(picture.full_size)
    focal, key = _focal(entry, picture), camera_key(entry.photo)
    photo = HeadPhoto(
        entry.name, picture.rgb, record, _mask(entry, picture, told),
        focal=focal and focal.pixels * scale,
        lens=(key, picture.rgb.shape[:2]) if key.is_known else picture.rgb.shape[:2], weight=entry.weight or 1.0,
    )  # fmt: skip
    if focal is not None:
        photo = replace(photo, deviation=focal.sigma)
    if config.obstructions:
        photo = replace(photo, trust=obstruction_weights(picture.rgb, record))
    return Portrait(photo, entry.photo, entry.weight, entry.expression), told


def _focal(entry: Entry, picture: Picture) -> Focal | None:
    """The focal length at the file's full size: that of the transforms.json, else that of EXIF."""
    if entry.lens is None:
        return focal_of(entry.photo)
    return Focal(entry.lens.camera(picture.full_size, np.eye(4)).fl_x, "transforms.json", _TOLD)


def _mask(entry: Entry, picture: Picture, told: list[str]) -> np.ndarray | None:
    """The photo's own mask; `told` gets why one cannot be used."""
    if picture.alpha is not None or entry.mask is None:
        return picture.alpha
    try:
        return read_mask(entry.mask, picture.rgb.shape[1::-1], picture.stored)
    except UserError as error:
        told.append(f"The mask of {entry.photo.name} is not used: {error}")
    except ValueError as error:
        told.append(f"The mask of {entry.photo.name} is not used, because {entry.mask} is {error}: another shape.")
    return None
