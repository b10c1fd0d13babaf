"""That a job folder is ours while this Blender runs: a lock of the operating system, which goes with the process."""

import os
import sys
import time
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK = "blender.lock"  # in the job folder; a folder without it was never a Blender's
_TRIES, _PAUSE = 10, 0.02  # another Blender that looks for jobs holds a lock for a moment


class Claim:
    """A claimed folder. It ends with `release`, and with the process, however that ends."""

    def __init__(self, file):
        self._file = file

    def release(self) -> None:
        """The folder is anybody's; a second call does nothing."""
        self._file.close()


def claim(folder: Path) -> Claim | None:
    """Take the folder; None where another has it, or where its file system knows no locks."""
    try:
        file = open(folder / LOCK, "ab")  # noqa: SIM115 - it stays open for as long as the claim holds
    except OSError:
        return None
    for attempt in range(_TRIES):
        try:
            _lock(file)
            return Claim(file)
        except OSError:
            if attempt < _TRIES - 1:
                time.sleep(_PAUSE)
    file.close()
    return None


def is_free(folder: Path) -> bool:
    """Whether a Blender has claimed the folder once, and none does now. Where there are no locks: no."""
    if not (folder / LOCK).is_file():
        return False
    try:
        with open(folder / LOCK, "ab") as file:
            _lock(file)
    except OSError:
        return False
    return True


def _lock(file) -> None:
    """OSError where another process, or another file object of ours, holds it."""
    if sys.platform == "win32":
        file.seek(0, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
