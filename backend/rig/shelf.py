"""Learned networks, kept in the user's cache folder: what is lost or damaged there is learned again."""

import contextlib
import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ..head.model import HeadModel
from ..unfinished import remove, sibling

FOLDER_VARIABLE = "LIKENESS_CACHE"  # names another folder for what can be computed again
_VERSION = 1  # counts up when the same model and configuration would be learned differently


def cache_folder(
    platform: str = sys.platform, variables: Mapping[str, str] = os.environ, home: Path | None = None
) -> Path:
    """Where programs of this user keep what they can compute again."""
    if variables.get(FOLDER_VARIABLE):
        return Path(variables[FOLDER_VARIABLE])
    home = home or Path.home()
    if platform == "win32":
        return Path(variables.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Likeness" / "Cache"
    if platform == "darwin":
        return home / "Library" / "Caches" / "Likeness"
    return Path(variables.get("XDG_CACHE_HOME") or home / ".cache") / "likeness"


@dataclass(frozen=True)
class Shelf:
    """A folder of networks, each under a digest of what it was learned from."""

    folder: Path = field(default_factory=lambda: cache_folder() / "expressions")

    def place(self, model: HeadModel, config: object) -> Path:
        """The file of a model's network, whether it is there or not."""
        digest = hashlib.sha256(f"{_VERSION} {config} {model.expression_names}".encode())
        for array in (model.vertices, model.polygons, model.region, model.expressions):
            digest.update(np.ascontiguousarray(array))
        return self.folder / f"{digest.hexdigest()[:32]}.safetensors"

    def read(self, place: Path) -> dict[str, np.ndarray] | None:
        """The arrays of a file; None where it is missing or damaged."""
        try:
            return load(place.read_bytes())
        except (OSError, SafetensorError):
            return None

    def keep(self, place: Path, arrays: dict[str, np.ndarray]) -> None:
        """Write the file, whole or not at all. Where the disk does not allow it, it is learned again next time."""
        partial = sibling(place, "partial", os.getpid())
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(save(arrays))
            os.replace(partial, place)
        remove(partial)
