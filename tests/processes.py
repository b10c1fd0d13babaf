"""Watching processes in tests."""

import os
import time
from collections.abc import Callable, Collection
from pathlib import Path

PATIENCE = 20  # seconds, for a busy machine


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true in time."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def alive(pid: int) -> bool:
    """Zombies, which only wait for their parent to look, do not count."""
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat")
        return not Path("/proc/self").exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def all_end(pids: Collection[int]) -> bool:
    """Whether all processes are gone in time: a killed one that nobody waits for may be seen a moment longer."""
    return eventually(lambda: not any(map(alive, pids)))


def noted_pids(capture: Path) -> list[int]:
    """The processes of fake_backend's job, once both have been noted."""
    notes = [capture / "job.pid", capture / "worker.pid"]
    assert eventually(lambda: all(note.exists() for note in notes))
    return [int(note.read_text()) for note in notes]
