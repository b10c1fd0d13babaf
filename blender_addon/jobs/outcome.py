"""What a job has written, read into memory. Runs in the thread of the job: nothing here touches bpy."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..link import LikenessError, UserError, protocol, reader

FITTED, CLEAN = "fitted", "clean"  # which mesh of a result is meant

Load = Callable[[Path], tuple]  # what the steps of an import take


@dataclass(frozen=True)
class Loaded:
    """What a job has written at `folder`, as the steps of its import take it."""

    folder: str
    contents: tuple


def load(folder: str | Path, mesh: str = FITTED) -> tuple[reader.StoredResult, dict[str, bytes]]:
    """A result and the bytes of its textures; UserError where they cannot be read.

    mesh: FITTED or CLEAN; a result that has no clean mesh is taken as it was fitted.
    """
    result = reader.read_result(folder)
    if mesh == CLEAN:
        result = result.in_clean_quads()
    try:
        return result, {name: path.read_bytes() for name, path in result.texture_files.items()}
    except OSError as error:
        raise UserError(f"The textures in {folder} cannot be read ({error}). Run the fit again.") from error


def loaded(load: Load, folder: str) -> Loaded | protocol.Failed:
    """What `load` makes of the folder, or why it cannot: deleted under us, damaged, or not ours."""
    try:
        return Loaded(folder, load(Path(folder)))
    except LikenessError as error:
        return protocol.Failed(str(error), user_error=isinstance(error, UserError))
    except OSError as error:
        text = f"{folder} cannot be read ({error.strerror or error}). If it was deleted, run the job again."
        return protocol.Failed(text, user_error=True)
