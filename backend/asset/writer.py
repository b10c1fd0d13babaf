"""Writes a result folder, whole or not at all."""

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from ..scene import View
from . import layout
from .cameras import write_cameras
from .glb import build_glb
from .png import encode_png
from .replace import check_target, replacing
from .result import Result
from .rig_arrays import arrays_of, told_of
from .splats import write_splats

__all__ = ["Result", "check_target", "write_result"]


def write_result(folder: Path, result: Result) -> Path:
    """Write everything and return the folder, which then is whole; an older result there stays until it is.

    UserError where the folder holds something else, may not be written, or the disk is full.
    """
    _check(result)
    folder = Path(os.path.realpath(folder))
    with replacing(folder) as partial:
        pictures = {name: encode_png(getattr(result.textured.maps, name)) for name in layout.TEXTURES}
        (partial / "textures").mkdir()
        for name, png in pictures.items():
            (partial / layout.TEXTURES[name]).write_bytes(png)
        mesh = build_glb(result.textured, pictures[result.base_color], pictures["normal"], result.rig)
        (partial / layout.MESH).write_bytes(mesh)
        write_cameras(partial, folder, result.capture.views)
        _write_obstruction(partial / layout.OBSTRUCTION, result.capture.views)
        (partial / layout.PREVIEW).write_bytes(encode_png(result.preview))
        (partial / layout.CONTACT_SHEET).write_bytes(encode_png(result.contact_sheet))
        (partial / layout.CHECKPOINT).write_bytes(save(_tensors(result)))
        if result.splats is not None:
            write_splats(partial / layout.SPLATS, result.splats)
        report = {layout.FORMAT_KEY: layout.FORMAT, "base_color": result.base_color, **result.report}
        if result.rig is not None:
            report[layout.EXPRESSIONS_KEY] = told_of(result.rig)
        text = json.dumps(_plain(report), indent=1, allow_nan=False)
        (partial / layout.REPORT).write_text(text + "\n", encoding="utf-8")
    return folder


def _write_obstruction(folder: Path, views: Sequence[View]) -> None:
    """Each view's trust as a gray picture NAME.png of its photo's size, white = undisturbed."""
    disturbed = [view for view in views if view.trust is not None]
    if disturbed:
        folder.mkdir()
    for view in disturbed:
        (folder / f"{view.name}.png").write_bytes(encode_png(view.trust))


def _tensors(result: Result) -> dict[str, np.ndarray]:
    """The checkpoint, and the surface in its own vertex order."""
    surface, atlas = result.textured.surface, result.textured.atlas
    own = {
        layout.VERTICES: surface.vertices.astype(np.float32),
        layout.FACES: surface.faces.astype(np.int32),
        layout.UVS: atlas.uvs.astype(np.float32),
        layout.UV_FACES: atlas.faces.astype(np.int32),
        **(arrays_of(result.rig) if result.rig else {}),
    }
    clash = sorted(set(own) & set(result.checkpoint))
    if clash:
        raise ValueError(f"the checkpoint uses names that the result folder keeps for itself: {', '.join(clash)}")
    return {name: np.asarray(values, order="C") for name, values in {**result.checkpoint, **own}.items()}


def _check(result: Result) -> None:
    """What must hold at this stage's boundary; anything else is a bug of the stages before."""
    surface, atlas = result.textured.surface, result.textured.atlas
    if result.base_color not in ("photo", "albedo"):
        raise ValueError(f"base_color must be photo or albedo, not {result.base_color!r}")
    if len(surface.faces) == 0 or not np.isfinite(surface.vertices).all():
        raise ValueError("the surface has no faces, or vertices that are not finite")
    if surface.faces.shape != atlas.faces.shape or atlas.faces.max() >= len(atlas.uvs):
        raise ValueError("the atlas does not belong to the surface")
    for name, move in ({**result.rig.keys, **result.rig.correctives} if result.rig else {}).items():
        if move.shape != surface.vertices.shape:
            raise ValueError(f"the displacements of {name} have shape {move.shape}, not {surface.vertices.shape}")


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
