"""Reads a result folder with numpy and the standard library alone: this runs inside Blender's Python."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..scene import Camera, Rig, Surface, UvAtlas
from . import layout
from .rig_arrays import rig_from
from .tensors import read_tensors

_OURS = (layout.VERTICES, layout.FACES, layout.UVS, layout.UV_FACES)
_RIG = (layout.RIG_JOINTS, layout.RIG_WEIGHTS, layout.RIG_REGION)


@dataclass(frozen=True)
class StoredCamera:
    """A camera of the fit, in the pixels of its photo. `image` and `mask` are None where the file is gone."""

    name: str
    camera: Camera
    image: Path | None
    mask: Path | None


@dataclass(frozen=True)
class StoredResult:
    """A whole result, in the capture's world frame; pictures as files."""

    folder: Path
    surface: Surface  # closed, with the vertex order of the fit
    atlas: UvAtlas
    texture_files: dict[str, Path]  # photo, albedo, normal, confidence
    cameras: tuple[StoredCamera, ...]
    report: dict
    rig: Rig | None  # of heads: what makes the surface, which then is neutral, move

    @property
    def base_color(self) -> str:
        """The map that the mesh shows at first: photo or albedo."""
        return self.report.get("base_color", "photo")


def read_result(folder: Path) -> StoredResult:
    """The result in `folder`; UserError naming what is missing or damaged."""
    folder = Path(folder)
    _check_whole(folder)
    report = _read_json(folder / layout.REPORT)
    version = report.get(layout.FORMAT_KEY)
    if not isinstance(version, int):
        raise UserError(f"{folder} was not written by Likeness: its {layout.REPORT} is of another kind.")
    if version > layout.FORMAT:
        raise UserError(f"{folder} was written by a newer Likeness. Update this one to read it.")
    surface, atlas, rig = _read_geometry(folder / layout.CHECKPOINT, report)
    return StoredResult(
        folder=folder,
        surface=surface,
        atlas=atlas,
        texture_files={name: folder / path for name, path in layout.TEXTURES.items()},
        cameras=_read_cameras(folder),
        report=report,
        rig=rig,
    )


def read_checkpoint(folder: Path) -> dict[str, np.ndarray]:
    """What the fit kept for a re-fit: the arrays of checkpoint.safetensors without the surface and its shape keys."""
    return read_tensors(Path(folder) / layout.CHECKPOINT, lambda name: name not in _OURS and not _is_of_rig(name))


def _check_whole(folder: Path) -> None:
    if not folder.is_dir():
        raise UserError(f"There is no result folder {folder}. Give the folder that a fit has written.")
    missing = [path for path in layout.REQUIRED if not (folder / path).is_file()]
    if missing:
        raise UserError(f"{folder} is not a whole result. Missing: {', '.join(missing)}. Run the fit again.")


def _read_json(path: Path) -> dict:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is damaged ({error}). Run the fit again.") from error
    if not isinstance(document, dict):
        raise UserError(f"{path} is damaged (not a JSON object). Run the fit again.")
    return document


def _is_of_rig(name: str) -> bool:
    return name.startswith((layout.MORPHS, layout.CORRECTIVES)) or name in _RIG


def _read_geometry(path: Path, report: dict) -> tuple[Surface, UvAtlas, Rig | None]:
    arrays = read_tensors(path, lambda name: name in _OURS or _is_of_rig(name))
    missing = [name for name in _OURS if name not in arrays]
    if missing:
        raise UserError(f"{path} is damaged (it lacks {', '.join(missing)}). Run the fit again.")
    vertices, faces, uvs, uv_faces = (arrays.pop(name) for name in _OURS)
    whole = vertices.ndim == 2 and faces.shape == uv_faces.shape and len(faces) > 0
    if not whole or faces.max() >= len(vertices) or uv_faces.max() >= len(uvs):
        raise UserError(f"{path} is damaged (its faces do not fit its vertices). Run the fit again.")
    return Surface(vertices, faces), UvAtlas(uvs, uv_faces), rig_from(path, arrays, report, len(vertices))


def _read_cameras(folder: Path) -> tuple[StoredCamera, ...]:
    path = folder / layout.CAMERAS
    document = _read_json(path)
    try:
        return tuple(_read_camera(folder, {**document, **frame}) for frame in document["frames"])
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path} is damaged ({type(error).__name__}: {error}). Run the fit again.") from error


def _read_camera(folder: Path, frame: dict) -> StoredCamera:
    pose = np.array(frame["transform_matrix"], float)
    if pose.shape != (4, 4):
        raise ValueError(f"a pose has the shape {pose.shape}")
    size = int(frame["w"]), int(frame["h"])
    lens = (float(frame[key]) for key in ("fl_x", "fl_y", "cx", "cy"))
    places = [folder / frame["file_path"], *([Path(frame["source"])] if "source" in frame else [])]
    return StoredCamera(
        name=str(frame.get("name", places[0].stem)),
        camera=Camera(*size, *lens, camera_to_world=pose),
        image=next((place.resolve() for place in places if place.is_file()), None),
        mask=_existing(folder, frame.get("mask_path")),
    )


def _existing(folder: Path, path: str | None) -> Path | None:
    return folder / path if path and (folder / path).is_file() else None
