"""A head model in one file: a compressed npz.

Displacements are stored as whole multiples of a step, one step for each field: 1 um, or as much more as a field needs
to fit into 16 bits. Half that step is the rounding error; float16 would be wrong by 15 um where the jaw opens, and
would compress worse.
"""

import contextlib
import os
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..errors import UserError
from ..unfinished import remove, sibling
from .model import HeadModel, LandmarkTable

FORMAT = 1  # counts up when an older program could no longer read the file
KIND = "Likeness head model"
_STEP = 1e-6  # metres
_ARRAYS = ("vertices", "polygons", "uvs", "uv_polygons", "region", "mirror")
_FIELDS = ("identity", "expressions")
_TEXTS = ("name", "license", "identity_names", "expression_names")
_NUMBERS = ("slack",)
_TABLE = ("corners", "weights", "spread")


def write_model(model: HeadModel, path: Path) -> None:
    """Write the file, whole or not at all. UserError where that is not possible."""
    contents = {"kind": np.array(KIND), "format": np.array(FORMAT)}
    contents |= {name: getattr(model, name) for name in _ARRAYS}
    contents |= {name: np.array(getattr(model, name)) for name in (*_TEXTS, *_NUMBERS)}
    contents |= {f"landmark_{name}": getattr(model.landmarks, name) for name in _TABLE}
    for name in _FIELDS:
        contents[name], contents[f"{name}_steps"] = _rounded(getattr(model, name))
    path = Path(os.path.realpath(path))
    partial = sibling(path, "partial", os.getpid())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            np.savez_compressed(file, **contents)
        os.replace(partial, path)
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror or error}). See that the disk has room and that"
                        " the folder is yours.") from error  # fmt: skip
    finally:
        remove(partial)


def is_model_file(path: Path) -> bool:
    """Whether `path` is a head model's file, whole or damaged, of any version."""
    with contextlib.suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        return {"kind.npy", "format.npy", "vertices.npy"} <= set(archive.namelist())
    return False


def read_model(path: Path) -> HeadModel:
    """Read what `write_model` wrote. UserError where the file is missing, damaged, of another kind, or newer."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            if str(archive["kind"]) != KIND:
                raise KeyError("kind")
            if int(archive["format"]) > FORMAT:
                raise UserError(f"{path} was made by a newer Likeness. Update Likeness, or convert the model again.")
            contents = {name: archive[name] for name in archive.files}
        model = _from(contents)
        _check(model)
    except FileNotFoundError as error:
        raise UserError(f"There is no head model {path}. Check the path.") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror or error}). See that it may be read.") from error
    except KeyError as error:
        raise UserError(f"{path} is no head model of Likeness: it lacks {error}. Convert the model again.") from error
    except (ValueError, TypeError, AttributeError, IndexError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"{path} is damaged ({error}). Convert the head model again.") from error
    return model


def write_table(table: LandmarkTable, file: Path | BinaryIO) -> None:
    """Keep a table by itself, in a few kilobytes."""
    np.savez_compressed(
        file,
        corners=table.corners.astype(np.uint32),
        weights=table.weights.astype(np.float32),
        spread=table.spread.astype(np.float32),
    )


def read_table(file: Path | BinaryIO) -> LandmarkTable:
    """Read what `write_table` wrote."""
    with np.load(file, allow_pickle=False) as stored:
        return LandmarkTable(stored["corners"].astype(np.int32), stored["weights"], stored["spread"])


def _rounded(fields: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Displacements (K, V, 3) metres -> whole steps (K, 3, V) int16, axes apart since that compresses better; steps."""
    limit = np.iinfo(np.int16).max
    steps = np.maximum(_STEP, np.abs(fields).max((1, 2)).astype(float) / limit)
    whole = np.rint(fields / steps[:, None, None]).astype(np.int16)
    return np.ascontiguousarray(whole.transpose(0, 2, 1)), steps


def _from(contents: dict[str, np.ndarray]) -> HeadModel:
    fields = {
        name: np.multiply(contents[name].transpose(0, 2, 1), contents[f"{name}_steps"][:, None, None], dtype=np.float32)
        for name in _FIELDS
    }
    table = LandmarkTable(**{name: contents[f"landmark_{name}"] for name in _TABLE})
    texts = {name: contents[name].tolist() for name in _TEXTS}
    texts = {name: tuple(text) if isinstance(text, list) else text for name, text in texts.items()}
    numbers = {name: float(contents[name]) for name in _NUMBERS}
    return HeadModel(**{name: contents[name] for name in _ARRAYS}, **fields, **texts, **numbers, landmarks=table)


def _check(model: HeadModel) -> None:
    """ValueError where the arrays do not belong to each other."""
    count = len(model.vertices)
    right = (
        model.vertices.shape == (count, 3)
        and model.identity.shape == (len(model.identity_names), count, 3)
        and model.expressions.shape == (len(model.expression_names), count, 3)
        and model.region.shape == model.mirror.shape == (count,)
        and model.polygons.shape == model.uv_polygons.shape == (len(model.polygons), 4)
        and model.polygons.max() < count
        and model.uv_polygons.max() < len(model.uvs)
        and model.landmarks.corners.max() < count
        and bool(np.isfinite(model.vertices).all())
    )
    if not right:
        raise ValueError("its parts do not fit together")
