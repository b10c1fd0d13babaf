"""Files become checked views: one call tells the whole story of this stage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..scene import Capture, Progress, View, silent
from .bounds import Placement, place
from .config import CaptureConfig
from .distortion import undistort
from .expressive import divided, frames_of
from .images import read_mask, read_photo, same_shape
from .masks import compute_masks
from .solved import solved_frames
from .transforms import Frame
from .unposed import lacks_cameras

_SOLVING = 0.8  # share of the time that solving cameras takes, where they are not given
_LEAST = 2  # views that a fit needs
_HELD_OUT = ("test", "val", "validation", "eval")  # splits that a fit must not see
_NO_SUBJECT = 1e-4  # share of the photo; a smaller mask shows nothing


def load_capture(path: Path, config: CaptureConfig, progress: Progress = silent) -> Capture:
    """The views of a transforms.json, of the folder that holds it, or of photos alone, with masks, bounds and warnings.

    Photos with another expression than most come along as `expressive`; a transforms_expressions.json beside the file
    may name more of them. In the file's own world frame and unit; photos alone are placed by structure from motion.
    Frames that cannot be used are left out with a warning that names their file; UserError where fewer than two are
    left, or where cameras and masks contradict one another.
    """
    path = Path(path)
    solving = _SOLVING if lacks_cameras(path) else 0.0
    if solving:
        frames, warnings = solved_frames(path, lambda done: progress(solving * done))
    else:
        frames, warnings = frames_of(path)
    frames, expressive = divided(_select(frames, config, warnings))
    shots = []

    def on(done: float) -> None:
        progress(solving + (1 - solving) * done)

    for number, frame in enumerate(wanted := [*frames, *expressive]):
        on(0.3 * number / len(wanted))
        try:
            shots.append(_read_shot(frame, config.max_side, warnings))
        except UserError as error:
            warnings.append(f"{frame.photo.name} is left out: {error}")
    apart = {frame.name for frame in expressive}
    _need_two([shot for shot in shots if shot.view.name not in apart], warnings)
    masked = _with_masks(shots, config, warnings, lambda done: on(0.3 + 0.6 * done))
    views, placement = _place([view for view in masked if view.name not in apart], warnings)
    progress(1.0)
    others = tuple(view for view in masked if view.name in apart)
    return Capture(tuple(views), placement.bounds, placement.cut, tuple(warnings), others)


@dataclass(frozen=True)
class _Shot:
    """A view whose mask may be yet to find."""

    view: View
    mask: np.ndarray | None


def _select(frames: Sequence[Frame], config: CaptureConfig, warnings: list[str]) -> list[Frame]:
    """The frames that were asked for by name; else all that are not held out."""
    if config.views:
        unknown = sorted(set(config.views) - {frame.name for frame in frames})
        if unknown:
            known = ", ".join(frame.name for frame in frames)
            hints = "".join(f" {text}" for text in warnings)
            raise UserError(f"There are no views called {', '.join(unknown)}. There are: {known}.{hints}")
        return [frame for frame in frames if frame.name in config.views]
    return [frame for frame in frames if frame.split.lower() not in _HELD_OUT and frame.weight > 0]


def _read_shot(frame: Frame, max_side: int, warnings: list[str]) -> _Shot:
    """The photo and its own mask, undistorted; UserError where the photo cannot be used."""
    picture = read_photo(frame.photo, max_side, frame.lens.size)
    if frame.lens.size is not None and not same_shape(frame.lens.size, picture.full_size):
        told = " x ".join(f"{side:g}" for side in frame.lens.size)
        real = " x ".join(str(side) for side in picture.full_size)
        raise UserError(f"its camera describes a picture of {told} pixels, the photo has {real}: another shape.")
    height, width = picture.rgb.shape[:2]
    camera = frame.lens.camera(picture.full_size, frame.pose).resized(width, height)
    planes = [picture.rgb]
    mask = picture.alpha if picture.alpha is not None else _mask_file(frame, (width, height), picture.stored, warnings)
    if mask is not None:
        planes.append(mask)
    planes, camera = undistort(planes, camera, frame.lens.distortion)
    view = View(frame.name, planes[0], _blank(planes[0]), camera, frame.photo, frame.weight, frame.expression)
    return _Shot(view, planes[1] if mask is not None else None)


def _mask_file(frame: Frame, size: tuple[int, int], stored: int, warnings: list[str]) -> np.ndarray | None:
    """The mask beside the photo; a warning and None where it cannot be used."""
    if frame.mask is None:
        return None
    try:
        return read_mask(frame.mask, size, stored)
    except UserError as error:
        warnings.append(f"The mask of {frame.photo.name} is computed: {error}")
    except ValueError as error:
        warnings.append(f"The mask of {frame.photo.name} is computed, because {frame.mask} is {error}: another shape.")
    return None


def _blank(photo: np.ndarray) -> np.ndarray:
    return np.zeros(photo.shape[:2], np.float32)


def _with_masks(shots: Sequence[_Shot], config: CaptureConfig, warnings: list[str], progress: Progress) -> list[View]:
    """The views with given or computed masks; those that show nothing of the subject are left out."""
    masks = compute_masks([shot.view for shot in shots], [shot.mask for shot in shots], config.subject, progress)
    views = []
    for shot, mask in zip(shots, masks, strict=True):
        if (mask > 0.5).mean() < _NO_SUBJECT:
            warnings.append(f"{shot.view.source.name} is left out: its mask is empty.")
        else:
            views.append(replace(shot.view, mask=np.ascontiguousarray(mask, np.float32)))
    return views


def _place(views: list[View], warnings: list[str]) -> tuple[list[View], Placement]:
    """Bounds from the views whose cameras stand outside of the subject; the others are left out."""
    _need_two(views, warnings)
    placement = place(views)
    for name in placement.inside:
        source = next(view.source for view in views if view.name == name)
        warnings.append(f"{source.name} is left out: its camera stands inside the subject.")
    if placement.inside:
        views = [view for view in views if view.name not in placement.inside]
        _need_two(views, warnings)
        placement = place(views)
    return views, placement


def _need_two(usable: Sequence, warnings: Sequence[str]) -> None:
    if len(usable) < _LEAST:
        told = " ".join(warnings) or "Add photos from other sides."
        raise UserError(f"At least {_LEAST} usable photos with cameras are needed, {len(usable)} found. {told}")
