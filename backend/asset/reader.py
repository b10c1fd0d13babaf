"""Reads a result folder with numpy and the standard library alone: this runs inside Blender's Python."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..scene import Camera, Rig, Surface, UvAtlas
from . import layout
from .mesh_arrays import StoredMesh, is_of_mesh, mesh_from
from .tensors import read_tensors


@dataclass(frozen=True)
class StoredCamera:
    """A camera of the fit, in the pixels of its photo. `image` and `mask` are None where the file is gone.

    weight, expression: as in scene.View
    """

    name: str
    camera: Camera
    image: Path | None
    mask: Path | None
    weight: float = 1.0
    expression: str = ""


@dataclass(frozen=True)
class StoredClean:
    """The same head in the head model's topology, and its textures as files."""

    mesh: StoredMesh
    texture_files: dict[str, Path]


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
    polygons: np.ndarray | None = None  # (P, 4) whose halves (scene.polygons) are the faces; None: triangles only
    clean: StoredClean | None = None  # of heads whose shape photos made
    is_clean: bool = False  # whether it was taken `in_clean_quads`

    def in_clean_quads(self) -> "StoredResult":
        """The result with its clean mesh in place of the fitted one; itself where it has none."""
        if self.clean is None or self.is_clean:
            return self
        mesh = self.clean.mesh
        return replace(
            self, surface=mesh.surface, atlas=mesh.atlas, polygons=mesh.polygons, rig=mesh.rig,
            texture_files=self.clean.texture_files, is_clean=True,
        )  # fmt: skip

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
    mesh, clean = _read_meshes(folder, report)
    return StoredResult(
        folder=folder,
        surface=mesh.surface,
        atlas=mesh.atlas,
        texture_files={name: folder / path for name, path in layout.TEXTURES.items()},
        cameras=_read_cameras(folder),
        report=report,
        rig=mesh.rig,
        polygons=mesh.polygons,
        clean=clean,
    )


def read_checkpoint(folder: Path) -> dict[str, np.ndarray]:
    """What the fit kept for a re-fit: the arrays of checkpoint.safetensors without the meshes and their shape keys."""
    return read_tensors(Path(folder) / layout.CHECKPOINT, lambda name: not _is_ours(name))


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


def _read_meshes(folder: Path, report: dict) -> tuple[StoredMesh, StoredClean | None]:
    path = folder / layout.CHECKPOINT
    arrays = read_tensors(path, _is_ours)
    clean = {name.removeprefix(layout.CLEAN): arrays.pop(name) for name in list(arrays) if _is_clean(name)}
    mesh = mesh_from(path, arrays, report)
    if not clean:
        return mesh, None
    files = {name: folder / texture for name, texture in layout.CLEAN_TEXTURES.items()}
    return mesh, StoredClean(mesh_from(path, clean, report), files)


def _is_ours(name: str) -> bool:
    return is_of_mesh(name.removeprefix(layout.CLEAN))


def _is_clean(name: str) -> bool:
    return name.startswith(layout.CLEAN)


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
        weight=float(frame.get("weight", 1.0)),
        expression=str(frame.get("expression", "")),
    )


def _existing(folder: Path, path: str | None) -> Path | None:
    return folder / path if path and (folder / path).is_file() else None
