"""Which head models there are, and loading one by the artist's choice."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ..errors import UserError
from .kits import gnm, ict
from .model import HeadModel
from .storage import is_model_file, read_model

FOLDER_VARIABLE = "LIKENESS_HEAD_MODELS"  # names another folder for installed models


def models_folder(
    platform: str = sys.platform, variables: Mapping[str, str] = os.environ, home: Path | None = None
) -> Path:
    """Where installed models lie: beside backend.json (installer/places.py has the same rule)."""
    if variables.get(FOLDER_VARIABLE):
        return Path(variables[FOLDER_VARIABLE])
    home = home or Path.home()
    if platform == "win32":
        return Path(variables.get("APPDATA") or home / "AppData" / "Roaming") / "Likeness" / "head-models"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "Likeness" / "head-models"
    return Path(variables.get("XDG_CONFIG_HOME") or home / ".config") / "likeness" / "head-models"


def installed_model(name: str) -> Path:
    """The file of an installed model, whether it is there or not."""
    return models_folder() / f"{name}.npz"


def load_head_model(choice: str = "auto") -> HeadModel:
    """The model that `--head-model` names: auto, builtin, ict, or a path; UserError says what to do instead.

    auto is ict where it is installed, else builtin. A path is a file that `write_model` wrote, or a kit to convert.
    """
    if choice == "auto":
        choice = "ict" if installed_model("ict").exists() else "builtin"
    if choice == "builtin":
        from .builtin import build  # it models a head: only who wants it waits for that

        return build()
    if choice == "ict":
        if not installed_model("ict").exists():
            raise UserError(
                "The head model ict is not installed. Run `python install.py head-model ict`, or choose builtin."
            )
        return _current(read_model(installed_model("ict")))
    return _from_path(Path(choice).expanduser())


def _from_path(path: Path) -> HeadModel:
    if not path.exists():
        raise UserError(f"There is no head model {path}. Choose auto, builtin, ict, or the path of a model.")
    if is_model_file(path):
        return _current(read_model(path))
    if gnm.is_gnm_file(path):
        return gnm.load(path)
    return ict.convert(path)


def _current(model: HeadModel) -> HeadModel:
    """The model of a file, with what this version adds to its kit: that may be newer than the file."""
    return ict.renewed(model) if model.name == "ict" else model
