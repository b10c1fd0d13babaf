"""`python -m backend serve --remote`: an ordinary serve for a client on another machine, say at the other end of ssh.

    client ── files, then an order ──► relay ── the order, its paths made ours ──► serve ──► job
           ◄── files, then an event ──       ◄───────────── events ───────────────

The files of a client lie in a temporary folder of its own (transfer.py says how), which goes with the connection: the
end of standard input ends the job, serve and the folder. A picture of what there is so far that the line has had no
time for gives way to the next one.
"""

import contextlib
import dataclasses
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, NoReturn

from . import protocol
from .errors import LikenessError, UserError
from .job import claim_streams, line_writer
from .protocol import Event, Order
from .transfer import JOB, PATHS, SENT, Arrivals, pieces, safe

SERVE = (sys.executable, "-m", "backend", "serve")
ABOUT = (sys.executable, "-m", "backend.about")
FOLDER = "likeness-remote-"  # followed by the relay's process id and what makes it unique
PASSING = (protocol.Progress, protocol.Preview, protocol.InterimMesh)  # of each kind only the newest counts
PATIENCE = 10.0  # seconds for serve to end a job
ANSWER = 120.0  # seconds for torch to be loaded from a slow disk


class Outbox:
    """Sends events, and before them the files that they name, in a thread of its own: the job never waits for it."""

    def __init__(self, emit: Callable[[Event], None], folder: Path):
        self._emit, self._folder = emit, folder
        self._pending: list[Event] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._send_all, daemon=True).start()

    def put(self, event: Event) -> None:
        """Send it after what is waiting; where it tells anew what another one waits to tell, that one is dropped."""
        with self._changed:
            if isinstance(event, PASSING):
                self._pending = [waiting for waiting in self._pending if type(waiting) is not type(event)]
            self._pending.append(event)
            self._changed.notify()

    def _send_all(self) -> None:
        with contextlib.suppress(BrokenPipeError, ValueError):  # the client is gone: the end of input ends us in order
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._pending)
                    event = self._pending.pop(0)
                self._send(event)

    def _send(self, event: Event) -> None:
        try:
            if isinstance(event, protocol.Preview | protocol.InterimMesh):
                self._send_file(Path(event.path))
            elif isinstance(event, protocol.Result):
                self._send_result(Path(event.folder))
            elif isinstance(event, protocol.Failed) and (self._folder / JOB / "log.txt").is_file():
                self._send_file(self._folder / JOB / "log.txt")
        except BrokenPipeError:
            raise
        except OSError as error:  # a picture that has been replaced is no loss
            if not isinstance(event, protocol.FINAL):
                return
            event = protocol.Failed(f"The result could not be read on the other machine ({error}).", user_error=False)
        self._emit(event)

    def _send_result(self, written: Path) -> None:
        """The files of a folder, or the file."""
        files = [path for path in sorted(written.rglob("*")) if path.is_file()] if written.is_dir() else [written]
        size = sum(path.stat().st_size for path in files) / 1e6
        self._emit(protocol.Stage(f"Fetching the result ({size:.0f} MB)", 1, 2))
        for path in files:
            self._send_file(path)

    def _send_file(self, path: Path) -> None:
        with path.open("rb") as content:
            for piece in pieces(content, path.relative_to(self._folder).as_posix()):
                self._emit(piece)


class Relay:
    """Between a client and a serve: files come and go, paths are made ours."""

    def __init__(self, folder: Path, emit: Callable[[Event], None], command: Sequence[str]):
        self._folder, self._outbox, self._arrivals = folder, Outbox(emit, folder), Arrivals()
        self._serve = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder, env=_environment()
        )
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def obey(self, commands: BinaryIO) -> None:
        """Carry out command after command until there are no more."""
        for line in commands:
            try:
                self._take(protocol.from_line(line.decode("utf-8", errors="replace")))
            except LikenessError as error:
                self._outbox.put(protocol.Failed(str(error), user_error=isinstance(error, UserError)))
            except OSError as error:
                text = f"The photos cannot be stored on the other machine ({error.strerror}). Make room on its disk."
                self._outbox.put(protocol.Failed(text, user_error=True))

    def close(self) -> None:
        """End serve and what it has started."""
        self._arrivals.close()
        with contextlib.suppress(OSError):
            self._serve.stdin.close()
        try:
            self._serve.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._serve.kill()
            self._serve.wait()
        self._thread.join(1.0)

    def _take(self, message: protocol.Command) -> None:
        if isinstance(message, protocol.File):
            self._arrivals.take(message, self._folder / safe(message.path))
        elif isinstance(message, protocol.Describe):
            self._outbox.put(_about())
        else:
            ours = placed(message, self._folder) if isinstance(message, Order) else message
            with contextlib.suppress(BrokenPipeError):  # its end is told by the end of its events
                self._serve.stdin.write(protocol.to_line(ours).encode())
                self._serve.stdin.flush()

    def _pass_on(self) -> None:
        with self._serve.stdout as lines:
            for line in lines:
                self._outbox.put(protocol.from_line(line.decode("utf-8", errors="replace")))
        if self._serve.wait() != 0:
            self._outbox.put(protocol.Failed("The backend on the other machine ended unexpectedly.", user_error=False))


def placed(order: Order, folder: Path) -> Order:
    """The order with the client's relative paths below `folder`; ProtocolError for a path that leads elsewhere."""
    request = order.request
    paths = {name: getattr(request, name) for name in PATHS[type(request)]}
    if "head_model" in paths and not paths["head_model"].startswith(f"{SENT}/"):
        del paths["head_model"]  # the name of one
    ours = {name: str(folder / safe(path)) for name, path in paths.items() if path}
    return dataclasses.replace(order, request=dataclasses.replace(request, **ours), job=str(folder / safe(order.job)))


def main(command: Sequence[str] = SERVE) -> NoReturn:
    """Serve a client on another machine until standard input ends; then this process ends.

    `command` starts an ordinary serve.
    """
    remove_abandoned()
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: sys.exit(1))
    lifeline, events = claim_streams()
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-")))
    with contextlib.suppress(SystemExit):  # of a signal
        try:
            _relay(lifeline, line_writer(events), folder, command)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)  # the interpreter's own end would wait for a thread that writes to a client which reads no more


def _relay(lifeline: int, emit: Callable[[Event], None], folder: Path, command: Sequence[str]) -> None:
    relay = Relay(folder, emit, command)
    try:
        with os.fdopen(lifeline, "rb") as commands:
            relay.obey(commands)
    finally:
        relay.close()


def remove_abandoned(parent: Path | None = None) -> None:
    """Delete the folders of relays that were killed; of those that live, none."""
    if os.name == "nt":  # there is no harmless way to ask for a process; Windows clears temporary files itself
        return
    for folder in (parent or Path(tempfile.gettempdir())).glob(f"{FOLDER}*"):
        owner = re.match(rf"{FOLDER}(\d+)-", folder.name)
        try:
            os.kill(int(owner[1]) if owner else os.getpid(), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # somebody else's
            continue


def _about() -> Event:
    try:
        answer = subprocess.run(ABOUT, capture_output=True, text=True, timeout=ANSWER, env=_environment(), check=False)
        return protocol.from_line(answer.stdout)
    except (subprocess.TimeoutExpired, LikenessError) as error:
        return protocol.Failed(f"The backend does not answer ({error}). Run `python install.py doctor` there.", True)


def _environment() -> dict[str, str]:
    """Ours, with the folder that holds this very `backend` first on the path."""
    paths = [str(Path(__file__).resolve().parent.parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONUTF8": "1"}
