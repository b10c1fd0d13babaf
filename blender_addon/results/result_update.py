"""A newer result of a head that is in the scene already.

Its shape, its keys and its textures are replaced; values, Actions, drivers, weights, modifiers, materials, keys of the
artist's own and what was sculpted (sculpting.py) survive.
"""

from collections.abc import Iterator

import bpy
import numpy as np

from ..link import UserError, reader
from ..rigs import eyeballs, head_object, skeleton
from . import artist_state, confidence, head_parts, new_shapes, result_import, result_material, result_mesh, sculpting
from .result_objects import CLEAN, FIGURES, RESULT, folder_of
from .skin_material import labeled_image


def update_result(built: bpy.types.Object, result: reader.StoredResult, textures: dict[str, bytes]) -> None:
    """Take a result over into the object of an older one; UserError, and nothing is changed, where it does not fit."""
    with artist_state.ObjectMode(artist_state.WITH_WHOLE_UNDO):
        for _ in update_steps(built, result, textures, older_result(built, result)):
            pass


def older_result(built: bpy.types.Object, result: reader.StoredResult) -> reader.StoredResult | None:
    """The result that the object, in object mode, has come from; None where it can no longer be read."""
    older = folder_of(built) if RESULT in built else None
    if older == result.folder:
        return result if _is_of(built, result) else None  # None: the newer one was written in its place
    if older is None:
        return None
    try:
        stored = reader.read_result(older)
    except UserError:
        return None
    return stored.in_clean_quads() if built.get(CLEAN) else stored


def _is_of(built: bpy.types.Object, result: reader.StoredResult) -> bool:
    """Whether the object has this very result already."""
    known, skin = sculpting.fitted(built.data), head_parts.split(result)[0]
    return known is not None and np.array_equal(known, skin.surface.vertices)


def update_steps(
    built: bpy.types.Object,
    result: reader.StoredResult,
    textures: dict[str, bytes],
    older: reader.StoredResult | None = None,
) -> Iterator[str]:
    """The same as a generator that yields what it is about to do; what changes the scene is its last step.

    older: where the object has come from; without it, what was sculpted on single shape keys is lost.
    """
    yield "Updating the mesh"
    skin, eyes = head_parts.split(result)
    cameras = yield from result_import.camera_steps(result)
    shapes = None
    if built.mode == "OBJECT":  # else what is there is known only when that mode has been left
        check_fit(built, result, skin)
        shapes = yield from new_shapes.plan_steps(built, result, skin, older)
    yield "Updating the mesh"
    with artist_state.ObjectMode(artist_state.WITH_WHOLE_UNDO):
        if shapes is None or not new_shapes.still_fits(built, shapes):
            check_fit(built, result, skin)
            shapes = new_shapes.plan(built, result, skin, older)
        new_shapes.apply(built, shapes, skin)
        _update_rig(built, result, skin, eyes)
        _update_textures(built, textures)
        built[RESULT] = str(result.folder)
        built[FIGURES] = result_import.figures(result, textures)
        built.data.update()
        result_import.place_cameras(bpy.context.scene, cameras)


def check_fit(built: bpy.types.Object, result: reader.StoredResult, skin: head_parts.Part) -> None:
    """UserError where the object's vertices are not those of the result, or it has no keys to update."""
    count, wanted = len(built.data.vertices), len(skin.vertices)
    if count != wanted:
        raise UserError(f"{built.name} has {count:,} vertices, the result {wanted:,}.")
    if not np.array_equal(_corners(built.data), result_mesh.corners_of(skin, skin.surface.faces)):
        raise UserError(f"The faces of {built.name} are not those of the result.")
    if (result.rig is not None) != head_object.is_head(built):
        raise UserError(f"Only one of {built.name} and the result has expressions.")


def _update_rig(
    built: bpy.types.Object, result: reader.StoredResult, skin: head_parts.Part, eyes: tuple[head_parts.Eye, ...]
) -> None:
    """Bones and eyes get to where they are now; then the texture coordinates of all."""
    armature = head_object.rig_of(built) if result.rig is not None else None
    found = eyeballs.of_rig(armature) if armature is not None else {}
    if armature is not None:
        skeleton.place_bones(armature, result.rig.joints)
        for eye in eyes:
            if eye.side in found and len(found[eye.side].data.vertices) == len(eye.part.vertices):
                eyeballs.update(found[eye.side], armature, eye)
    _update_uvs(built, [(built, skin), *((found[eye.side], eye.part) for eye in eyes if eye.side in found)], result)
    if result.rig is not None:
        head_object.store_expressions(built, result.rig)


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


def _update_textures(built: bpy.types.Object, textures: dict[str, bytes]) -> None:
    material = built.active_material
    if material is None or result_material.switch_of(material) is None:
        return
    for texture, png in textures.items():
        image = labeled_image(material, texture)
        if image is not None:
            result_material.repack(image, png)
    if confidence.is_shown(material):
        confidence.show(material, False)
        confidence.show(material, True)


def _corners(mesh: bpy.types.Mesh) -> np.ndarray:
    numbers = np.empty(len(mesh.loops), np.int32)
    mesh.attributes[".corner_vert"].data.foreach_get("value", numbers)  # faster than through the loops
    return numbers
