"""A backend to talk to: commands go in, events come out. Knows nothing of Blender.

Which kind it is, a child process here or one on another machine, matters to nobody who holds a link.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from ..link import protocol
from . import environment

LOCAL_ADVICE = "Press Check in Likeness's preferences, or run `python install.py doctor`"


class Backend(Protocol):
    """A backend that can be started: Local, or remote_link.Remote."""

    def open(self, folder: Path, log: BinaryIO) -> "Link":
        """Start it for one job. folder: the job's; log: takes what it writes to standard error."""


class Link(Protocol):
    """What a job needs of a backend."""

    advice: str  # what to do where the backend ended without a word; a sentence without its stop

    def send(self, command: protocol.Command) -> None:
        """Hand a command over; returns at once. A backend that is gone is told of by the end of `events`."""

    def events(self) -> Iterator[protocol.Event]:
        """Everything that the backend says until it ends, for one thread to read; paths in it are of this machine."""

    def end_input(self) -> None:
        """The backend ends what it does and then itself."""

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once the process has ended; subprocess.TimeoutExpired where it has not in time (seconds)."""

    def kill(self) -> None:
        """End the process at once."""


@dataclass(frozen=True)
class Local:
    """A backend on this machine."""

    python: Path

    def open(self, folder: Path, log: BinaryIO) -> "LocalLink":
        return LocalLink([str(self.python), "-m", "backend", "serve"], folder, log)


class LocalLink:
    """A Link to `python -m backend serve` as our child."""

    advice = LOCAL_ADVICE

    def __init__(self, command: Sequence[str], folder: Path, log: BinaryIO):
        self._process = start(command, folder, log, environment.child_environment())

    def send(self, command: protocol.Command) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(protocol.to_line(command).encode())
            self._process.stdin.flush()

    def events(self) -> Iterator[protocol.Event]:
        with self._process.stdout as lines:
            for line in lines:
                yield protocol.from_line(line.decode("utf-8", errors="replace"))

    def end_input(self) -> None:
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def wait(self, timeout: float | None = None) -> int:
        return self._process.wait(timeout)

    def kill(self) -> None:
        self._process.kill()


def start(
    command: Sequence[str], folder: Path, log: BinaryIO, variables: dict[str, str] | None = None
) -> subprocess.Popen:
    """A child with pipes for input and output that a Ctrl+C meant for Blender does not reach, and without a window."""
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    else:
        apart = {"start_new_session": True} if os.name == "posix" else {}
    return subprocess.Popen(
        command, env=variables, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, **apart
    )
