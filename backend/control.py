"""What is asked of a job on its way: to wait, to go on, or to come to an end with what there is so far."""

import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

from . import protocol
from .errors import Enough
from .protocol import Event


class Control:
    """Takes wishes in one thread, and grants them in another: the one that works waits in its `emit`.

    A process that waits like this has given its processor back, on every system, and hears on while it waits.
    """

    def __init__(self, may_finish: bool = True):
        """may_finish: whether there is anything that could be finished early; else that wish is not heard."""
        self._may_finish = may_finish
        self._going, self._enough = threading.Event(), threading.Event()
        self._going.set()

    def listen(self, lines: BinaryIO) -> None:
        """Take wishes, one a line, until the input ends."""
        for line in lines:
            try:
                self.take(protocol.from_line(line.decode("utf-8", errors="replace")))
            except protocol.ProtocolError as error:
                print(error, file=sys.stderr, flush=True)

    def take(self, wish: protocol.Command) -> None:
        """Pause, Resume or Finish, in any order and number; who waits and shall finish goes on first."""
        if isinstance(wish, protocol.Pause):
            self._going.clear()
        elif isinstance(wish, protocol.Resume):
            self._going.set()
        elif isinstance(wish, protocol.Finish) and self._may_finish:
            self._enough.set()
            self._going.set()

    def granting(self, emit: Callable[[Event], None]) -> Callable[[Event], None]:
        """The `emit` of the work: it waits while the job is paused, and from a Finish on raises Enough at Progress."""

        def emit_and_wait(event: Event) -> None:
            emit(event)
            if isinstance(event, protocol.Stage | protocol.Progress):
                self._going.wait()
            if isinstance(event, protocol.Progress) and self._enough.is_set():
                raise Enough

        return emit_and_wait
