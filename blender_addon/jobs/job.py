"""The job that runs beside Blender: what it is told, how far it is, and a plain `poll`.

Its source (source.py) reads in a thread. Nothing here touches bpy but the import steps that `poll` runs on the main
thread, a few milliseconds at a time. A timer or a loop calls `poll`; both are the same to it.
"""

import queue
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from ..link import LikenessError, UserError, protocol, surface
from ..setup.backend_link import Backend
from . import import_target, job_folder, task
from .import_target import ImportSteps
from .outcome import CLEAN, FITTED, Load, Loaded, load  # noqa: F401 - the first two are words of a job, too
from .source import InterimSurface, NoSource, Source

POLL_BUDGET = 0.02  # seconds that one call of poll may take; a single import step may take longer
CANCEL_PATIENCE = 5.0  # seconds until a backend that does not answer a cancel is killed
IMPORT_TRIES = 5  # so often an import begins anew when what it has made is removed under it


class Job:
    """One job from its beginning to its end: for a fit, the mesh in the scene."""

    def __init__(self, what: task.Task, source: Source):
        self.task, self.request, self.folder, self.title = what, what.request, what.folder, what.title
        self.stage, self.fraction, self.eta_seconds = "Starting", 0.0, None
        self.warnings = [text] if (text := task.warning_of(what.folder)) else []
        self.paused = self.finishing = self.cancelling = False  # asked for, and not taken back
        self.final: protocol.Event | None = None  # set last: by then the result of a fit is in the scene
        self._preview: str | None = None
        self._mesh: surface.Surface | None = None
        self._source, self._steps, self._tries = source, None, 0
        self._loaded = Loaded("", ())
        self._give_up_at: float | None = None

    def poll(self, budget: float = POLL_BUDGET) -> bool:
        """Take in what has happened, for about `budget` seconds; True where something has."""
        end, changed = time.perf_counter() + budget, False
        while self.final is None and time.perf_counter() < end:
            if self._steps is not None:
                self._step()
            else:
                try:
                    self._take(self._source.items.get_nowait())
                except queue.Empty:
                    self._check_patience()
                    break
            changed = True
        return changed

    @property
    def importing(self) -> bool:
        """Whether the fit is over and its result is on the way into the scene."""
        return self._steps is not None

    @property
    def under_way(self) -> bool:
        """Whether the backend works on it, and nobody has asked for the end."""
        return self.final is None and not self.importing and not self.cancelling

    @property
    def can_finish(self) -> bool:
        """Whether there is a best so far to keep, or will be: of fits and re-fits."""
        refines = isinstance(self.request, protocol.FitRequest | protocol.RefitRequest)
        return self.under_way and refines and self.task.backend is not None

    def restart_import(self) -> None:
        """After an undo or the loading of a file, in which half an import is gone."""
        if self._steps is not None:
            self._steps = self._import_steps()

    def read_meshes(self, wanted: bool) -> None:
        """Whether the surfaces of a fit on its way are read."""
        self._source.reads_meshes = wanted

    def take_preview(self) -> str | None:
        """The path of the newest picture, once."""
        path, self._preview = self._preview, None
        return path

    def take_mesh(self) -> surface.Surface | None:
        """The newest surface of the fit on its way, once."""
        mesh, self._mesh = self._mesh, None
        return mesh

    def pause(self) -> None:
        """Let the backend wait at its next step; nothing while it does already."""
        if self.under_way and not self.paused:
            self.paused = True
            self._source.send(protocol.Pause())

    def resume(self) -> None:
        """Let a paused backend go on."""
        if self.under_way and self.paused:
            self.paused = False
            self._source.send(protocol.Resume())

    def finish(self) -> None:
        """Ask for the result as it would be now: it is written and imported as usual."""
        if self.can_finish and not self.finishing:
            self.finishing, self.paused = True, False
            self._source.send(protocol.Finish())

    def cancel(self) -> None:
        """Ask for the end; `final` follows in one of the next polls."""
        if self._steps is not None:
            return  # a matter of a moment, and an undo takes it back
        self.stage, self.cancelling, self.paused = "Cancelling", True, False
        self._give_up_at = time.monotonic() + CANCEL_PATIENCE
        self._source.send(protocol.Cancel())

    def close(self) -> None:
        """End the backend now, whatever it does; what it has done or not is offered when Blender starts again."""
        self._source.close()
        if self.final is None:
            self._end(protocol.Cancelled(), "")

    def _import_steps(self) -> Iterator[str]:
        return import_target.steps_in_scene(self.task.import_steps, self.task.scene, *self._loaded.contents)

    def _step(self) -> None:
        try:
            self.stage = next(self._steps)
        except StopIteration:
            self._end(protocol.Result(self._loaded.folder), job_folder.IMPORTED)
        except ReferenceError as error:  # what was half imported has been removed, say by a purge
            self._tries += 1
            if self._tries < IMPORT_TRIES:
                self.restart_import()
            else:
                self._fail_import(error)
        except LikenessError as error:
            self._end(protocol.Failed(str(error), user_error=isinstance(error, UserError)), "")
        except Exception as error:
            self._fail_import(error)

    def _fail_import(self, error: Exception) -> None:
        """A bug of ours: its traceback is shown, and the timer goes on for the jobs that wait."""
        traceback.print_exception(error)
        details = "".join(traceback.format_exception(error))
        text = f"The result in {self._loaded.folder} could not be put into the scene; the console says why."
        self._end(protocol.Failed(text, user_error=False, details=details), "")

    def _take(self, item: protocol.Event | Loaded | InterimSurface) -> None:
        """One item of the source."""
        if isinstance(item, protocol.Stage):
            self.stage = item.name
        elif isinstance(item, protocol.Progress):
            self.fraction, self.eta_seconds = item.fraction, item.eta_seconds
        elif isinstance(item, protocol.Warning):
            self.warnings.append(item.text)
        elif isinstance(item, protocol.Preview):
            self._preview = item.path
        elif isinstance(item, InterimSurface):
            self._mesh = item.surface
        elif isinstance(item, Loaded):
            self._loaded, self.stage, self.eta_seconds, self.paused = item, "Importing", None, False
            self._steps = self._import_steps()
        elif isinstance(item, protocol.Result):
            self.fraction = 1.0
            self._end(item, job_folder.DONE)
        elif isinstance(item, protocol.FINAL):
            self._end(item, job_folder.FAILED if isinstance(item, protocol.Failed) else job_folder.CANCELLED)

    def _check_patience(self) -> None:
        if self._give_up_at is not None and time.monotonic() > self._give_up_at:
            self._source.kill()
            self._end(protocol.Cancelled(), job_folder.CANCELLED)

    def _end(self, final: protocol.Event, word: str) -> None:
        """word: what is noted in the job's folder; empty: the job is offered again."""
        if word == job_folder.IMPORTED:
            self.fraction = 1.0
        self._steps, self._loaded, self._mesh = None, Loaded(self._loaded.folder, ()), None
        self.paused = self.finishing = False
        if word:
            job_folder.mark(self.folder, word)
        if self.task.claim is not None:
            self.task.claim.release()
        self.final = final


_current: Job | None = None


def current() -> Job | None:
    """The last job, running or ended; None before the first."""
    return _current


def is_idle() -> bool:
    """Whether nothing runs."""
    return _current is None or _current.final is not None


def start(
    backend: Backend,
    request: protocol.Request,
    folder: Path,
    import_steps: ImportSteps | None = None,
    load: Load = load,
) -> Job:
    """Begin a job in place of the last one. import_steps: what puts what `load` has read into the scene."""
    return begin(task.make(backend, request, folder, import_steps, load))


def begin(what: task.Task) -> Job:
    """Begin a task in place of the last job; OSError where it cannot be begun, and then it is forgotten."""
    close()
    try:
        return _take_over(Job(what, what.open()))
    except OSError:
        if what.claim is not None:
            what.claim.release()
        raise


def fail(what: task.Task, why: str) -> Job:
    """Let a task that could not be begun stand in place of the last job: it ends at its first poll."""
    close()
    return _take_over(Job(what, NoSource(why)))


def _take_over(begun: Job) -> Job:
    global _current
    _current = begun
    return begun


def close() -> None:
    """End whatever runs: Blender quits, or the extension is switched off."""
    global _current
    if _current is not None:
        _current.close()
    _current = None
