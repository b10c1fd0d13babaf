"""A child process on an errand: install.py, which installs the backend or a head model. Knows nothing of Blender.

It says lines of JSON (installer/errand.py); a thread reads them, and all that is said goes to a log.
"""

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ..link import LikenessError, processes
from . import environment

STOPPED = "Stopped"
_LOG_TAIL = 2000  # characters of the log that may explain an end without a word


class Errand:
    """One errand; `ended` turns true last."""

    def __init__(
        self, title: str, prepare: Callable[[], Sequence[str]], log: Path, tidy: Callable[[bool], None] | None = None
    ):
        """title: for people; prepare: gives the command, in the thread; tidy: runs there at the end, told if all went
        well. OSError where the log cannot be written."""
        log.parent.mkdir(parents=True, exist_ok=True)
        self.title, self.log = title, log
        self.step, self.detail, self.fraction = "Starting", "", 0.0  # of the step
        self.error, self.ended, self.cancelled = "", False, False
        self._prepare, self._tidy = prepare, tidy
        self._process: subprocess.Popen | None = None
        self._log = open(log, "ab", buffering=0)  # noqa: SIM115 - the thread closes it
        self._thread = threading.Thread(target=self._run, name="Likeness errand", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop it, with everything that it has started; `ended` follows."""
        self.cancelled = True
        if self._process is not None:
            processes.end_group(self._process)

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end, at most `timeout` seconds."""
        self._thread.join(timeout)

    def _run(self) -> None:
        self._write(f"\n== {time.strftime('%Y-%m-%d %H:%M:%S')} {self.title}\n")
        try:
            command = self._prepare()
            code = self._follow(command) if not self.cancelled else 1
            if code != 0 and not self.error:
                self.error = self._last_words(code)
        except (LikenessError, OSError) as error:
            self.error = str(error)
        finally:
            if self.cancelled:
                self.error = STOPPED
            self._write(f"{self.error or 'Done'}\n")
            if self._tidy is not None:
                self._tidy(not self.error)
            self._log.close()
            self.ended = True

    def _follow(self, command: Sequence[str]) -> int:
        """Read the child's lines to its end; returns its exit code."""
        self._process = processes.start_group(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment.errand_environment(),
        )  # fmt: skip
        if self.cancelled:  # just now
            processes.end_group(self._process)
        with self._process.stdout as lines:
            for line in lines:
                self._take(line.decode("utf-8", errors="replace"))
        code = self._process.wait()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        return code

    def _take(self, line: str) -> None:
        try:
            said = json.loads(line)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            self._write(line)
            return
        if "step" in said:
            self.step, self.detail, self.fraction = str(said["step"]), "", 0.0
            self._write(f"{self.step}\n")
        elif "detail" in said:
            self.detail = str(said["detail"])
        elif "total" in said:
            self.fraction = min(1.0, said["done"] / max(said["total"], 1))
            self.detail = f"{said['done'] / 1e6:.0f} of {said['total'] / 1e6:.0f} MB"
        elif "error" in said:
            self.error = str(said["error"])

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # a full disk is told of by the errand itself
            self._log.write(text.encode())

    def _last_words(self, code: int) -> str:
        said = self.log.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL:].strip().splitlines()
        return f"It ended with code {code} ({said[-1] if said else 'without a word'}). The log is {self.log}."


_current: Errand | None = None


def current() -> Errand | None:
    """The last errand, under way or ended; None before the first."""
    return _current


def is_idle() -> bool:
    """Whether one may be started."""
    return _current is None or _current.ended


def start(
    title: str, prepare: Callable[[], Sequence[str]], log: Path, tidy: Callable[[bool], None] | None = None
) -> Errand:
    """Begin one in place of the last."""
    global _current
    _current = Errand(title, prepare, log, tidy)
    return _current


def close() -> None:
    """Blender quits, or the extension is switched off: what is under way ends."""
    global _current
    if not is_idle():
        _current.cancel()
        _current.join(5.0)
    _current = None
