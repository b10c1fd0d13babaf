"""Progress of a job in a shell: a bar in a terminal, one line per stage in a log."""

import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from . import protocol


class Display:
    """A context manager; `show` takes the pipeline's events. Everything goes to standard error."""

    def __init__(self):
        self._console = Console(stderr=True, highlight=False, markup=False)
        self._bar = Progress(
            BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[left]:>7}", markup=False),
            TextColumn("{task.description}", markup=False),
            console=self._console, transient=True, disable=not sys.stderr.isatty(),
        )  # fmt: skip
        self._task = self._bar.add_task("Starting", total=1.0, left="")

    def __enter__(self) -> "Display":
        self._bar.start()
        return self

    def __exit__(self, *exception) -> None:
        self._bar.stop()

    def show(self, event: protocol.Event) -> None:
        """Draw what changed."""
        if isinstance(event, protocol.Progress):
            self._bar.update(self._task, completed=event.fraction, left=format_seconds(event.eta_seconds))
        elif isinstance(event, protocol.Stage):
            self._bar.update(self._task, description=f"{event.name} ({event.index + 1}/{event.count})")
            if self._bar.disable:
                self._console.print(f"[{event.index + 1}/{event.count}] {event.name}")
        elif isinstance(event, protocol.Warning):
            self._console.print(f"warning: {event.text}")


def format_seconds(seconds: float | None) -> str:
    """`4:05`, `1:00:09`, or nothing when it is not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
