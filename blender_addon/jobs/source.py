"""Where what a job is told comes from: a backend at work, or what an earlier job has written. Nothing touches bpy.

A source has `items`, a queue of events, of Loaded and of InterimSurface, closed by one final event or Loaded.
"""

import contextlib
import queue
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from ..link import LikenessError, interim, protocol, surface
from ..setup.backend_link import Backend
from .outcome import Load, Loaded, loaded

LOG = "serve.txt"  # in the job's folder: what the backend's standard error said
_COMMANDS = {
    protocol.FitRequest: protocol.Fit,
    protocol.RefitRequest: protocol.Refit,
    protocol.RenderRequest: protocol.Render,
    protocol.AnimateRequest: protocol.Animate,
}
_LOG_TAIL = 4000  # characters of the log that explain a backend that never spoke
_NEVER_ENDED = protocol.Failed("Reading the job ended in an error; the console shows it.", user_error=False)


@dataclass(frozen=True)
class InterimSurface:
    """The surface of a fit on its way, world frame."""

    surface: surface.Surface


class BackendSource:
    """A backend that carries out one request, and the thread that reads what it says."""

    def __init__(self, backend: Backend, request: protocol.Request, folder: Path, load: Load | None):
        """load: what reads the result, in the thread; None: nothing is read. OSError where it cannot be started."""
        self.items: queue.SimpleQueue = queue.SimpleQueue()
        self.reads_meshes = True  # of the fit on its way
        self._load, self._log = load, folder / LOG
        with open(self._log, "wb") as log:
            self._link = backend.open(folder, log)
        self._thread = threading.Thread(target=self._read, name="Likeness", daemon=True)
        self._thread.start()
        self.send(_COMMANDS[type(request)](request, str(folder)))

    def send(self, command: protocol.Command) -> None:
        """Say a command; what becomes of it is heard in `items`."""
        self._link.send(command)

    def kill(self) -> None:
        """End a backend that does not answer; its job notices by itself and ends."""
        self._link.kill()

    def close(self) -> None:
        """End the backend now, whatever it does. It ends by itself when its input ends; what does not is killed."""
        self._link.end_input()
        try:
            self._link.wait(1.0)
        except subprocess.TimeoutExpired:
            self._link.kill()
            self._link.wait()
        self._thread.join(1.0)

    def _read(self) -> None:
        """The thread: everything the backend says, up to its final event; then the backend may go."""
        outcome = _NEVER_ENDED
        try:
            outcome = self._outcome()
        except LikenessError as error:
            outcome = protocol.Failed(str(error), user_error=False)
        finally:  # whatever happens, somebody waits for an end
            self.items.put(outcome)
            self._link.end_input()
            self._link.wait()

    def _outcome(self) -> protocol.Event | Loaded:
        """Queue event after event; returns the final one, for a result that is imported its files."""
        with contextlib.closing(self._link.events()) as events:
            for event in events:
                if isinstance(event, protocol.Result) and self._load is not None:
                    return loaded(self._load, event.folder)  # here, so that the main thread only has to hand it over
                if isinstance(event, protocol.FINAL):
                    return event
                if isinstance(event, protocol.InterimMesh):
                    self._queue_mesh(event.path)
                else:
                    self.items.put(event)
        return self._ended()

    def _queue_mesh(self, path: str) -> None:
        """One that cannot be read, say because the job has ended, costs a look at the fit and not the fit."""
        if self.reads_meshes:
            with contextlib.suppress(LikenessError):
                self.items.put(InterimSurface(interim.read_interim(Path(path))))

    def _ended(self) -> protocol.Failed:
        """For a backend that ended without a word: a broken environment, or killed."""
        code = self._link.wait()
        log = log_tail(self._log, _LOG_TAIL)
        last = log.splitlines()[-1] if log else f"code {code}"
        text = f"The backend ended ({last}). {self._link.advice}; the log is {self._log}."
        return protocol.Failed(text, user_error=False, details=log)


class StoredSource:
    """In place of a backend: what an earlier job has written, read in a thread."""

    def __init__(self, folder: str, load: Load):
        self.items: queue.SimpleQueue = queue.SimpleQueue()
        self.reads_meshes = False
        self._folder, self._load = folder, load
        self._thread = threading.Thread(target=self._read, name="Likeness", daemon=True)
        self._thread.start()

    def send(self, command: protocol.Command) -> None:
        """Only to stop can be asked for."""
        if isinstance(command, protocol.Cancel):
            self.items.put(protocol.Cancelled())

    def kill(self) -> None:
        """Nothing runs that could be killed."""

    def close(self) -> None:
        """A matter of a moment."""
        self._thread.join(1.0)

    def _read(self) -> None:
        outcome = _NEVER_ENDED
        try:
            outcome = loaded(self._load, self._folder)
        finally:
            self.items.put(outcome)


class NoSource:
    """In place of a backend that could not be started."""

    def __init__(self, why: str):
        self.items: queue.SimpleQueue = queue.SimpleQueue()
        self.items.put(protocol.Failed(why, user_error=True))
        self.reads_meshes = False

    def send(self, command: protocol.Command) -> None:
        """Nobody hears it."""

    def kill(self) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing runs."""


Source = BackendSource | StoredSource | NoSource


def log_tail(path: Path, length: int) -> str:
    """The last `length` characters of a log; empty where there is none."""
    try:
        with open(path, "rb") as log:
            log.seek(max(0, path.stat().st_size - 4 * length))  # a character has at most four bytes
            return log.read().decode("utf-8", errors="replace")[-length:].strip()
    except OSError:
        return ""
