"""The shape keys of a head: Basis, the 52, and correctives that follow the product of two."""

from collections.abc import Iterator

import bpy
import numpy as np

from ..link import rig
from . import key_names
from .drivers import follow_keys

BASIS = "Basis"


def build_steps(built: bpy.types.Object, made: rig.Rig, basis: np.ndarray, vertices: np.ndarray) -> Iterator[str]:
    """Give a mesh object the keys of a rig. basis (N, 3): its vertices; vertices (N,): their numbers in the rig."""
    yield "Importing the shape keys"
    _add(built, BASIS, basis)
    for name, move in {**made.keys, **made.correctives}.items():
        yield "Importing the shape keys"
        _add(built, name, basis + move[vertices])
    keys = built.data.shape_keys
    keys.name = built.name
    for name in made.correctives:
        yield "Linking the corrective keys"
        first, second = (keys.key_blocks[part] for part in name.split(key_names.PLUS))
        follow_keys(keys, keys.key_blocks[name].path_from_id("value"), -1, "a * b", keys, [first, second])
    built.active_shape_key_index = 0


def blocks(built: bpy.types.Object) -> dict[str, bpy.types.ShapeKey]:
    """Apple's name -> the key, in Apple's order, of those that the object has under any spelling."""
    keys = built.data.shape_keys if built.type == "MESH" else None
    found = {key_names.canonical(block.name): block for block in (keys.key_blocks if keys else ())}
    return {name: found[name] for name in rig.ARKIT if name in found}


def correctives(built: bpy.types.Object) -> dict[str, bpy.types.ShapeKey]:
    """Apple's names "jawOpen+mouthClose" -> the corrective key."""
    pairs = {block: key_names.canonical_pair(block.name) for block in built.data.shape_keys.key_blocks}
    return {key_names.PLUS.join(pair): block for block, pair in pairs.items() if pair}


def positions(block: bpy.types.ShapeKey) -> np.ndarray:
    """(N, 3) float32, object frame."""
    values = np.empty(len(block.points) * 3, np.float32)  # faster than `data`
    block.points.foreach_get("co", values)
    return values.reshape(-1, 3)


def move(block: bpy.types.ShapeKey, points: np.ndarray) -> None:
    """Put a key's vertices to points (N, 3)."""
    block.points.foreach_set("co", np.ascontiguousarray(points, np.float32).ravel())


def _add(built: bpy.types.Object, name: str, points: np.ndarray) -> None:
    block = built.shape_key_add(name=name, from_mix=False)
    block.slider_min, block.slider_max, block.value = 0.0, 1.0, 0.0  # from Blender 5 on a new key begins at 1
    move(block, points)
