"""The mesh of a result, built from its arrays: faster than through glTF, and with the vertex order of the fit."""

import zlib
from collections.abc import Generator

import bpy
import numpy as np

from . import head_parts, sculpting

UV_MAP = "UVMap"
UV_MARK = "likeness_uvs"  # property of the mesh object: which texture coordinates its result had


def build_steps(name: str, part: head_parts.Part) -> Generator[str, None, bpy.types.Mesh]:
    """Returns the mesh, with quads where the part has pairs of triangles."""
    surface, mesh = part.surface, bpy.data.meshes.new(name)
    corners = corners_of(part, surface.faces)
    sizes = np.where(part.paired, 4, 3)[_is_polygon(part)]
    mesh.vertices.add(len(surface.vertices))
    mesh.vertices.foreach_set("co", np.ascontiguousarray(surface.vertices, np.float32).ravel())
    mesh.loops.add(len(corners))
    mesh.loops.foreach_set("vertex_index", np.ascontiguousarray(corners, np.int32))
    mesh.polygons.add(len(sizes))
    mesh.polygons.foreach_set("loop_start", (np.cumsum(sizes) - sizes).astype(np.int32))
    yield "Importing the edges"
    mesh.update(calc_edges=True)
    mesh.shade_smooth()
    yield "Importing the texture coordinates"
    layer = mesh.attributes.new(UV_MAP, "FLOAT2", "CORNER")
    layer.data.foreach_set("vector", corner_uvs(part).ravel())
    sculpting.remember(mesh, surface.vertices)
    mesh.update()
    return mesh


def corners_of(part: head_parts.Part, rows: np.ndarray) -> np.ndarray:
    """rows (F, 3) of the part's triangles -> (L,): of the mesh's corners, polygon after polygon."""
    quads = np.column_stack([rows, np.roll(rows[:, 2], -1)])  # the halves begin at the same corner
    used = np.column_stack([np.ones((len(rows), 3), bool), part.paired])
    polygon = _is_polygon(part)
    return quads[polygon][used[polygon]]


def corner_uvs(part: head_parts.Part) -> np.ndarray:
    """(L, 2) float32: texture coordinates of the mesh's corners."""
    return np.ascontiguousarray(part.atlas.uvs[corners_of(part, part.atlas.faces)], np.float32)


def _is_polygon(part: head_parts.Part) -> np.ndarray:
    """(F,) bool: triangles that are no second halves."""
    return ~np.r_[False, part.paired[:-1]]


def uv_mark(atlas) -> str:
    """The same for atlases with the same coordinates: an update leaves those that the artist has changed alone."""
    return f"{zlib.crc32(np.ascontiguousarray(atlas.uvs, np.float32)):08x}"
