"""A folder that appears whole or not at all, and replaces its predecessor only when it is whole.

Standard library only. Beside `NAME` there may be, for a moment, `NAME.<pid>.partial` (being written) and
`NAME.<pid>.old` (being replaced); what a killed process leaves of them is cleared away by the next one.
"""

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import UserError
from .layout import OWNED, is_result

_ABANDONED = 3600  # seconds after which nobody is writing to a partial folder any more
_FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)


def check_target(folder: Path) -> None:
    """UserError where a result must not be written to `folder`: it holds something that is not a Likeness result."""
    if folder.is_dir():
        if any(folder.iterdir()) and not is_result(folder):
            raise UserError(
                f"{folder} already holds other files and is not a Likeness result. "
                "Choose a new or an empty folder, so that nothing of yours is overwritten."
            )
    elif folder.exists():
        raise UserError(f"{folder} is a file. Choose the name of a folder for the result.")


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Yields an empty folder that becomes `folder` when the block ends, and vanishes when the block raises.

    Files in an old result that are not ours (a .blend that was saved there) move to the new one.
    """
    folder = Path(os.path.realpath(folder))
    try:
        check_target(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear_leftovers(folder)
        partial = _sibling(folder, "partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        try:
            yield partial
            _swap(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)  # gone already when all went well
    except OSError as error:
        raise _explained(error, folder) from error


def _sibling(folder: Path, kind: str) -> Path:
    return folder.with_name(f"{folder.name}.{os.getpid()}.{kind}")


def _swap(partial: Path, folder: Path) -> None:
    if not folder.exists():
        os.rename(partial, folder)
        return
    old = _sibling(folder, "old")
    os.rename(folder, old)
    try:
        os.rename(partial, folder)
    except BaseException:
        os.rename(old, folder)
        raise
    _discard(old, folder)


def _discard(old: Path, folder: Path) -> None:
    """Delete a replaced result, but not what others put into it."""
    for entry in old.iterdir():
        if entry.name not in OWNED and not (folder / entry.name).exists():
            os.rename(entry, folder / entry.name)
    shutil.rmtree(old, ignore_errors=True)


def _clear_leftovers(folder: Path) -> None:
    """What killed processes left beside the folder: half results go, a result caught between two renames returns."""
    for entry in list(folder.parent.iterdir()):
        owner, _, kind = entry.name.removeprefix(f"{folder.name}.").partition(".")
        if not entry.name.startswith(f"{folder.name}.") or not owner.isdigit() or not entry.is_dir():
            continue
        if kind == "old" and not folder.exists():
            os.rename(entry, folder)
        elif kind == "old" and is_result(folder):
            _discard(entry, folder)
        elif kind == "partial" and time.time() - entry.stat().st_mtime > _ABANDONED:
            shutil.rmtree(entry, ignore_errors=True)


def _explained(error: OSError, folder: Path) -> UserError:
    if error.errno in _FULL:
        return UserError(f"The disk is full: no result could be written to {folder}. Free some space and try again.")
    where = error.filename or folder
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return UserError(
            f"No permission to write {where}. Choose another folder for the result, or close the programs that use it."
        )
    return UserError(f"The result could not be written to {folder}: {error.strerror or error} ({where}).")
