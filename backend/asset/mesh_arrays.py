"""A mesh with its rig as arrays of the checkpoint, and back. Runs inside Blender's Python too."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..scene import Rig, Surface, UvAtlas
from ..scene.polygons import halves
from . import layout
from .rig_arrays import arrays_of, is_of_rig, rig_from

_NEEDED = (layout.VERTICES, layout.FACES, layout.UVS, layout.UV_FACES)


@dataclass(frozen=True)
class StoredMesh:
    """A surface in the world frame. polygons (P, 4): of which quads its faces are halves; None: triangles only."""

    surface: Surface
    atlas: UvAtlas
    polygons: np.ndarray | None
    rig: Rig | None


def mesh_arrays(mesh: StoredMesh) -> dict[str, np.ndarray]:
    """Names in the checkpoint -> arrays. ValueError where they do not belong to each other: a bug of ours."""
    surface, atlas = mesh.surface, mesh.atlas
    if len(surface.faces) == 0 or not np.isfinite(surface.vertices).all():
        raise ValueError("the surface has no faces, or vertices that are not finite")
    if surface.faces.shape != atlas.faces.shape or atlas.faces.max() >= len(atlas.uvs):
        raise ValueError("the atlas does not belong to the surface")
    for name, move in ({**mesh.rig.keys, **mesh.rig.correctives} if mesh.rig else {}).items():
        if move.shape != surface.vertices.shape:
            raise ValueError(f"the displacements of {name} have shape {move.shape}, not {surface.vertices.shape}")
    arrays = {
        layout.VERTICES: surface.vertices.astype(np.float32),
        layout.FACES: surface.faces.astype(np.int32),
        layout.UVS: atlas.uvs.astype(np.float32),
        layout.UV_FACES: atlas.faces.astype(np.int32),
        **(arrays_of(mesh.rig) if mesh.rig else {}),
    }
    if mesh.polygons is not None:
        if not _are_halves(surface.faces, mesh.polygons):
            raise ValueError("the polygons are not those of the surface's faces")
        arrays[layout.POLYGONS] = mesh.polygons.astype(np.int32)
    return arrays


def is_of_mesh(name: str) -> bool:
    """Whether an array of the checkpoint is one of `mesh_arrays`."""
    return name in (*_NEEDED, layout.POLYGONS) or is_of_rig(name)


def mesh_from(path: Path, arrays: dict[str, np.ndarray], report: dict) -> StoredMesh:
    """The mesh of a checkpoint's arrays. UserError where they do not belong to each other."""
    missing = [name for name in _NEEDED if name not in arrays]
    if missing:
        raise UserError(f"{path} is damaged (it lacks {', '.join(missing)}). Run the fit again.")
    vertices, faces, uvs, uv_faces = (arrays[name] for name in _NEEDED)
    whole = vertices.ndim == 2 and faces.shape == uv_faces.shape and len(faces) > 0
    polygons = arrays.get(layout.POLYGONS)
    if not whole or faces.max() >= len(vertices) or uv_faces.max() >= len(uvs):
        raise UserError(f"{path} is damaged (its faces do not fit its vertices). Run the fit again.")
    if polygons is not None and not _are_halves(faces, polygons):
        raise UserError(f"{path} is damaged (its quads are not those of its faces). Run the fit again.")
    rig = rig_from(path, arrays, report, len(vertices))
    return StoredMesh(Surface(vertices, faces), UvAtlas(uvs, uv_faces), polygons, rig)


def _are_halves(faces: np.ndarray, polygons: np.ndarray) -> bool:
    fit = polygons.ndim == 2 and polygons.shape[1] == 4
    return bool(fit and np.array_equal(halves(polygons, polygons[:, 3] >= 0), faces))
