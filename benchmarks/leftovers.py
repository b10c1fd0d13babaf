"""What a fault can leave behind: processes, half results, silence. Linux only."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from backend import protocol
from backend.asset.reader import read_result
from backend.errors import UserError

MARK = "LIKENESS_FAULTS"  # in the environment of everything that is started from here on
GRACE = 5.0  # seconds for processes to be gone


def mark_children() -> None:
    """From now on what this process starts, and what that starts, can be found."""
    os.environ[MARK] = uuid.uuid4().hex


@dataclass
class Tally:
    """What was left behind, over the runs of one fault."""

    fault: str
    runs: int = 0
    orphans: int = 0
    halves: int = 0
    unclear: int = 0
    stuck: int = 0
    said: set[str] = field(default_factory=set)  # the messages, by their beginnings

    @property
    def clean(self) -> bool:
        return not (self.orphans or self.halves or self.unclear or self.stuck)

    def look(self, jobs: Path) -> None:
        """One run more has ended, whose folder is in `jobs`; the folder goes."""
        self.runs += 1
        self.orphans += len(orphans())
        self.halves += len(halves(jobs))
        for folder in jobs.iterdir() if jobs.is_dir() else ():
            shutil.rmtree(folder, ignore_errors=True)

    def hear(self, final: protocol.Event | None, expected: tuple[type, ...]) -> None:
        """How it ended for the artist."""
        failed = isinstance(final, protocol.Failed)
        if not isinstance(final, expected) or (failed and not is_clear(final.message)):
            self.unclear += 1
            print(f"{self.fault}: unclear: {final}", file=sys.stderr)
        elif failed:
            self.said.add(" ".join(word for word in final.message.split() if "/" not in word)[:100])


def is_clear(message: str) -> bool:
    """Whether it is a sentence, and none that only a programmer understands."""
    words = "Traceback", "Errno", "Likeness made a mistake", "NoneType", "Error("
    return len(message.split()) >= 5 and not any(word in message for word in words)


def marked() -> dict[int, str]:
    """Process id -> command line, of all that we have started."""
    found, mark = {}, f"{MARK}={os.environ[MARK]}".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
    return found


def orphans() -> dict[int, str]:
    """Those that are still there after a while; they are ended."""
    end = time.monotonic() + GRACE
    while (left := marked()) and time.monotonic() < end:
        time.sleep(0.02)
    for number, command in left.items():
        print(f"orphan: {command}", file=sys.stderr)
        with contextlib.suppress(OSError):
            os.kill(number, signal.SIGKILL)
    return left


def kill(which: str) -> None:
    """serve, or the job; whichever is there yet."""
    chosen = [number for number, command in marked().items() if f" {which}" in command or f".{which} " in command]
    for number in chosen:
        with contextlib.suppress(OSError):
            os.kill(number, signal.SIGKILL)


def halves(jobs: Path) -> list[Path]:
    """What is not whole."""
    left = [path for path in jobs.rglob("*") if path.suffix in (".partial", ".old", ".removed")]
    for result in jobs.glob("*/result"):
        try:
            read_result(result)
        except UserError:
            left.append(result)
    for path in left:
        print(f"half: {path}", file=sys.stderr)
    return left


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[bool]:
    """A disk of a few megabytes at `place`; whether there is one."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(place)], check=False)


def fill(place: Path, free: int) -> None:
    """Leave `free` KiB of a disk."""
    room = shutil.disk_usage(place).free - free * 1024
    (place / "filler").write_bytes(bytes(max(0, room)))
