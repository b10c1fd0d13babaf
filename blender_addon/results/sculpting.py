"""What an artist has changed on a fitted shape, as displacements: a newer result gets them added.

The shape as it was fitted is kept with the mesh, so that this works where the older result has been overwritten.
"""

import bpy
import numpy as np

FITTED = "likeness_fitted"  # vector attribute of the vertices: where the result had them, object frame
_NOISE = 2e-6  # of the coordinates' size: rounding of float32


def remember(mesh: bpy.types.Mesh, points: np.ndarray) -> None:
    """points (V, 3): the shape as fitted."""
    attribute = mesh.attributes.get(FITTED) or mesh.attributes.new(FITTED, "FLOAT_VECTOR", "POINT")
    attribute.data.foreach_set("vector", np.ascontiguousarray(points, np.float32).ravel())


def fitted(mesh: bpy.types.Mesh) -> np.ndarray | None:
    """(V, 3) float32: the shape as fitted; None in a mesh that does not know it."""
    attribute = mesh.attributes.get(FITTED)
    if attribute is None or attribute.domain != "POINT" or attribute.data_type != "FLOAT_VECTOR":
        return None
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    attribute.data.foreach_get("vector", points)
    return points.reshape(-1, 3)


def shape(mesh: bpy.types.Mesh) -> np.ndarray:
    """(V, 3) float32: the shape at hand without any shape key's value, object frame."""
    source = mesh.shape_keys.reference_key.points if mesh.shape_keys else mesh.vertices
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    source.foreach_get("co", points)
    return points.reshape(-1, 3)


def reshape(mesh: bpy.types.Mesh, points: np.ndarray) -> None:
    """Another shape, points (V, 3); all shape keys go with it."""
    if mesh.shape_keys:
        way = (points - shape(mesh)).ravel()
        for block in mesh.shape_keys.key_blocks:
            moved = np.empty(points.size, np.float32)
            block.points.foreach_get("co", moved)
            block.points.foreach_set("co", moved + way)
    mesh.vertices.foreach_set("co", np.ascontiguousarray(points, np.float32).ravel())


def change(points: np.ndarray, before: np.ndarray) -> np.ndarray:
    """points, before (V, 3) -> (V, 3) the way between them, 0 where it is nothing but rounding."""
    moved = points - before
    least = _NOISE * np.abs(before).max(initial=0)
    moved[np.einsum("vk,vk->v", moved, moved) <= least**2] = 0
    return moved


def key_change(points: np.ndarray, before: np.ndarray, basis_change: np.ndarray) -> np.ndarray:
    """What was sculpted on a shape key alone. points, before (V, 3): the key now and as fitted.

    A key that was left where it was while Basis moved, as scripts do it, counts as untouched.
    """
    moved = change(points, before)
    untouched = ~moved.any(1)
    moved -= basis_change
    moved[untouched] = 0
    return change(before + moved, before)
