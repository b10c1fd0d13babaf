"""The job that runs beside Blender: a child process, a thread that reads it, a queue, and a plain `poll`.

The thread reads events and, at the end, the result's files. Nothing here touches bpy but the import steps that
`poll` runs on the main thread, a few milliseconds at a time. A timer or a loop calls `poll`; both are the same to it.
"""

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ..link import LikenessError, UserError, protocol, reader
from ..setup import environment

_COMMANDS = {
    protocol.FitRequest: protocol.Fit,
    protocol.RenderRequest: protocol.Render,
    protocol.AnimateRequest: protocol.Animate,
}
FITTED, CLEAN = "fitted", "clean"  # which mesh of a result is meant
POLL_BUDGET = 0.02  # seconds that one call of poll may take; a single import step may take longer
CANCEL_PATIENCE = 5.0  # seconds until a backend that does not answer a cancel is killed
LOG_TAIL = 4000  # characters of the log that explain a backend that never spoke

Load = Callable[[Path], tuple]  # in the thread: what the job has written
ImportSteps = Callable[..., Iterator[str]]  # on the main thread: puts what was loaded into the scene


class Job:
    """One job from the press of the button to its end: for a fit, the mesh in the scene."""

    def __init__(
        self, python: Path, request: protocol.Request, folder: Path, import_steps: ImportSteps | None, load: Load
    ):
        self.request, self.folder = request, folder
        self.stage, self.fraction, self.eta_seconds = "Starting", 0.0, None
        self.warnings: list[str] = []
        self.preview: str | None = None  # path of a picture that nobody has taken yet
        self.final: protocol.Event | None = None  # set last: by then the result of a fit is in the scene
        self.details = ""
        self._import_steps, self._load, self._steps = import_steps, load, None
        self._written, self._loaded = "", ()
        self._give_up_at: float | None = None
        self._queue: queue.SimpleQueue = queue.SimpleQueue()
        self._log = folder / "serve.txt"
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                [str(python), "-m", "backend", "serve"], env=environment.child_environment(), cwd=folder,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, **_apart(),
            )  # fmt: skip
        self._thread = threading.Thread(target=self._read, name="Likeness", daemon=True)
        self._thread.start()
        self._send(_COMMANDS[type(request)](request, str(folder)))

    def poll(self, budget: float = POLL_BUDGET) -> bool:
        """Take in what has happened, for about `budget` seconds; True where something has."""
        end, changed = time.perf_counter() + budget, False
        while self.final is None and time.perf_counter() < end:
            if self._steps is not None:
                self._step()
            else:
                try:
                    self._take(self._queue.get_nowait())
                except queue.Empty:
                    self._check_patience()
                    break
            changed = True
        return changed

    @property
    def importing(self) -> bool:
        """Whether the fit is over and its result is on the way into the scene."""
        return self._steps is not None

    def restart_import(self) -> None:
        """After an undo or the loading of a file, in which half an import is gone."""
        if self._steps is not None:
            self._steps = self._import_steps(*self._loaded)

    def take_preview(self) -> str | None:
        """The path of the newest picture, once."""
        path, self.preview = self.preview, None
        return path

    def cancel(self) -> None:
        """Ask for the end; `final` follows in one of the next polls."""
        if self._steps is not None:
            return  # a matter of a moment, and an undo takes it back
        self.stage = "Cancelling"
        self._give_up_at = time.monotonic() + CANCEL_PATIENCE
        self._send(protocol.Cancel())

    def close(self) -> None:
        """End the backend now, whatever it does. It ends by itself when its input ends; what does not is killed."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join(1.0)
        if self.final is None:
            self.final = protocol.Cancelled()

    def _send(self, command: protocol.Command) -> None:
        with contextlib.suppress(OSError, ValueError):  # a backend that has ended is told of by the reading thread
            self._process.stdin.write(protocol.to_line(command).encode())
            self._process.stdin.flush()

    def _step(self) -> None:
        try:
            self.stage = next(self._steps)
        except StopIteration:
            self._steps, self.fraction = None, 1.0
            self.final = protocol.Result(self._written)
        except ReferenceError:  # what was half imported has been removed, say by a purge
            self.restart_import()
        except LikenessError as error:
            self._steps = None
            self.final = protocol.Failed(str(error), user_error=isinstance(error, UserError))
        except Exception:
            self._steps = None
            text = f"The result in {self._written} could not be put into the scene; the console says why."
            self.final = protocol.Failed(text, user_error=False)
            raise

    def _take(self, item) -> None:
        """One item of the queue: an event, or what was written and loaded."""
        if isinstance(item, protocol.Stage):
            self.stage = item.name
        elif isinstance(item, protocol.Progress):
            self.fraction, self.eta_seconds = item.fraction, item.eta_seconds
        elif isinstance(item, protocol.Warning):
            self.warnings.append(item.text)
        elif isinstance(item, protocol.Preview):
            self.preview = item.path
        elif isinstance(item, tuple):
            self._written, self._loaded = item
            self._steps, self.stage, self.eta_seconds = self._import_steps(*self._loaded), "Importing", None
        elif isinstance(item, protocol.FINAL):
            self.fraction = 1.0 if isinstance(item, protocol.Result) else self.fraction
            self.final = item

    def _check_patience(self) -> None:
        if self._give_up_at is not None and time.monotonic() > self._give_up_at:
            self._process.kill()  # the job notices by itself and ends
            self.final = protocol.Cancelled()

    def _read(self) -> None:
        """The thread: everything the backend says, up to its final event; then the backend may go."""
        outcome = protocol.Failed("Reading the backend ended in an error; the console shows it.", user_error=False)
        try:
            outcome = self._outcome()
        except LikenessError as error:
            outcome = protocol.Failed(str(error), user_error=False)
        finally:  # whatever happens, somebody waits for an end
            self._queue.put(outcome)
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            self._process.wait()
            self._process.stdout.close()

    def _outcome(self):
        """Queue event after event; returns the final one, for a result its files."""
        for line in self._process.stdout:
            event = protocol.from_line(line.decode("utf-8", errors="replace"))
            if isinstance(event, protocol.Result) and self._import_steps is not None:
                return event.folder, self._load(
                    Path(event.folder)
                )  # here, so that the main thread only has to hand it over
            if isinstance(event, protocol.FINAL):
                return event
            self._queue.put(event)
        return self._ended()

    def _ended(self) -> protocol.Failed:
        """For a backend that ended without a word: a broken environment, or killed."""
        code = self._process.wait()
        log = self._log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:].strip()
        last = log.splitlines()[-1] if log else f"code {code}"
        text = f"The backend ended ({last}). Run `python install.py doctor`; the log is {self._log}."
        return protocol.Failed(text, user_error=False, details=log)


def load(folder: str | Path, mesh: str = FITTED) -> tuple[reader.StoredResult, dict[str, bytes]]:
    """A result and the bytes of its textures; UserError where they cannot be read.

    mesh: FITTED or CLEAN; a result that has no clean mesh is taken as it was fitted.
    """
    result = reader.read_result(folder)
    if mesh == CLEAN:
        result = result.in_clean_quads()
    try:
        return result, {name: path.read_bytes() for name, path in result.texture_files.items()}
    except OSError as error:
        raise UserError(f"The textures in {folder} cannot be read ({error}). Run the fit again.") from error


def _apart() -> dict:
    """Popen's options for a child that a Ctrl+C meant for Blender does not reach, and that shows no window."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True} if os.name == "posix" else {}


_current: Job | None = None


def current() -> Job | None:
    """The last job, running or ended; None before the first."""
    return _current


def is_idle() -> bool:
    """Whether a job may be started."""
    return _current is None or _current.final is not None


def start(
    python: Path, request: protocol.Request, folder: Path, import_steps: ImportSteps | None = None, load: Load = load
) -> Job:
    """Begin a job in place of the last one. import_steps: what puts what `load` has read into the scene."""
    global _current
    close()
    _current = Job(python, request, folder, import_steps, load)
    return _current


def close() -> None:
    """End whatever runs: Blender quits, or the extension is switched off."""
    global _current
    if _current is not None:
        _current.close()
    _current = None
