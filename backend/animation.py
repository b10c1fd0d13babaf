"""The story of `animate`: a film of a person becomes an animation of the person's head, as Live Link Face writes it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from .asset import layout
from .asset.live_link import check_animation_target, write_live_link
from .asset.reader import StoredResult, read_checkpoint, read_result
from .capture.footage import FOLDER_FPS, Footage, open_footage
from .errors import UserError
from .head.faces.landmarks import find_faces
from .head.fitting.acting import Acting, Shown, act
from .head.fitting.neck import with_closed_neck
from .head.model import HeadModel
from .head.models import load_head_model
from .protocol import AnimateRequest, Event, Warning
from .timeline import Timeline

WATCHING, READING, WRITING = "Looking at frames", "Reading expressions", "Writing"
_SHARES = {WATCHING: 80.0, READING: 19.0, WRITING: 1.0}
_NEAR = 1.5  # distances of the outer corners of the eyes that a face may move from frame to frame and be the same


def animate(request: AnimateRequest, emit: Callable[[Event], None]) -> Path:
    """Run a validated request; returns the CSV, which appears only when it is whole.

    `emit` gets Stage, Progress and Warning events and may raise Cancelled. Raises UserError.
    """
    out = Path(request.out)
    check_animation_target(out)
    result, footage = read_result(Path(request.result)), open_footage(Path(request.frames))
    fps = request.fps or footage.fps or FOLDER_FPS
    timeline = Timeline(_SHARES, emit)
    with timeline.stage(WATCHING) as progress:
        frames = _watched(footage, progress)
    for text in _gaps(frames, fps, footage.path):
        emit(Warning(text))
    with timeline.stage(READING) as progress:
        model = with_closed_neck(load_head_model(_model_of(result)))
        acting = act(model, _neutral(result, model), frames, fps, progress)
    with timeline.stage(WRITING):
        write_live_link(out, fps, acting.coefficients, _turns(acting))
    return out


def _watched(footage: Footage, progress: Callable[[float], None]) -> list[Shown | None]:
    """The person's face in each frame; None where it is not seen."""
    frames: list[Shown | None] = []
    last = None
    for number, picture in enumerate(footage.frames()):
        progress(number / footage.count)
        faces = [] if picture is None else find_faces(picture)
        face = max(faces, key=lambda one: one.scale, default=None)
        if last is not None and len(faces) > 1:
            nearest = min(faces, key=lambda one: np.linalg.norm(one.points.mean(0) - last.points.mean(0)))
            if np.linalg.norm(nearest.points.mean(0) - last.points.mean(0)) < _NEAR * last.scale:
                face = nearest
        last = face or last
        frames.append(None if face is None else Shown(face, picture.shape[1::-1]))
    return frames


def _gaps(frames: Sequence[Shown | None], fps: float, path: Path) -> list[str]:
    """What is to be told of frames without a face; UserError where there is none with one."""
    missing = [number for number, frame in enumerate(frames) if frame is None]
    if len(missing) == len(frames):
        raise UserError(f"No frame of {path} shows a face. Film the face from the front, large and well lit.")
    if not missing:
        return []
    starts = [number for number in missing if number - 1 not in missing]
    shown = ", ".join(f"{start / fps:.1f} s" for start in starts[:5]) + (", …" if len(starts) > 5 else "")
    return [f"{len(missing)} of {len(frames)} frames show no face and were bridged (at {shown})."]


def _model_of(result: StoredResult) -> str:
    """The choice of head model that the result was made with; what auto meant then."""
    chosen = result.report["settings"].get("head_model", "auto")
    return result.report.get("head", {}).get("model", chosen) if chosen == "auto" else chosen


def _neutral(result: StoredResult, model: HeadModel) -> np.ndarray | None:
    """(V, 3) the person at rest on the model's vertices; None where the result keeps none, or another model's."""
    neutral = read_checkpoint(result.folder).get(layout.HEAD_NEUTRAL)
    return neutral if neutral is not None and neutral.shape == model.vertices.shape else None


def _turns(acting: Acting) -> np.ndarray:
    """(N, 9) as asset.live_link writes them."""
    eyes = np.pad(acting.eyes, ((0, 0), (0, 0), (0, 1))).reshape(-1, 6)
    return np.concatenate([acting.head, eyes], 1)
