"""Where a newer result puts the vertices of an object, in Basis and in every shape key.

The result's keys get its shapes and what was sculpted; the artist's own keys keep what they do to Basis. To work that
out takes a while, to apply it does not: between the two the artist may go on.
"""

from collections.abc import Generator
from dataclasses import dataclass

import bpy
import numpy as np

from ..link import reader
from ..rigs import shape_keys
from . import head_parts, sculpting


@dataclass(frozen=True)
class Shapes:
    """Vertices (V, 3) float32, object frame. before: Basis when this was worked out; keys: a key's name -> its own."""

    before: np.ndarray
    basis: np.ndarray
    keys: dict[str, np.ndarray]


def plan(
    built: bpy.types.Object, result: reader.StoredResult, skin: head_parts.Part, older: reader.StoredResult | None
) -> Shapes:
    """plan_steps without pauses."""
    steps = plan_steps(built, result, skin, older)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def plan_steps(
    built: bpy.types.Object, result: reader.StoredResult, skin: head_parts.Part, older: reader.StoredResult | None
) -> Generator[str, None, Shapes]:
    """A generator that returns the shapes of an object in object mode, whose vertices are those of the skin.

    older: the result that the object has come from; without it, what was sculpted on single keys is lost.
    """
    mesh, moves, old_moves = built.data, _moves(result), _moves(older)
    fitted, current = _as_fitted(mesh, older), sculpting.shape(mesh)
    sculpted = sculpting.change(current, fitted) if fitted is not None else np.zeros_like(current)
    basis, planned, names = skin.surface.vertices + sculpted, {}, _names(built)
    for block in mesh.shape_keys.key_blocks if mesh.shape_keys else ():
        yield "Updating the shape keys"
        name, points = names.get(block.name), shape_keys.positions(block)
        if name not in moves:  # Basis too
            planned[block.name] = basis + (points - current)
            continue
        target = basis + moves[name][skin.vertices]
        if fitted is not None and name in old_moves and len(old_moves[name]) == len(moves[name]):
            target += sculpting.key_change(points, fitted + old_moves[name][skin.vertices], sculpted)
        planned[block.name] = target
    return Shapes(current, basis, planned)


def still_fits(built: bpy.types.Object, shapes: Shapes) -> bool:
    """Whether the object is as it was when the shapes were worked out."""
    keys = built.data.shape_keys
    names = [block.name for block in keys.key_blocks] if keys else []
    return names == list(shapes.keys) and np.array_equal(sculpting.shape(built.data), shapes.before)


def apply(built: bpy.types.Object, shapes: Shapes, skin: head_parts.Part) -> None:
    """Move the vertices; the mesh then knows the skin's as those that were fitted."""
    mesh = built.data
    for name, points in shapes.keys.items():
        shape_keys.move(mesh.shape_keys.key_blocks[name], points)
    mesh.vertices.foreach_set("co", np.ascontiguousarray(shapes.basis, np.float32).ravel())
    sculpting.remember(mesh, skin.surface.vertices)


def _as_fitted(mesh: bpy.types.Mesh, older: reader.StoredResult | None) -> np.ndarray | None:
    """(V, 3): the shape before the artist. A file from before meshes knew it asks for the older result."""
    known = sculpting.fitted(mesh)
    if known is None and older is not None:
        skin, _ = head_parts.split(older)
        known = skin.surface.vertices if len(skin.vertices) == len(mesh.vertices) else None
    return known


def _moves(result: reader.StoredResult | None) -> dict[str, np.ndarray]:
    """Key -> displacements of all of the result's vertices."""
    return {**result.rig.keys, **result.rig.correctives} if result is not None and result.rig is not None else {}


def _names(built: bpy.types.Object) -> dict[str, str]:
    """Name of a key -> its name in a result."""
    if built.data.shape_keys is None:
        return {}
    found = {**shape_keys.blocks(built), **shape_keys.correctives(built)}
    return {block.name: name for name, block in found.items()}
