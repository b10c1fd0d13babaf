"""Writes recorded expressions as Live Link Face does: one row a frame, 52 coefficients and 9 rotations."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..scene.rig import ARKIT
from .replace import replacing_file

# Radians: positive where head or eye turns to the subject's left, nods down, tilts to its right shoulder.
TURNS = tuple(f"{part}{turn}" for part in ("Head", "LeftEye", "RightEye") for turn in ("Yaw", "Pitch", "Roll"))
_COUNTED = (24, 25, 30, 48, 50, 60, 90, 100, 120, 240)  # frames that readers take a second to have
_ELSE = 60


def check_animation_target(path: Path) -> None:
    """UserError where an animation must not be written to `path`."""
    if path.is_dir():
        raise UserError(f"{path} is a folder. Choose another name for the animation.")


def write_live_link(path: Path, fps: float, coefficients: np.ndarray, turns: np.ndarray) -> None:
    """coefficients (N, 52) in the order of ARKIT, turns (N, 9) radians as in TURNS. The file appears whole."""
    text = io.StringIO()
    names = [name[0].upper() + name[1:] for name in ARKIT] + list(TURNS)
    text.write(",".join(["Timecode", "BlendShapeCount", *names]) + "\n")
    for number, row in enumerate(np.concatenate([coefficients, turns], 1)):
        text.write(",".join([_timecode(number / fps, _rate(fps)), str(len(names)), *_digits(row)]) + "\n")
    with replacing_file(path) as partial:
        partial.write_text(text.getvalue(), encoding="ascii", newline="\n")


def _rate(fps: float) -> int:
    return round(fps) if round(fps) in _COUNTED else _ELSE


def _timecode(seconds: float, rate: int) -> str:
    """HH:MM:SS:FF.fff, FF counted at `rate` from 0 in each second."""
    whole, part = divmod(round(seconds * rate * 1000), rate * 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}:{part // 1000:02}.{part % 1000:03}"


def _digits(values: Sequence[float]) -> list[str]:
    return [f"{value:.6f}" for value in values]
