"""What the extension, the command line and the backend say to one another: four requests, a closed list of events.

A line is one JSON object: `{"likeness": 1, "kind": "progress", "fraction": 0.4, "eta_seconds": 12.0}`. The same
`FitRequest` is the command line, the job file and the record that is saved beside a result; `RefitRequest`,
`RenderRequest` and `AnimateRequest` are its like for a re-fit, novel views and animation. Standard library only.
"""

import dataclasses
import json
from dataclasses import dataclass

from .request import (  # noqa: F401 - also words of the protocol
    ANIMATION_ENDING,
    CHOICES,
    DRAWN,
    MAX_FRAMES,
    MAX_SIZE,
    PRESETS,
    REPRESENTATIONS,
    SUBJECTS,
    TEXTURES,
    TURNTABLE,
    VIDEO_ENDING,
    AnimateRequest,
    FitRequest,
    RefitRequest,
    RenderRequest,
    Request,
)
from .values import ProtocolError, build

VERSION = 1  # raised when an old reader would misread a new line

# Events. The pipeline emits Stage, Progress, Preview, InterimMesh and Warning; who runs the pipeline, the others.


@dataclass(frozen=True)
class Accepted:
    """The job has been taken; `job` is its folder."""

    job: str


@dataclass(frozen=True)
class Stage:
    """A stage begins: number `index` (from 0) of `count`."""

    name: str  # for people: "Carving the visual hull"
    index: int
    count: int


@dataclass(frozen=True)
class Progress:
    """How much of the whole job is done, in [0, 1], and the seconds left where they can be told."""

    fraction: float
    eta_seconds: float | None = None


@dataclass(frozen=True)
class Preview:
    """A picture of what there is so far (path of a PNG)."""

    path: str


@dataclass(frozen=True)
class InterimMesh:
    """The surface so far (path of a GLB)."""

    path: str


@dataclass(frozen=True)
class Warning:
    """Something the artist should know; the job goes on."""

    text: str


@dataclass(frozen=True)
class Result:
    """The end: the result is whole."""

    folder: str  # of the fit, or of the pictures; the path of a video or of an animation


@dataclass(frozen=True)
class Failed:
    """The end: `user_error` tells an input that can be mended from a bug of ours; `details` is the traceback."""

    message: str
    user_error: bool
    details: str = ""


@dataclass(frozen=True)
class Cancelled:
    """The end: stopped on request; nothing is left of the job's result."""


@dataclass(frozen=True)
class File:
    """A piece of a file on its way to or from a backend on another machine; pieces of a file come in order.

    The client sends what a request needs before its order. The backend sends what an event names before that event.
    """

    path: str  # relative, with forward slashes, below the folder that the backend has for this client
    data: str  # base64 of at most FILE_PIECE bytes
    last: bool  # whether the file is whole with this piece


@dataclass(frozen=True)
class About:
    """What a backend is, and what it has to work with: the answer to Describe."""

    version: str  # of Likeness
    python: str
    torch: str  # empty where it cannot be loaded; `missing` then says why
    device: str  # "cuda: NVIDIA H200" or "cpu: 16 threads"
    renderers: tuple[str, ...]
    head_models: tuple[str, ...]
    free_gigabytes: float  # where temporary files go
    missing: tuple[str, ...]  # packages that a fit needs and that are not there


FILE_PIECE = 3 << 18  # bytes of a file in one line, which base64 makes a megabyte

Event = (
    Accepted | Stage | Progress | Preview | InterimMesh | Warning | Result | Failed | Cancelled
    | File | About
)  # fmt: skip
FINAL = (Result, Failed, Cancelled)


# Commands: what the client writes to `serve`.


@dataclass(frozen=True)
class Fit:
    """Start a fit; `job` is the folder for request.json, events.jsonl and log.txt."""

    request: FitRequest
    job: str


@dataclass(frozen=True)
class Refit:
    """Refine a result from some of its views; `job` as for a fit."""

    request: RefitRequest
    job: str


@dataclass(frozen=True)
class Render:
    """Draw novel views; `job` as for a fit."""

    request: RenderRequest
    job: str


@dataclass(frozen=True)
class Animate:
    """Read a filmed person's expressions; `job` as for a fit."""

    request: AnimateRequest
    job: str


@dataclass(frozen=True)
class Cancel:
    """Stop the running job at once."""


@dataclass(frozen=True)
class Pause:
    """Let the running job wait, at the next moment at which it tells its progress."""


@dataclass(frozen=True)
class Resume:
    """Let a paused job go on."""


@dataclass(frozen=True)
class Finish:
    """Let the running job refine no further: its result is made of what there is so far."""


@dataclass(frozen=True)
class Describe:
    """Tell about the backend; only one on another machine is asked so, here `python -m backend.about` is."""


Order = Fit | Refit | Render | Animate  # each starts a job
Command = Order | Pause | Resume | Finish | Cancel | File | Describe

_KINDS = {
    "accepted": Accepted,
    "stage": Stage,
    "progress": Progress,
    "preview": Preview,
    "interim_mesh": InterimMesh,
    "warning": Warning,
    "result": Result,
    "failed": Failed,
    "cancelled": Cancelled,
    "file": File,
    "about": About,
    "fit": Fit,
    "refit": Refit,
    "render": Render,
    "animate": Animate,
    "pause": Pause,
    "resume": Resume,
    "finish": Finish,
    "cancel": Cancel,
    "describe": Describe,
}
_NAMES = {cls: kind for kind, cls in _KINDS.items()}


def to_line(message: Event | Command) -> str:
    """One line of JSON, ending in a newline."""
    values = {"likeness": VERSION, "kind": _NAMES[type(message)], **dataclasses.asdict(message)}
    return json.dumps(values, ensure_ascii=True, allow_nan=False) + "\n"


def from_line(line: str) -> Event | Command:
    """The inverse of to_line; ProtocolError where the line is not one of ours, UserError for a bad request value."""
    try:
        values = json.loads(line)
    except ValueError as error:
        raise ProtocolError(f"Not a line of JSON: {line[:200]!r}") from error
    if not isinstance(values, dict):
        raise ProtocolError(f"A line must be a JSON object, not {line[:200]!r}")
    version, kind = values.pop("likeness", None), values.pop("kind", None)
    if version != VERSION:
        raise ProtocolError(f"The other side speaks protocol {version!r}, this side {VERSION}. Install both anew.")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ProtocolError(f"Unknown kind of message {kind!r}. Known are: {', '.join(_KINDS)}.")
    return build(_KINDS[kind], values, kind)
