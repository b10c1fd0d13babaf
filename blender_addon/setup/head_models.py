"""Whether the head models that can be installed are there: looked up when something changes, never while a panel draws.

The place is that of backend/head/models.py, which the extension does not import: a test holds the two together.
"""

import os
from pathlib import Path

from . import environment

FOLDER_VARIABLE = "LIKENESS_HEAD_MODELS"
HINT = "ICT-FaceKit is not installed. Get it in Likeness's preferences, or by python install.py head-model ict"

_has_ict = False


def ict_file() -> Path:
    """Where install.py puts ICT-FaceKit, whether it is there or not."""
    folder = os.environ.get(FOLDER_VARIABLE)
    return (Path(folder) if folder else environment.user_note().parent / "head-models") / "ict.npz"


def look() -> None:
    """See what is installed now."""
    global _has_ict
    _has_ict = ict_file().is_file()


def has_ict() -> bool:
    """Whether ICT-FaceKit was there when `look` was called last."""
    return _has_ict


def hint(choice: str) -> str:
    """What the panel says to a choice of head model, as it was when `look` was called last; empty: nothing."""
    return HINT if choice in ("auto", "ict") and not _has_ict else ""
