"""Recorded expressions: the CSV of Live Link Face and its like. Knows nothing of Blender.

A row is a frame; columns are found by their names, in any order, case and spelling. `Timecode` is HH:MM:SS:FF.fff,
frames counted from 0 in each second; HeadYaw, HeadPitch and HeadRoll are radians, positive where the head turns to its
left, nods down, and tilts to its right shoulder.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..link import UserError, rig
from . import key_names

FPS = 60.0  # of Live Link Face, where nothing tells
TURNS = ("headpitch", "headyaw", "headroll")
_RATES = (24, 25, 30, 48, 50, 60, 90, 100, 120, 240)  # frames that a timecode counts in a second
_TIMECODE = re.compile(r"(\d+):(\d+):(\d+)(?:[:;](\d+(?:\.\d+)?)|(\.\d+))?$")
_SECONDS = ("time", "timestamp", "seconds")
_DAY = 86400.0


@dataclass(frozen=True)
class FaceCapture:
    """N frames in the order of time; nan where a file leaves a value out.

    times  (N,) seconds since the first frame, rising
    keys   Apple's name -> (N,) coefficients; only those that the file has
    turns  (N, 3) radians: pitch, yaw and roll of the head; None where the file has none
    """

    name: str
    times: np.ndarray
    keys: dict[str, np.ndarray]
    turns: np.ndarray | None


def load(path: Path, fps: float | None = None) -> FaceCapture:
    """The recording in a file. fps: frames a second, where that is known better than from the file's timecode."""
    header, rows = _table(Path(path))
    columns = {name.strip().lower(): number for number, name in reversed(list(enumerate(header)))}
    known = {canonical: number for name, number in columns.items() if (canonical := key_names.canonical(name))}
    if not known:
        shown = ", ".join(name.strip() for name in header[:5])
        raise UserError(
            f"{path} has no columns with names of expressions, such as jawOpen; it has {shown}. "
            "Choose a CSV of Live Link Face, or one with ARKit's names in its first line."
        )
    if not rows:
        raise UserError(f"{path} is empty: it has no rows below its first line. Record it again.")
    times = _times(rows, columns, fps)
    kept = np.r_[True, np.diff(np.maximum.accumulate(times)) > 0]
    values = {name: _numbers(path, rows, known[name], header)[kept] for name in rig.ARKIT if name in known}
    turns = None
    if any(name in columns for name in TURNS):
        none = np.full(len(rows), np.nan)
        turns = [_numbers(path, rows, columns[name], header) if name in columns else none for name in TURNS]
        turns = np.stack(turns, 1)[kept]
    return FaceCapture(Path(path).stem, times[kept], values, turns)


def _table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and of each row its line number and cells; decimal commas have become points."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}). Choose the CSV of a recording.") from error
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise UserError(f"{path} is empty. Record it again.")
    gap = max(",;\t", key=first.count)
    reader = csv.reader(text.splitlines(), delimiter=gap)
    lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    if gap != ",":
        lines = [(number, [cell.replace(",", ".") for cell in cells]) for number, cells in lines]
    return lines[0][1], lines[1:]


def _numbers(path: Path, rows: list, column: int, header: list[str]) -> np.ndarray:
    values = np.full(len(rows), np.nan)
    for row, (line, cells) in enumerate(rows):
        text = cells[column].strip() if column < len(cells) else ""
        if text:
            try:
                values[row] = float(text)
            except ValueError as error:
                where = f"line {line}, column {header[column].strip()}"
                raise UserError(f"{path}: {text!r} is no number ({where}). Mend or remove that line.") from error
    values[~np.isfinite(values)] = np.nan
    return values


def _times(rows: list, columns: dict[str, int], fps: float | None) -> np.ndarray:
    """(N,) seconds since the first row; where nothing tells, rows follow each other by `fps`."""
    cells = [cells for _, cells in rows]
    counted = np.arange(len(rows)) / (fps or FPS)
    if "timecode" in columns:
        seconds, frames = _timecodes([_cell(row, columns["timecode"]) for row in cells])
        seconds = seconds + frames / (fps or _rate(frames))
    else:
        column = next((columns[name] for name in _SECONDS if name in columns), None)
        seconds = np.array([_plain(_cell(row, column)) for row in cells]) if column is not None else counted
    told = np.isfinite(seconds)
    if told.sum() < 2:
        return counted
    seconds[told] += _DAY * np.cumsum(np.r_[False, np.diff(seconds[told]) < -_DAY / 2])  # past midnight
    if np.ptp(seconds[told]) == 0:
        return counted
    seconds = np.interp(np.arange(len(rows)), np.flatnonzero(told), seconds[told])
    return seconds - seconds[0]


def _timecodes(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Whole seconds (N,) and frames (N,) beyond them; nan where there is no timecode."""
    seconds, frames = np.full(len(texts), np.nan), np.zeros(len(texts))
    for row, text in enumerate(texts):
        if found := _TIMECODE.match(text):
            hours, minutes, rest = (int(part) for part in found.groups()[:3])
            seconds[row] = 3600 * hours + 60 * minutes + rest + float(found[5] or 0)
            frames[row] = float(found[4] or 0)
    return seconds, frames


def _rate(frames: np.ndarray) -> float:
    """Frames that the timecode counts in a second: what makes the steps over a full second as long as the others."""
    steps = np.diff(frames)
    inside = steps[steps > 0]
    least = min((rate for rate in _RATES if rate > frames.max(initial=0)), default=_RATES[-1])
    if not (steps < 0).any() or len(inside) == 0:
        return max(FPS, float(least))
    whole = np.median(np.median(inside) - steps[steps < 0])
    return float(min((rate for rate in _RATES if rate >= least), key=lambda rate: abs(rate - whole)))


def _cell(row: list[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _plain(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan
