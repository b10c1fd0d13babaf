"""Finding the head that is meant, its rig and its eyes; and the expressions that its photos showed."""

import bpy

from ..link import rig
from . import eyeballs, shape_keys

WORN, PHOTOS = "likeness_worn", "likeness_photos"  # properties of the mesh object
NAME, VALUES = "name", "values"  # of one photo


def head_of(context) -> bpy.types.Object | None:
    """The head whose mesh, rig or eye is active; None where what is active has no expressions."""
    active = context.active_object
    if active is None:
        return None
    armature = active if active.type == "ARMATURE" else active.parent
    family = armature.children if armature is not None else ()
    return next((built for built in (active, *family) if is_head(built)), None)


def is_head(built: bpy.types.Object) -> bool:
    """Whether the object has any of the 52 shape keys, under any spelling."""
    return built.type == "MESH" and bool(shape_keys.blocks(built))


def rig_of(head: bpy.types.Object) -> bpy.types.Object | None:
    """The armature that moves a head."""
    moved = (modifier.object for modifier in head.modifiers if modifier.type == "ARMATURE")
    return next((armature for armature in moved if armature is not None), None)


def eyes_of(head: bpy.types.Object) -> dict[str, bpy.types.Object]:
    """Side -> the eye's object."""
    armature = rig_of(head)
    return eyeballs.of_rig(armature) if armature is not None else {}


def store_expressions(head: bpy.types.Object, made: rig.Rig) -> None:
    """Keep what the photos showed with the object."""
    head[WORN] = dict(made.worn)
    head[PHOTOS] = [{NAME: name, VALUES: dict(values)} for name, values in made.photos.items()]


def worn(head: bpy.types.Object) -> dict[str, float]:
    """The expression that the photos have in common."""
    return head[WORN].to_dict() if WORN in head else {}


def photos(head: bpy.types.Object) -> dict[str, dict[str, float]]:
    """Photo -> its expression."""
    return {photo[NAME]: photo[VALUES].to_dict() for photo in head.get(PHOTOS, ())}
