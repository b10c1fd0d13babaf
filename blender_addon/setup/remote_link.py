"""A link to a backend on another machine, through a command like ssh: its photos and results travel in the same stream.

Two threads serve a link: one sends, for a line to another machine may be slow, one reads. Knows nothing of Blender.
"""

import contextlib
import io
import os
import queue
import shlex
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..link import LikenessError, UserError, protocol, transfer, unfinished
from . import environment
from .backend_link import start
from .delivery import Delivery
from .remote_request import pack

ADVICE = "Try the command for the other machine, from Likeness's preferences, in a shell"
_EVENTS = "events.jsonl"  # in the job's folder, as serve writes it
_SPACING = 0.3  # seconds between two words on how far the sending is


@dataclass(frozen=True)
class Remote:
    """A backend on another machine."""

    command: str  # as in a shell: `ssh host python -m backend serve --remote`

    def open(self, folder: Path, log: BinaryIO) -> "RemoteLink":
        """Start the command. folder: the job's; log: takes what it writes to standard error."""
        return RemoteLink(self.command, folder, log)


class RemoteLink:
    """A Link that sends along what an order needs, and writes what comes back to where it was asked for."""

    advice = ADVICE

    def __init__(self, command: str, folder: Path, log: BinaryIO):
        try:
            words = command if os.name == "nt" else shlex.split(command)
        except ValueError as error:
            raise UserError(f"The command for the other machine makes no sense ({error}): {command}") from error
        self._folder = folder
        try:
            self._process = start(words, folder, log, environment.child_environment())
        except OSError as error:
            raise OSError(f"The command for the other machine cannot be started ({error}).") from error
        self._commands: queue.SimpleQueue = queue.SimpleQueue()
        self._said: queue.SimpleQueue = queue.SimpleQueue()  # events, and None when there are no more
        self._cancelled, self._over = threading.Event(), threading.Event()
        self._busy = ""  # what the line is busy with: "sending" or "fetching" files
        self._delivery: Delivery | None = None
        self._receiving = threading.Lock()
        self._closed = False
        for work in (self._send_all, self._read_all):
            threading.Thread(target=work, name="Likeness link", daemon=True).start()

    def send(self, command: protocol.Command) -> None:
        if isinstance(command, protocol.Cancel):
            self._cancelled.set()
            if self._busy == "fetching":
                self.kill()  # the job there is over; nothing but its result is under way
        self._commands.put(command)

    def events(self) -> Iterator[protocol.Event]:
        try:
            while (event := self._said.get()) is not None:
                self._record(event)
                yield event
        finally:
            with self._receiving:
                self._closed = True
                if self._delivery is not None:
                    self._delivery.close()
            unfinished.remove_interim(self._folder)

    def end_input(self) -> None:
        self._over.set()
        self._commands.put(None)

    def wait(self, timeout: float | None = None) -> int:
        return self._process.wait(timeout)

    def kill(self) -> None:
        self._process.kill()

    def _record(self, event: protocol.Event) -> None:
        """As serve does; where it cannot be written, the job goes on."""
        with contextlib.suppress(OSError), open(self._folder / _EVENTS, "a", encoding="ascii", newline="\n") as record:
            record.write(protocol.to_line(event))

    def _send_all(self) -> None:
        """The sending thread; it alone touches the process's input."""
        try:
            while (command := self._commands.get()) is not None:
                if isinstance(command, protocol.Order):
                    command = self._sent_ahead(command)
                if command is None:
                    break
                self._write(command)
        except (LikenessError, OSError) as error:
            if not isinstance(error, BrokenPipeError):  # of that the reading thread hears
                self._said.put(protocol.Failed(str(error), user_error=not isinstance(error, protocol.ProtocolError)))
        finally:
            with contextlib.suppress(OSError):  # what was not written yet cannot be any more
                self._process.stdin.close()

    def _sent_ahead(self, order: protocol.Order) -> protocol.Order | None:
        """Send the files of an order; the order as it is to follow them, None where it was taken back meanwhile."""
        parcel = pack(order.request, Path(order.job))
        self._delivery = Delivery(parcel, order.request)
        self._busy, total, done, told = "sending", parcel.size, 0, 0.0
        for name, content in parcel.files.items():
            with io.BytesIO(content) if isinstance(content, bytes) else open(content, "rb") as stream:
                for piece in transfer.pieces(stream, name):
                    if self._cancelled.is_set() or self._over.is_set():
                        return None
                    if time.monotonic() - told > _SPACING:
                        text = f"Sending the photos ({done / 1e6:.0f} of {total / 1e6:.0f} MB)"
                        self._said.put(protocol.Stage(text, 0, 2))
                        told = time.monotonic()
                    self._write(piece)
                    done += len(piece.data) * 3 // 4
        self._busy = ""
        return type(order)(parcel.request, transfer.JOB)

    def _write(self, command: protocol.Command) -> None:
        self._process.stdin.write(protocol.to_line(command).encode())
        self._process.stdin.flush()

    def _read_all(self) -> None:
        """The reading thread."""
        try:
            with self._process.stdout as lines:
                for line in lines:
                    if line.startswith(b"{"):  # else it is the greeting of a shell over there
                        with self._receiving:
                            self._take(protocol.from_line(line.decode("utf-8", errors="replace")))
            if self._cancelled.is_set():
                self._said.put(protocol.Cancelled())
        except LikenessError as error:
            self._said.put(protocol.Failed(str(error), user_error=isinstance(error, UserError)))
        except OSError as error:
            text = f"What the other machine sent cannot be written here ({error}). Make room on the disk."
            self._said.put(protocol.Failed(text, user_error=True))
        finally:
            self._said.put(None)

    def _take(self, event: protocol.Event) -> None:
        if self._closed:
            return
        if isinstance(event, protocol.File):
            if event.path.startswith(transfer.WRITTEN):
                self._busy = "fetching"
            if self._delivery is None:
                raise protocol.ProtocolError("The other machine sent files before it was asked for anything.")
            self._delivery.take(event)
        else:
            self._said.put(event if self._delivery is None else self._delivery.here(event))
