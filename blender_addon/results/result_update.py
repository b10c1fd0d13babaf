"""A newer result of a head that is in the scene already.

Its shape, its keys and its textures are replaced; values, Actions, drivers, weights, modifiers, materials and keys of
the artist's own survive.
"""

from collections.abc import Iterator

import bpy
import numpy as np

from ..link import UserError, reader
from ..rigs import eyeballs, head_object, shape_keys, skeleton
from . import head_parts, result_import, result_material, result_mesh
from .skin_material import labeled_image


def update_result(built: bpy.types.Object, result: reader.StoredResult, textures: dict[str, bytes]) -> None:
    """Take a result over into the object of an older one; UserError, and nothing is changed, where it does not fit."""
    for _ in update_steps(built, result, textures):
        pass


def update_steps(built: bpy.types.Object, result: reader.StoredResult, textures: dict[str, bytes]) -> Iterator[str]:
    """The same as a generator that yields what it is about to do."""
    skin, eyes = head_parts.split(result)
    armature = head_object.rig_of(built) if result.rig is not None else None
    found = eyeballs.of_rig(armature) if armature is not None else {}
    check_fit(built, result, skin)
    yield "Updating the mesh"
    yield from _update_keys(built, result, skin)
    built.data.vertices.foreach_set("co", np.ascontiguousarray(skin.surface.vertices, np.float32).ravel())
    if armature is not None:
        yield "Updating the armature"
        skeleton.place_bones(armature, result.rig.joints)
        for eye in eyes:
            if eye.side in found and len(found[eye.side].data.vertices) == len(eye.part.vertices):
                eyeballs.update(found[eye.side], armature, eye)
    yield "Updating the textures"
    _update_uvs(built, [(built, skin), *((found[eye.side], eye.part) for eye in eyes if eye.side in found)], result)
    yield from _update_textures(built, textures)
    built["likeness_result"], built["likeness_figures"] = str(result.folder), result_import.figures(result)
    if result.rig is not None:
        head_object.store_expressions(built, result.rig)
    built.data.update()
    cameras = yield from result_import.camera_steps(result)
    result_import.place_cameras(bpy.context.scene, cameras)


def check_fit(built: bpy.types.Object, result: reader.StoredResult, skin: head_parts.Part) -> None:
    """UserError where the object's vertices are not those of the result, or it has no keys to update."""
    count, wanted = len(built.data.vertices), len(skin.vertices)
    if built.mode != "OBJECT":
        raise UserError(f"{built.name} is being edited. Leave edit mode first.")
    if count != wanted:
        raise UserError(f"{built.name} has {count:,} vertices, the result {wanted:,}.")
    if not np.array_equal(_corners(built.data), result_mesh.corners_of(skin, skin.surface.faces)):
        raise UserError(f"The faces of {built.name} are not those of the result.")
    if (result.rig is not None) != head_object.is_head(built):
        raise UserError(f"Only one of {built.name} and the result has expressions.")


def _update_keys(built: bpy.types.Object, result: reader.StoredResult, skin: head_parts.Part) -> Iterator[str]:
    """The result's keys get its displacements; others keep theirs, from the new Basis."""
    if result.rig is None:
        return
    keys = built.data.shape_keys
    moves = {**result.rig.keys, **result.rig.correctives}
    names = {block: name for name, block in {**shape_keys.blocks(built), **shape_keys.correctives(built)}.items()}
    old, new = shape_keys.positions(keys.reference_key), skin.surface.vertices
    for block in keys.key_blocks:
        yield "Updating the shape keys"
        name = names.get(block)
        if name in moves:
            shape_keys.move(block, new + moves[name][skin.vertices])
        else:  # Basis too
            shape_keys.move(block, new + (shape_keys.positions(block) - old))


def _update_uvs(built: bpy.types.Object, parts: list, result: reader.StoredResult) -> None:
    """Where the result has other texture coordinates than before; else the artist's changes to them stay."""
    if built.get(result_mesh.UV_MARK) == result_mesh.uv_mark(result.atlas):
        return
    for owner, part in parts:
        layer = owner.data.uv_layers.get(result_mesh.UV_MAP)
        uvs = result_mesh.corner_uvs(part)
        if layer is not None and len(layer.uv) == len(uvs):
            layer.uv.foreach_set("vector", uvs.ravel())
    built[result_mesh.UV_MARK] = result_mesh.uv_mark(result.atlas)


def _update_textures(built: bpy.types.Object, textures: dict[str, bytes]) -> Iterator[str]:
    material = built.active_material
    if material is None or result_material.switch_of(material) is None:
        return
    for texture, png in textures.items():
        yield f"Updating the {texture} texture"
        image = labeled_image(material, texture)
        if image is not None:
            result_material.repack(image, png)


def _corners(mesh: bpy.types.Mesh) -> np.ndarray:
    numbers = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", numbers)
    return numbers
