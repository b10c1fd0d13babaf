"""Folders and files that appear whole or not at all, and replace their predecessor only when they are whole.

Standard library only. While they are written they lie beside their place under the names of unfinished.py; what a
killed process leaves there is cleared away by the next one.
"""

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import UserError
from ..unfinished import kind_of, remove, sibling
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


def is_owned(entry: Path) -> bool:
    """Whether an entry of a result folder is ours, and not a .blend, say, that was saved there."""
    return entry.name in OWNED


@contextmanager
def replacing(
    folder: Path, check: Callable[[Path], None] = check_target, ours: Callable[[Path], bool] = is_owned
) -> Iterator[Path]:
    """Yields an empty folder that becomes `folder` when the block ends, and vanishes when the block raises.

    check  raises UserError where `folder` holds something that must stay
    ours   tells which of its entries go; the others move to the new folder
    """
    folder = Path(os.path.realpath(folder))
    try:
        check(folder)
        with _partial(folder, ours) as partial:
            partial.mkdir()
            yield partial
            _swap(partial, folder, ours)
    except OSError as error:
        raise _explained(error, folder) from error


@contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """The same for a file: yields the name under which it is to be written."""
    path = Path(os.path.realpath(path))
    try:
        with _partial(path) as partial:
            yield partial
            os.replace(partial, path)
    except OSError as error:
        raise _explained(error, path) from error


@contextmanager
def _partial(target: Path, ours: Callable[[Path], bool] = is_owned) -> Iterator[Path]:
    """Yields a free name beside the target; nothing is left there afterwards."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _clear_leftovers(target, ours)
    partial = sibling(target, "partial", os.getpid())
    remove(partial)
    try:
        yield partial
    finally:
        remove(partial)  # gone already when all went well


def _swap(partial: Path, folder: Path, ours: Callable[[Path], bool]) -> None:
    if not folder.exists():
        os.rename(partial, folder)
        return
    old = sibling(folder, "old", os.getpid())
    os.rename(folder, old)
    try:
        os.rename(partial, folder)
    except BaseException:
        os.rename(old, folder)
        raise
    _discard(old, folder, ours)


def _discard(old: Path, folder: Path, ours: Callable[[Path], bool]) -> None:
    """Delete a replaced folder, but not what others put into it."""
    for entry in old.iterdir():
        if not ours(entry) and not (folder / entry.name).exists():
            os.rename(entry, folder / entry.name)
    remove(old)


def _clear_leftovers(target: Path, ours: Callable[[Path], bool]) -> None:
    """What killed processes left beside it: halves go, a folder that was caught between two renames returns."""
    for entry in list(target.parent.iterdir()):
        kind = kind_of(entry, target)
        if kind == "old" and not target.exists():
            os.rename(entry, target)
        elif kind == "old" and target.is_dir() and any(target.iterdir()):
            _discard(entry, target, ours)
        elif kind in ("partial", "removed") and time.time() - entry.stat().st_mtime > _ABANDONED:
            remove(entry)


def _explained(error: OSError, folder: Path) -> UserError:
    if error.errno in _FULL:
        return UserError(f"The disk is full: {folder} could not be written. Free some space and try again.")
    where = error.filename or folder
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return UserError(f"No permission to write {where}. Choose another place, or close the programs that use it.")
    return UserError(f"{folder} could not be written: {error.strerror or error} ({where}).")
