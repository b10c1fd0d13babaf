"""The folder of a job: making one, and telling from its files what became of the job. Knows nothing of Blender.

request.json   what was asked for; written when the job is made, and by the backend again
events.jsonl   what the backend has told
serve.txt      what the backend wrote to standard error; log.txt: what the job itself wrote
result/        appears when it is whole
blender.lock   locked for as long as a Blender is at work on the job (claim.py)
seen.txt       how the job ended for its user: one of the words below
"""

import contextlib
import json
import time
from dataclasses import dataclass
from pathlib import Path

from ..link import LikenessError, UserError, protocol
from ..link import request as job_file
from . import claim

REQUEST, EVENTS, SEEN = "request.json", "events.jsonl", "seen.txt"
IMPORTED, DONE, CANCELLED, FAILED, DISMISSED = "imported", "done", "cancelled", "failed", "dismissed"
_LINE = 1 << 16  # bytes; no event of ours is longer


@dataclass(frozen=True)
class LeftJob:
    """A job whose end nobody has seen: Blender was closed."""

    folder: Path
    title: str
    request: protocol.Request
    result: str  # what it has written, whole; empty where it was interrupted


def make(parents: list[Path]) -> Path:
    """A new folder named after the time, below the first parent that can be written to; UserError where none can."""
    trouble = None
    for parent in parents:
        try:
            return _make_below(parent)
        except OSError as error:
            trouble = trouble or (parent, error)
    parent, error = trouble
    raise UserError(f"No folder can be made in {parent} ({error.strerror}). Choose another for results.") from error


def _make_below(parent: Path) -> Path:
    name = time.strftime("%Y-%m-%d %H.%M.%S")
    folder, attempt = parent / name, 1
    while True:
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            attempt += 1
            folder = parent / f"{name} ({attempt})"


def write_request(folder: Path, request: protocol.Request) -> None:
    """So that a job that never began can be begun later; OSError where it cannot be written."""
    text = json.dumps(job_file.to_job_file(request), indent=2)
    (folder / REQUEST).write_text(text, encoding="utf-8")


def read_request(folder: Path) -> protocol.Request:
    """The inverse of write_request; UserError where there is none, or none that this version understands."""
    try:
        return job_file.from_job_file(json.loads((folder / REQUEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, LikenessError) as error:
        raise UserError(f"{folder} holds no job that can be run ({error}). Start a new one.") from error


def mark(folder: Path, word: str) -> None:
    """Note how a job has ended for its user. A folder that is gone, or a full disk, makes it come up again at most."""
    with contextlib.suppress(OSError):
        (folder / SEEN).write_text(word, encoding="ascii")


def unmark(folder: Path) -> None:
    """The job begins anew."""
    with contextlib.suppress(OSError):
        (folder / SEEN).unlink(missing_ok=True)


def left_job(folder: Path) -> LeftJob | None:
    """The job of a folder, where nobody has seen its end and nobody is at work on it; cheap for all others."""
    if (folder / SEEN).exists() or not claim.is_free(folder):
        return None
    try:
        request = read_request(folder)
    except UserError:
        return None
    if not isinstance(request, protocol.FitRequest | protocol.RefitRequest):
        return None  # videos and animations are where they were asked for, or are asked for again
    if isinstance(final_event(folder), protocol.Failed):
        return None
    return LeftJob(folder, title_of(request), request, result_of(folder, request))


def result_of(folder: Path, request: protocol.Request) -> str:
    """The whole result of a fit or a re-fit, empty where it has none: in its place it appears when it is whole."""
    final = final_event(folder)
    if isinstance(final, protocol.Result) and Path(final.folder).is_dir():
        return final.folder
    return request.out if request.out and Path(request.out).is_dir() else ""


def final_event(folder: Path) -> protocol.Event | None:
    """The last word of a job; None where it has none."""
    try:
        with open(folder / EVENTS, "rb") as events:
            events.seek(max(0, (folder / EVENTS).stat().st_size - _LINE))
            last = events.read().decode("ascii", errors="replace").splitlines()[-1:]
        event = protocol.from_line(last[0]) if last else None
    except (OSError, LikenessError):
        return None
    return event if isinstance(event, protocol.FINAL) else None


def title_of(request: protocol.Request) -> str:
    """A job in a few words."""
    if isinstance(request, protocol.FitRequest):
        count = f", {len(request.views)} photos" if len(request.views) > 1 else ""
        return f"{request.subject.capitalize()}, {request.preset}{count}"
    result = Path(request.result)
    name = result.parent.name if result.name == "result" else result.name
    if isinstance(request, protocol.RefitRequest):
        return f"Re-fit of {name}, {len(request.views)} views"
    return f"{'Turntable' if isinstance(request, protocol.RenderRequest) else 'Animation'} of {name}"
