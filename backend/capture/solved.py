"""Cameras of photos that bring none, by structure from motion: for objects, and for all that keeps still."""

from pathlib import Path

import numpy as np

from ..errors import UserError
from ..scene import Progress
from .distortion import Distortion
from .exif import focal_of, read_shot
from .images import read_mask
from .motion import solve_motion
from .photos import find_mask
from .transforms import Frame, Lens
from .unposed import entries_of


def solved_frames(path: Path, progress: Progress) -> tuple[list[Frame], list[str]]:
    """The photos that could be placed, as the frames of a transforms.json in an arbitrary unit, and warnings.

    UserError where too few can be placed; it says how to photograph.
    """
    entries = entries_of(path)
    photos = [entry.photo for entry in entries]
    files = [entry.mask or find_mask(entry.photo) for entry in entries]
    masks = [None if file is None else _mask(file, photo) for file, photo in zip(files, photos, strict=True)]
    solved = solve_motion(photos, [focal_of(photo) for photo in photos], masks if any(files) else None, progress)
    warnings = [f"{name} is left out: its place among the other photos was not found." for name in solved.missing]
    frames = []
    for entry, mask in zip(entries, files, strict=True):
        name = entry.name
        if name in solved.cameras:
            camera = solved.cameras[name]
            lens = Lens(
                camera.width, camera.height, camera.fl_x, camera.fl_y, None, None, camera.cx, camera.cy,
                solved.distortions.get(name, Distortion()),
            )  # fmt: skip
            frames.append(
                Frame(name, entry.photo, mask, lens, camera.camera_to_world, entry.weight, entry.expression, "train")
            )
    return frames, warnings


def _mask(file: Path, photo: Path) -> np.ndarray | None:
    """The mask at the photo's size; None where it cannot be used, of which the capture's reading warns."""
    try:
        return read_mask(file, read_shot(photo).size)
    except (UserError, ValueError):
        return None
