"""What is not whole yet: its names, and its end with the process that was writing it. Standard library only.

Beside `NAME` there may be, for a moment, `NAME.<pid>.partial` (being written), `NAME.<pid>.old` (being replaced) and
`NAME.<pid>.removed` (being deleted), files or folders, where <pid> is the writer.
"""

import contextlib
import os
import shutil
import threading
from pathlib import Path

INTERIM = "interim-"  # how the names of the surfaces begin that a job shows on its way
_REMOVING = threading.Lock()  # who comes second waits, and does not end the process in the middle


def sibling(out: Path, kind: str, pid: int) -> Path:
    """The name beside `out` of what process `pid` has there; kind: partial, old or removed."""
    return out.with_name(f"{out.name}.{pid}.{kind}")


def kind_of(path: Path, out: Path) -> str | None:
    """The inverse of sibling for any process; None for what is none of ours."""
    if not path.name.startswith(f"{out.name}."):
        return None
    owner, _, kind = path.name.removeprefix(f"{out.name}.").partition(".")
    return kind if owner.isdigit() and kind in ("partial", "old", "removed") else None


def remove(path: Path) -> None:
    """Delete a file or a folder; what cannot be deleted now is left to the next one who clears up."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def remove_interim(folder: str | Path) -> None:
    """Remove the surfaces that a job has shown on its way, whole or half, from the job's folder."""
    for path in Path(folder).glob(f"{INTERIM}*"):
        remove(path)


def remove_partial(out: str | Path, pid: int) -> None:
    """Remove the unfinished result that process `pid` left beside `out`.

    It is renamed first, so that a writer that still lives can no longer rename it to a whole result. A result that
    was about to be replaced returns.
    """
    out = Path(os.path.realpath(out))
    partial, old, doomed = (sibling(out, kind, pid) for kind in ("partial", "old", "removed"))
    with _REMOVING:
        try:
            if partial.exists():
                partial.rename(doomed)
            if old.exists() and not out.exists():
                old.rename(out)
        except OSError:  # Windows, while a dying process still has a file open; the next job for `out` clears it away
            return
        remove(doomed)
