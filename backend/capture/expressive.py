"""Photos with expressions: where they are told of, and telling them apart from those that show the shape."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..scene import ARKIT, Capture
from ..scene.expression_tag import group_of
from .photos import CAMERA_FILES
from .transforms import Frame, find_transforms, named_apart, read_transforms

BESIDE = "transforms_expressions.json"  # lies beside the file of the neutral photos
_LEAST = 2  # photos that can show a shape
_STRONG = 0.5  # by which a coefficient must differ from what photos have in common before a photo is set apart unasked
_PLAIN = ("jawOpen", "eyeBlinkLeft", "eyeBlinkRight", "mouthSmileLeft", "mouthSmileRight", "mouthPucker")


def frames_of(path: Path) -> tuple[list[Frame], list[str]]:
    """The usable frames of a transforms.json, those of its expressions too, and warnings for the others."""
    file = find_transforms(path)
    frames, warnings = read_transforms(file)
    beside = file.with_name(BESIDE)
    if file.name not in CAMERA_FILES or not beside.is_file():
        return frames, warnings
    expressive, told = read_transforms(beside, untold=None)
    known = {frame.photo for frame in frames}
    for frame in expressive:
        if frame.photo not in known:
            frames.append(named_apart(frame, frames, warnings))
    return frames, [*warnings, *told]


def divided(frames: Sequence[Frame]) -> tuple[list[Frame], list[Frame]]:
    """The frames that show the shape, and the others.

    The neutral ones, else those of the commonest expression; all where no two have one expression.
    """
    groups = [group_of(frame.expression) for frame in frames]
    count = Counter(groups)
    shown = "neutral" if count["neutral"] >= _LEAST else max(count, key=count.__getitem__, default="neutral")
    if count[shown] < _LEAST:
        return list(frames), []
    pairs = list(zip(frames, groups, strict=True))
    return [frame for frame, group in pairs if group == shown], [frame for frame, group in pairs if group != shown]


def set_apart(capture: Capture, coefficients: Mapping[str, Mapping[str, float]]) -> Capture:
    """The capture with untagged views among the expressive ones where their faces plainly differ from most.

    coefficients: of views by their names, as read from landmarks: name of ARKIT -> coefficient. Views without any, and
    views that the artist has tagged, stay where they are.
    """
    plain = [name for name in ARKIT if name in _PLAIN]
    values = {name: np.array([told.get(key, 0.0) for key in plain]) for name, told in coefficients.items()}
    if len(values) <= _LEAST:
        return capture
    common = np.median(list(values.values()), 0)
    apart = [
        view.name
        for view in capture.views
        if not view.expression and np.abs(values.get(view.name, common) - common).max() > _STRONG
    ]
    if len(capture.views) - len(apart) < _LEAST:
        return capture
    views = tuple(view for view in capture.views if view.name not in apart)
    others = tuple(view for view in capture.views if view.name in apart)
    return replace(capture, views=views, expressive=(*capture.expressive, *others))
