"""`python -m backend serve`: commands on standard input, events on standard output, one JSON line each.

    client (Blender) ── fit, refit, render, animate, cancel ──► serve ── starts, ends ─────────► job ──► its workers
                     ── pause, resume, finish ───────────────►       ── pause, resume, finish ─►
                     ◄─────────── events ─────────────────────       ◄──── events ──────────────

serve imports neither torch nor Warp, so it answers at once: to cancel is to kill the job's process group. The end of
its standard input ends the job and itself. The job watches its own standard input in the same way, so not even
killing serve leaves a process behind.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from . import protocol
from .errors import LikenessError, UserError
from .job import claim_streams, line_writer
from .processes import end_group, start_group
from .protocol import Event, Order
from .request import target_of, to_job_file
from .unfinished import remove_interim, remove_partial

JOB_COMMAND = (sys.executable, "-m", "backend.job")
LOG_TAIL = 4000  # characters of log.txt that explain a crash


class Job:
    """A running job: its process, its folder, and the thread that passes its events on."""

    def __init__(self, order: Order, emit: Callable[[Event], None], command: Sequence[str]):
        self.request, self.folder = order.request, Path(order.job).absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(to_job_file(self.request), indent=2)
        (self.folder / "request.json").write_text(text, encoding="utf-8")
        self._record = open(self.folder / "events.jsonl", "w", encoding="ascii", newline="\n")  # noqa: SIM115
        self._emit_to_client = emit
        self._cancelled, self._ended, self._telling = threading.Event(), threading.Event(), threading.Lock()
        with open(self.folder / "log.txt", "wb") as log:
            self._process = start_group(
                [*command, str(self.folder)], env=_environment(),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
        self._emit(protocol.Accepted(str(self.folder)))
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """False from just before the final event is sent: whoever has read it may start the next job."""
        return not self._ended.is_set()

    def join(self) -> None:
        """Wait until the final event has been sent."""
        self._thread.join()

    def tell(self, wish: protocol.Pause | protocol.Resume | protocol.Finish) -> None:
        """Pass a wish on to the job; one that is ending does not hear it."""
        with self._telling, contextlib.suppress(OSError):
            if self.running:
                self._process.stdin.write(protocol.to_line(wish).encode("ascii"))
                self._process.stdin.flush()

    def cancel(self) -> None:
        """Kill the job with all its processes; returns when it is gone and `cancelled` has been sent."""
        self._cancelled.set()
        end_group(self._process)
        self.join()

    def _pass_on(self) -> None:
        """Events from the job to the client, closed by exactly one final event."""
        final = None
        for line in self._process.stdout:
            event = _read_event(line)
            if event is None:
                continue
            if isinstance(event, protocol.FINAL):
                final = event
                break
            self._emit(event)
        end_group(self._process)  # the job is at its end; a worker may have outlived it
        self._process.wait()
        remove_partial(target_of(self.request), self._process.pid)
        remove_interim(self.folder)
        if final is None:
            final = protocol.Cancelled() if self._cancelled.is_set() else self._crash()
        self._ended.set()
        with self._telling, contextlib.suppress(OSError):  # a wish that nobody has read is lost
            self._process.stdin.close()
        self._process.stdout.close()
        self._emit(final)
        with contextlib.suppress(OSError):
            self._record.close()

    def _crash(self) -> protocol.Failed:
        log, end = self.folder / "log.txt", _describe_exit(self._process.returncode)
        try:
            details = log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:]
        except OSError:
            text = f"The job ended unexpectedly ({end}), and its folder {self.folder} is gone. Start it again."
            return protocol.Failed(text, user_error=True)
        return protocol.Failed(f"The job ended unexpectedly ({end}). See {log}.", user_error=False, details=details)

    def _emit(self, event: Event) -> None:
        with contextlib.suppress(OSError):  # a full disk: the client hears it all the same
            self._record.write(protocol.to_line(event))
            self._record.flush()
        self._emit_to_client(event)


def main(command: Sequence[str] = JOB_COMMAND) -> int:
    """Serve standard input until it ends. `command` starts the process of a job, given the job's folder."""
    lifeline, events = claim_streams()
    emit = _ignore_a_gone_client(line_writer(events))
    with os.fdopen(lifeline, "rb") as commands:
        job = _obey(commands, emit, command)
    if job is not None:
        job.cancel()
    return 0


def _obey(commands: BinaryIO, emit: Callable[[Event], None], command: Sequence[str]) -> Job | None:
    """Carry out command after command; returns the last job when the input ends."""
    job: Job | None = None
    for line in commands:
        try:
            message = protocol.from_line(line.decode("utf-8", errors="replace"))
            if isinstance(message, protocol.Cancel):
                if job is not None:
                    job.cancel()
            elif isinstance(message, protocol.Pause | protocol.Resume | protocol.Finish):
                if job is not None:
                    job.tell(message)
            elif not isinstance(message, Order):
                raise protocol.ProtocolError(f"{type(message).__name__} is an event, not a command.")
            elif job is not None and job.running:
                emit(protocol.Warning("A job is running already; cancel it before you start another."))
            else:
                if job is not None:
                    job.join()
                job = Job(message, emit, command)
        except LikenessError as error:
            emit(protocol.Failed(str(error), user_error=isinstance(error, UserError)))
        except OSError as error:
            emit(protocol.Failed(f"The job folder cannot be used: {error}. Choose another.", user_error=True))
    return job


def _ignore_a_gone_client(emit: Callable[[Event], None]) -> Callable[[Event], None]:
    """The events are on disk too; that nobody reads them is no reason to fail: the end of input ends us in order."""

    def try_to_emit(event: Event) -> None:
        try:
            emit(event)
        except (BrokenPipeError, ValueError):
            return

    return try_to_emit


def _read_event(line: bytes) -> Event | None:
    """The event of a line; what a native library wrote past us goes to our standard error."""
    try:
        return protocol.from_line(line.decode("utf-8", errors="replace"))
    except protocol.ProtocolError:
        sys.stderr.buffer.write(line)
        return None


def _describe_exit(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _environment() -> dict[str, str]:
    """Ours, with the folder that holds this very `backend` first on the path, and UTF-8 logs on every system."""
    paths = [str(Path(__file__).resolve().parent.parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONUTF8": "1"}
