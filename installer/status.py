"""One line that tells what goes on: rewritten in place in a terminal, a line per step in a log.

For a program that has sent install.py on an errand, all of it are lines of JSON.
"""

import shutil
import sys
import threading
import time
from typing import TextIO

from . import errand

PERIOD = 0.5  # seconds between two looks at the clock, and between two lines on how far a step is


class Status:
    """A context manager. `step` begins a step, `detail` says how far it is."""

    def __init__(self, stream: TextIO | None = None):
        self._stream = stream or sys.stdout
        self._lines = errand.asked_for()
        self._live = self._stream.isatty() and not self._lines
        self._said = 0.0  # when the last line on a progress was said
        self._step, self._detail, self._started = "", "", time.monotonic()
        self._over = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> "Status":
        if self._live:
            self._clock.start()
        return self

    def __exit__(self, *exception) -> None:
        self._over.set()
        if self._live:
            self._clock.join()
            self._rewrite("")

    def step(self, text: str) -> None:
        """A new step."""
        if text == self._step:
            return
        self._step, self._detail, self._said = text, "", 0.0
        if self._lines:
            errand.tell(step=text)
        elif self._live:
            self._draw()
        else:
            print(text, file=self._stream, flush=True)

    def detail(self, text: str) -> None:
        """How far the step is: not for a log."""
        self._detail = text
        if self._lines:
            errand.tell(detail=text)
        elif self._live:
            self._draw()

    def progress(self, done: float, total: float) -> None:
        """How many bytes of the step are done."""
        if not self._lines:
            self.detail(bar(done, total))
        elif time.monotonic() - self._said > PERIOD or done >= total:
            self._said = time.monotonic()
            errand.tell(done=done, total=total)

    def _tick(self) -> None:
        while not self._over.wait(PERIOD):
            self._draw()

    def _draw(self) -> None:
        seconds = int(time.monotonic() - self._started)
        parts = [f"{seconds // 60}:{seconds % 60:02}", self._step, self._detail]
        self._rewrite("  ".join(part for part in parts if part))

    def _rewrite(self, line: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._stream.write("\r" + line[:width].ljust(width) + ("" if line else "\r"))
        self._stream.flush()


def bar(done: float, total: float, width: int = 24) -> str:
    """`[######......] 45 of 190 MB`; done and total in bytes."""
    share = min(1.0, done / total) if total > 0 else 0.0
    filled = round(share * width)
    return f"[{'#' * filled}{'.' * (width - filled)}] {done / 1e6:.0f} of {total / 1e6:.0f} MB"
