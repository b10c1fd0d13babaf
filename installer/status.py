"""One line that tells what goes on: rewritten in place in a terminal, a line per step in a log."""

import shutil
import sys
import threading
import time
from typing import TextIO

PERIOD = 0.5  # seconds between two looks at the clock


class Status:
    """A context manager. `step` begins a step, `detail` says how far it is."""

    def __init__(self, stream: TextIO | None = None):
        self._stream = stream or sys.stdout
        self._live = self._stream.isatty()
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
        self._step, self._detail = text, ""
        if self._live:
            self._draw()
        else:
            print(text, file=self._stream, flush=True)

    def detail(self, text: str) -> None:
        """How far the step is: shown in a terminal only."""
        self._detail = text
        if self._live:
            self._draw()

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
