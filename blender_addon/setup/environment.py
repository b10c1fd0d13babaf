"""Where the backend's Python is. Knows nothing of Blender.

`install.py` leaves a note {"python": "/abs/.venv/bin/python", "source": "/abs/repo"} for the extension to find.
"""

import json
import os
import sys
from pathlib import Path

from ..link import UserError

NOTE = "likeness-backend.json"  # in the extension's own folder
SOURCES = Path(__file__).resolve().parents[2]  # the folder that holds our own `backend`


def find_python(preference: str, extension_folder: Path | None) -> Path:
    """The Python to run the backend with: the preference, LIKENESS_PYTHON, or what install.py noted; or a UserError."""
    if preference:
        return _existing(preference, "The Python in Likeness's preferences")
    if os.environ.get("LIKENESS_PYTHON"):
        return _existing(os.environ["LIKENESS_PYTHON"], "The Python named by LIKENESS_PYTHON")
    notes = [user_note()] if extension_folder is None else [extension_folder / NOTE, user_note()]
    for note in notes:
        if note.is_file():
            return _existing(_read(note), f"The Python named in {note}")
    raise UserError(
        "Likeness's backend is not installed. Press Install in the extension's preferences, or run `python install.py` "
        "in the folder of Likeness, or name its Python in the preferences."
    )


def user_note() -> Path:
    """The note that belongs to the user and not to one Blender."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData/Roaming") / "Likeness" / "backend.json"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/Likeness/backend.json"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "likeness" / "backend.json"


def child_environment() -> dict[str, str]:
    """For the backend: our own `backend` is the one that it imports, and Blender's Python settings do not leak in."""
    return {**bare_environment(), "PYTHONPATH": str(SOURCES)}


def bare_environment() -> dict[str, str]:
    """For another Python than Blender's: nothing of Blender's, and no bytecode beside our sources."""
    ours = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    return {**ours, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def errand_environment() -> dict[str, str]:
    """For install.py on an errand: it says lines of JSON."""
    return {**bare_environment(), "PYTHONUNBUFFERED": "1", "LIKENESS_STATUS": "lines"}


def python_of(folder: Path) -> Path:
    """The interpreter of a virtual environment (installer/places.py has the same rule)."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def is_whole(folder: Path) -> bool:
    """Whether the installer has finished an environment once (installer/requirements.py writes the stamp)."""
    try:
        return "backend" in json.loads((folder / "likeness.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def _existing(python: str, which: str) -> Path:
    if Path(python).is_file():
        return Path(python)
    raise UserError(
        f"{which} does not exist: {python}. Press Install in Likeness's preferences, run `python install.py` again, or "
        "correct the path."
    )


def _read(note: Path) -> str:
    try:
        python = json.loads(note.read_text(encoding="utf-8"))["python"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{note} cannot be read ({error!r}). Run `python install.py` again.") from error
    if not isinstance(python, str):
        raise UserError(f"{note} names no Python. Run `python install.py` again.")
    return python
