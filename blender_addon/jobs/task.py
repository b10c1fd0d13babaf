"""What is to be done for one press of a button, now or when its turn comes."""

from dataclasses import dataclass
from pathlib import Path

import bpy

from ..link import UserError, protocol
from ..setup import preferences
from ..setup.backend_link import Backend
from . import claim, import_target, job_folder
from .import_target import ImportSteps
from .outcome import Load, load
from .source import BackendSource, Source, StoredSource


@dataclass(frozen=True)
class Task:
    """A request, and where its result goes."""

    request: protocol.Request
    folder: Path
    backend: Backend | None  # None: the result is there already
    written: str  # that result; empty with a backend
    import_steps: ImportSteps | None  # what puts what `load` has read into the scene
    load: Load
    scene: int  # import_target's key of the scene that it goes to
    claim: claim.Claim | None

    @property
    def title(self) -> str:
        """The task in a few words."""
        return job_folder.title_of(self.request)

    def open(self) -> Source:
        """Begin; OSError where the backend cannot be started."""
        if self.backend is None:
            return StoredSource(self.written, self.load)
        return BackendSource(self.backend, self.request, self.folder, self.load if self.import_steps else None)


def make(
    backend: Backend,
    request: protocol.Request,
    folder: Path,
    import_steps: ImportSteps | None = None,
    load: Load = load,
) -> Task:
    """A task for the current scene, in a new folder; UserError where that cannot be written to."""
    try:
        job_folder.write_request(folder, request)
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written to ({error.strerror}). Free some space, or choose another folder for results."
        ) from error
    scene = import_target.key_of(bpy.context.scene)
    return Task(request, folder, backend, "", import_steps, load, scene, claim.claim(folder))


def new_folder(scene) -> Path:
    """A folder of its own for each job; UserError where there is no place for one."""
    return job_folder.make(parents(scene))


def parents(scene) -> list[Path]:
    """Where the folders of new jobs go: the first that can be written to."""
    if scene.likeness.output:
        return [Path(bpy.path.abspath(scene.likeness.output))]
    return [*own_parents(), Path(bpy.app.tempdir) / "jobs"]


def own_parents() -> list[Path]:
    """The folder for jobs that Blender gives the extension, where it gives one: it may be read-only."""
    try:
        folder = preferences.user_folder()
    except OSError:
        return []
    return [folder / "jobs"] if folder is not None else []


def warning_of(folder: Path) -> str:
    """What to know of a job folder that goes with Blender; empty for others."""
    if Path(bpy.app.tempdir) not in folder.parents:
        return ""
    return (
        "Likeness has no folder of its own to write to: this result is kept until Blender is closed. "
        "Save the .blend, or choose a folder under Results in."
    )
