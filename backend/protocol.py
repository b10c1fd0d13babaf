"""What the extension, the command line and the backend say to one another: one request, a closed list of events.

A line is one JSON object: `{"likeness": 1, "kind": "progress", "fraction": 0.4, "eta_seconds": 12.0}`. The same
`FitRequest` is the command line, the job file and the record that is saved beside a result. Standard library only.
"""

import dataclasses
import json
import math
import types
import typing
from dataclasses import dataclass
from functools import cache

from .errors import LikenessError, UserError

VERSION = 1  # raised when an old reader would misread a new line

SUBJECTS = ("head", "object")
REPRESENTATIONS = ("sdf",)
PRESETS = ("preview", "standard", "high")
DEVICES = ("auto", "cpu", "cuda")
RENDERERS = ("auto", "warp", "nvdiffrast")
TEXTURES = ("photo", "albedo")


class ProtocolError(LikenessError):
    """A line that the other side could not have meant: the two sides differ in version, or one has a bug."""


@dataclass(frozen=True)
class FitRequest:
    """Everything that a fit is told. `validate` says in words what is wrong with a value."""

    capture: str  # one photo, a folder of photos, or a transforms.json
    out: str  # the result folder; appears only when it is whole
    subject: str = "head"  # one of SUBJECTS
    representation: str = "sdf"  # one of REPRESENTATIONS
    preset: str = "standard"  # one of PRESETS
    device: str = "auto"  # one of DEVICES
    renderer: str = "auto"  # one of RENDERERS
    head_model: str = "auto"  # auto, builtin, ict or a path
    texture: str = "photo"  # one of TEXTURES: the colour that head.glb carries
    views: tuple[str, ...] = ()  # names of the views to use; empty = all
    face: int | None = None  # which face of the photo, counted from the left, when there are several
    seed: int = 0
    time_limit: float | None = None  # seconds for the whole job

    def validate(self) -> "FitRequest":
        """The request itself, or a UserError that says what to do."""
        _need_text("capture", self.capture, "Give a photo, a folder of photos or a transforms.json.")
        _need_text("out", self.out, "Give the folder that the result shall be written to (--out DIR).")
        _need_text("head_model", self.head_model, "Use auto, builtin, ict or the path of a head model.")
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                raise UserError(f"{name} cannot be {value!r}. Use one of: {', '.join(choices)}.")
        if self.face is not None and self.face < 0:
            raise UserError(f"face cannot be {self.face}. Count the faces from the left, beginning with 0.")
        if not 0 <= self.seed < 2**32:
            raise UserError(f"seed cannot be {self.seed}. Use a whole number from 0 to {2**32 - 1}.")
        if self.time_limit is not None and not (math.isfinite(self.time_limit) and self.time_limit > 0):
            raise UserError(f"time_limit cannot be {self.time_limit}. Give seconds above 0, or leave it out.")
        if not all(self.views):
            raise UserError("One of the view names is empty. Separate names by single commas: --views 000,001,002.")
        return self

    def to_json(self) -> dict:
        """Plain JSON values, as in request.json and report.json."""
        return {**dataclasses.asdict(self), "views": list(self.views)}

    @classmethod
    def from_json(cls, values: object) -> "FitRequest":
        """The inverse of to_json, validated."""
        return _build(cls, values, "request").validate()


CHOICES = {
    "subject": SUBJECTS,
    "representation": REPRESENTATIONS,
    "preset": PRESETS,
    "device": DEVICES,
    "renderer": RENDERERS,
    "texture": TEXTURES,
}


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
    """The end: the result folder is whole."""

    folder: str


@dataclass(frozen=True)
class Failed:
    """The end: `user_error` tells an input that can be mended from a bug of ours; `details` is the traceback."""

    message: str
    user_error: bool
    details: str = ""


@dataclass(frozen=True)
class Cancelled:
    """The end: stopped on request; nothing is left of the job's result."""


Event = Accepted | Stage | Progress | Preview | InterimMesh | Warning | Result | Failed | Cancelled
FINAL = (Result, Failed, Cancelled)


# Commands: what the client writes to `serve`.


@dataclass(frozen=True)
class Fit:
    """Start a fit; `job` is the folder for request.json, events.jsonl and log.txt."""

    request: FitRequest
    job: str


@dataclass(frozen=True)
class Cancel:
    """Stop the running fit at once."""


Command = Fit | Cancel

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
    "fit": Fit,
    "cancel": Cancel,
}
_NAMES = {cls: kind for kind, cls in _KINDS.items()}
_hints = cache(typing.get_type_hints)


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
    return _build(_KINDS[kind], values, kind)


def _build(cls: type, values: object, what: str):
    """A dataclass from JSON values, every name and type checked."""
    if not isinstance(values, dict):
        raise ProtocolError(f"{what} must be a JSON object, not {values!r}.")
    unknown = sorted(set(values) - set(_hints(cls)))
    if unknown:
        raise ProtocolError(f"{what} has unknown fields: {', '.join(unknown)}.")
    fields = dataclasses.fields(cls)
    missing = [f.name for f in fields if f.default is dataclasses.MISSING and f.name not in values]
    if missing:
        raise ProtocolError(f"{what} lacks the fields: {', '.join(missing)}.")
    return cls(**{name: _convert(_hints(cls)[name], value, f"{what}.{name}") for name, value in values.items()})


def _convert(hint: object, value: object, what: str):
    """A JSON value as the type that the field declares."""
    if hint is FitRequest:
        return FitRequest.from_json(value)
    if isinstance(hint, types.UnionType):  # the only unions are `... | None`
        return None if value is None else _convert(typing.get_args(hint)[0], value, what)
    if hint == tuple[str, ...] and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if hint is float and type(value) in (int, float):
        return float(value)
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise ProtocolError(f"{what} has the wrong type: {value!r}.")


def _need_text(name: str, value: str, advice: str) -> None:
    if not value.strip():
        raise UserError(f"{name} is empty. {advice}")
