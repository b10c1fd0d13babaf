"""What a job is asked to do: a fit, a re-fit, novel views or an animation. Every value is checked.

A request is the command line, a line of the protocol and the job file. Standard library only.
"""

import dataclasses
import math
from dataclasses import dataclass

from .errors import UserError
from .values import ProtocolError, build, need_choices, need_text, need_time, need_within

SUBJECTS = ("head", "object")
REPRESENTATIONS = ("surface", "sdf", "nerf", "hash", "gaussian")  # surface: straight from the visual hull, no field
PRESETS = ("preview", "standard", "high")
DEVICES = ("auto", "cpu", "cuda")
RENDERERS = ("auto", "warp", "nvdiffrast")
TEXTURES = ("photo", "albedo")
DRAWN = ("auto", "mesh", "field")  # what novel views show; auto: the field where the result keeps one

VIDEO_ENDING = ".mp4"  # novel views go to a video of this name, or else to a folder
ANIMATION_ENDING = ".csv"
TURNTABLE = 48  # frames of a turn when nothing else is asked for
MIN_SIZE, MAX_SIZE = 16, 8192  # pixels of the longer side of a novel view
MAX_FRAMES, MAX_FPS = 10_000, 240


@dataclass(frozen=True)
class FitRequest:
    """Everything that a fit is told. `validate` says in words what is wrong with a value."""

    capture: str  # one photo, a folder of photos, or a transforms.json
    out: str  # the result folder; appears only when it is whole
    subject: str = "head"  # one of SUBJECTS
    representation: str = "surface"  # one of REPRESENTATIONS
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
        need_text("capture", self.capture, "Give a photo, a folder of photos or a transforms.json.")
        need_text("out", self.out, "Give the folder that the result shall be written to (--out DIR).")
        need_text("head_model", self.head_model, "Use auto, builtin, ict or the path of a head model.")
        need_choices(self, CHOICES)
        if self.face is not None and self.face < 0:
            raise UserError(f"face cannot be {self.face}. Count the faces from the left, beginning with 0.")
        if not 0 <= self.seed < 2**32:
            raise UserError(f"seed cannot be {self.seed}. Use a whole number from 0 to {2**32 - 1}.")
        need_time(self.time_limit)
        if not all(self.views):
            raise UserError("One of the view names is empty. Separate names by single commas: --views 000,001,002.")
        return self

    def to_json(self) -> dict:
        """Plain JSON values, as in request.json and report.json."""
        return {**dataclasses.asdict(self), "views": list(self.views)}

    @classmethod
    def from_json(cls, values: object) -> "FitRequest":
        """The inverse of to_json, validated."""
        return build(cls, values, "request").validate()


@dataclass(frozen=True)
class RenderRequest:
    """Novel views of a result: a turn around the subject, or the cameras of a transforms.json."""

    result: str  # the result folder
    out: str  # a folder for RGBA pictures, or a video that ends in .mp4; appears only when it is whole
    turntable: int | None = None  # frames of the turn; TURNTABLE where there are no cameras either
    cameras: str | None = None  # a transforms.json, in the capture's world frame
    size: int | None = None  # pixels of the longer side; none: the photos', or the cameras' own
    of: str = "auto"  # one of DRAWN
    fps: int = 24  # of a video
    device: str = "auto"  # one of DEVICES

    def validate(self) -> "RenderRequest":
        """The request itself, or a UserError that says what to do."""
        need_text("result", self.result, "Give the folder that a fit has written.")
        need_text("out", self.out, "Give a folder for pictures, or a name that ends in .mp4 (--out DIR|FILE.mp4).")
        need_choices(self, RENDER_CHOICES)
        if self.turntable is not None and self.cameras is not None:
            raise UserError("turntable and cameras exclude one another. Give one of them.")
        if self.cameras is not None:
            need_text("cameras", self.cameras, "Give a transforms.json, or leave it out for a turntable.")
        need_within("turntable", self.turntable, 1, MAX_FRAMES, "frames")
        need_within("size", self.size, MIN_SIZE, MAX_SIZE, "pixels")
        need_within("fps", self.fps, 1, MAX_FPS, "frames a second")
        return self

    @property
    def is_video(self) -> bool:
        """Whether `out` names a video and not a folder."""
        return self.out.lower().endswith(VIDEO_ENDING)

    def to_json(self) -> dict:
        """Plain JSON values, as in request.json."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: object) -> "RenderRequest":
        """The inverse of to_json, validated."""
        return build(cls, values, "request").validate()


@dataclass(frozen=True)
class AnimateRequest:
    """The expressions of a filmed person, for the head of a result: a Live Link Face CSV."""

    result: str  # the result folder, of a fit of that person
    frames: str  # a video, or a folder of its frames
    out: str  # a file that ends in .csv; appears only when it is whole
    fps: float | None = None  # frames a second; none: the video's own, 30 for a folder

    def validate(self) -> "AnimateRequest":
        """The request itself, or a UserError that says what to do."""
        need_text("result", self.result, "Give the folder that a fit has written.")
        need_text("frames", self.frames, "Give a video, or a folder of its frames.")
        need_text("out", self.out, "Give the file for the animation (--out FILE.csv).")
        if not self.out.lower().endswith(ANIMATION_ENDING):
            raise UserError(f"out cannot be {self.out!r}. Give a name that ends in {ANIMATION_ENDING}.")
        need_within("fps", self.fps, 1, MAX_FPS, "frames a second")
        return self

    def to_json(self) -> dict:
        """Plain JSON values, as in request.json."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: object) -> "AnimateRequest":
        """The inverse of to_json, validated."""
        return build(cls, values, "request").validate()


@dataclass(frozen=True)
class RefitRequest:
    """A result refined from some of its views, from where its fit ended; elsewhere it is held.

    Vertices keep their order and faces their corners, unless `rebuild` asks for a mesh made anew.
    """

    result: str  # the result folder
    views: tuple[str, ...]  # names of the views to refine from
    out: str = ""  # the new result folder; empty: in place of `result`, once the new one is whole
    weights: tuple[float, ...] = ()  # how much each of `views` counts; none: as they did in the fit
    preset: str = ""  # one of PRESETS; empty: that of the fit
    texture: str = ""  # one of TEXTURES; empty: that of the fit
    rebuild: bool = False  # whether the mesh may be made anew, with other vertices
    device: str = "auto"  # one of DEVICES
    renderer: str = "auto"  # one of RENDERERS
    time_limit: float | None = None  # seconds for the whole job

    def validate(self) -> "RefitRequest":
        """The request itself, or a UserError that says what to do."""
        need_text("result", self.result, "Give the folder that a fit has written.")
        if not self.views or not all(self.views):
            raise UserError("views are missing. Name those to refine from, separated by commas: --views 000,001,002.")
        if self.weights and len(self.weights) != len(self.views):
            raise UserError(f"{len(self.weights)} weights for {len(self.views)} views. Give one for each, or none.")
        if not all(math.isfinite(weight) and weight >= 0 for weight in self.weights):
            raise UserError("A weight is below 0. Use 1 for a view that counts as usual, less for one that you doubt.")
        for name, allowed in (("preset", PRESETS), ("texture", TEXTURES)):
            if getattr(self, name):
                need_choices(self, {name: allowed})
        need_choices(self, REFIT_CHOICES)
        need_time(self.time_limit)
        return self

    def to_json(self) -> dict:
        """Plain JSON values, as in request.json."""
        return {**dataclasses.asdict(self), "views": list(self.views), "weights": list(self.weights)}

    @classmethod
    def from_json(cls, values: object) -> "RefitRequest":
        """The inverse of to_json, validated."""
        return build(cls, values, "request").validate()


Request = FitRequest | RefitRequest | RenderRequest | AnimateRequest


def target_of(request: Request) -> str:
    """What a request writes: a folder, or a file."""
    return request.out or request.result if isinstance(request, RefitRequest) else request.out


CHOICES = {
    "subject": SUBJECTS,
    "representation": REPRESENTATIONS,
    "preset": PRESETS,
    "device": DEVICES,
    "renderer": RENDERERS,
    "texture": TEXTURES,
}
REFIT_CHOICES = {"device": DEVICES, "renderer": RENDERERS}
RENDER_CHOICES = {"of": DRAWN, "device": DEVICES}

_COMMANDS = {"fit": FitRequest, "refit": RefitRequest, "render": RenderRequest, "animate": AnimateRequest}  # command


def to_job_file(request: Request) -> dict:
    """What request.json of a job holds."""
    command = next(name for name, cls in _COMMANDS.items() if type(request) is cls)
    return {"command": command, **request.to_json()}


def from_job_file(values: object) -> Request:
    """The inverse of to_job_file, validated; a file without `command` asks for a fit."""
    if not isinstance(values, dict):
        raise ProtocolError(f"request must be a JSON object, not {values!r}.")
    command = values.get("command", "fit")
    if not isinstance(command, str) or command not in _COMMANDS:
        raise ProtocolError(f"Unknown command {command!r}. Known are: {', '.join(_COMMANDS)}.")
    return _COMMANDS[command].from_json({name: value for name, value in values.items() if name != "command"})
