"""Writes a result folder, whole or not at all."""

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from ..errors import UserError
from ..scene import View
from . import layout
from .cameras import write_cameras
from .glb import build_glb
from .mesh_arrays import StoredMesh, mesh_arrays
from .png import encode_png
from .replace import check_target, replacing
from .result import CleanMesh, Result
from .rig_arrays import told_of
from .splats import write_splats

__all__ = ["Result", "check_target", "write_result"]


def write_result(folder: Path, result: Result) -> Path:
    """Write everything and return the folder, which then is whole; an older result there stays until it is.

    UserError where the folder holds something else, may not be written, or the disk is full.
    """
    if result.base_color not in ("photo", "albedo"):
        raise ValueError(f"base_color must be photo or albedo, not {result.base_color!r}")
    tensors = _tensors(result)  # what does not fit together is found before anything is written
    folder = Path(os.path.realpath(folder))
    with replacing(folder) as partial:
        (partial / "textures").mkdir()
        _write_mesh(partial, layout.MESH, layout.TEXTURES, result, result.base_color)
        if result.clean is not None:
            _write_mesh(partial, layout.CLEAN_MESH, layout.CLEAN_TEXTURES, result.clean, result.base_color)
        write_cameras(partial, folder, result.capture.views)
        _write_obstruction(partial / layout.OBSTRUCTION, result.capture.views)
        (partial / layout.PREVIEW).write_bytes(encode_png(result.preview))
        (partial / layout.CONTACT_SHEET).write_bytes(encode_png(result.contact_sheet))
        (partial / layout.CHECKPOINT).write_bytes(save(tensors))
        if result.splats is not None:
            write_splats(partial / layout.SPLATS, result.splats)
        report = {layout.FORMAT_KEY: layout.FORMAT, "base_color": result.base_color, **result.report}
        if result.rig is not None:
            report[layout.EXPRESSIONS_KEY] = told_of(result.rig)
        text = json.dumps(_plain(report), indent=1, allow_nan=False)
        (partial / layout.REPORT).write_text(text + "\n", encoding="utf-8")
        if missing := [path for path in layout.REQUIRED if not (partial / path).is_file()]:
            raise UserError(f"{missing[0]} was deleted while {folder} was written. Run the job again.")
    return folder


def _write_mesh(folder: Path, name: str, textures: dict[str, str], mesh: Result | CleanMesh, base_color: str) -> None:
    """The maps, and a glb with two of them."""
    pictures = {texture: encode_png(getattr(mesh.textured.maps, texture)) for texture in textures}
    for texture, png in pictures.items():
        (folder / textures[texture]).write_bytes(png)
    (folder / name).write_bytes(build_glb(mesh.textured, pictures[base_color], pictures["normal"], mesh.rig))


def _write_obstruction(folder: Path, views: Sequence[View]) -> None:
    """Each view's trust as a gray picture NAME.png of its photo's size, white = undisturbed."""
    disturbed = [view for view in views if view.trust is not None]
    if disturbed:
        folder.mkdir()
    for view in disturbed:
        (folder / f"{view.name}.png").write_bytes(encode_png(view.trust))


def _tensors(result: Result) -> dict[str, np.ndarray]:
    """The checkpoint, and the meshes in their own vertex order."""
    textured, clean = result.textured, result.clean
    own = mesh_arrays(StoredMesh(textured.surface, textured.atlas, result.polygons, result.rig))
    if clean is not None:
        mesh = StoredMesh(clean.textured.surface, clean.textured.atlas, clean.polygons, clean.rig)
        own |= {layout.CLEAN + name: values for name, values in mesh_arrays(mesh).items()}
    clash = sorted(set(own) & set(result.checkpoint))
    if clash:
        raise ValueError(f"the checkpoint uses names that the result folder keeps for itself: {', '.join(clash)}")
    return {name: np.asarray(values, order="C") for name, values in {**result.checkpoint, **own}.items()}


def _plain(value):
    """JSON values: numpy's numbers become Python's, what is not finite becomes null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.as_posix() if isinstance(value, Path) else value
