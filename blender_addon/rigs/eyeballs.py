"""Eyes: objects of their own on the eye bones, which the eyeLook keys turn.

The bones are driven, not the objects: exporters write what bones do, and an eye can still be turned by hand.
"""

import math
from dataclasses import replace

import bpy
import numpy as np
from mathutils import Matrix

from ..link import rig
from ..results import head_parts, result_mesh, sculpting
from . import shape_keys
from .drivers import follow_keys

SIDE = "likeness_eye"  # property of an eye: one of head_parts.SIDES
TURNS = "XYZ"  # of an eye bone, which points ahead: first it nods about X, then it turns about Z, which points down
_NOD, _TURN = (0, 1), (2, -1)  # axis and sign in the bone's frame; skeleton.py says how that lies


def build_steps(name: str, eye: head_parts.Eye, rig_object: bpy.types.Object, head: bpy.types.Object):
    """A generator that returns the eye's object, linked nowhere. `head` has the material and the shape keys."""
    mesh = yield from result_mesh.build_steps(name, _in_eye_frame(eye))
    mesh.materials.append(head.active_material)
    built = bpy.data.objects.new(name, mesh)
    built[SIDE] = eye.side
    follow_bone(built, rig_object, eye)
    yield "Linking the eyes"
    follow_gaze(rig_object, head, eye.side)
    return built


def follow_bone(built: bpy.types.Object, rig_object: bpy.types.Object, eye: head_parts.Eye) -> None:
    """Hang the eye on its bone so that without a rotation of its own it looks ahead."""
    bone = rig_object.data.bones["eye" + eye.side]
    end = bone.matrix_local @ Matrix.Translation((0, bone.length, 0))  # children are placed from a bone's tail
    built.parent, built.parent_type, built.parent_bone = rig_object, "BONE", bone.name
    built.matrix_parent_inverse = end.inverted() @ Matrix(eye.frame.tolist())


def update(built: bpy.types.Object, rig_object: bpy.types.Object, eye: head_parts.Eye) -> None:
    """Take over another shape and place of an eye with the same vertices; what was sculpted on it stays."""
    points, mesh = head_parts.to_eye(eye), built.data
    before, current = sculpting.fitted(mesh), sculpting.shape(mesh)
    sculpting.reshape(mesh, points + sculpting.change(current, before) if before is not None else points)
    sculpting.remember(mesh, points)
    mesh.update()
    follow_bone(built, rig_object, eye)


def of_rig(rig_object: bpy.types.Object) -> dict[str, bpy.types.Object]:
    """Side -> the eye's object."""
    return {child[SIDE]: child for child in rig_object.children if SIDE in child and child.type == "MESH"}


def gaze(values: dict[str, float], side: str) -> np.ndarray:
    """(3, 3): how the eyeLook keys' values turn an eye, in the eye frame."""
    nod, turn = (
        sum(math.radians(degrees) * values.get(name + side, 0.0) for name, degrees in shares) for shares in _axes(side)
    )
    return np.array(Matrix.Rotation(turn, 3, "Z") @ Matrix.Rotation(nod, 3, "X"))


def _axes(side: str) -> tuple[list, list]:
    """Of nod and turn: the keys without their side, and the signed degrees at coefficient 1."""
    left = 1 if side == "Left" else -1  # away from the nose
    nod = [("eyeLookDown", rig.GAZE["eyeLookDown"]), ("eyeLookUp", -rig.GAZE["eyeLookUp"])]
    return nod, [("eyeLookOut", left * rig.GAZE["eyeLookOut"]), ("eyeLookIn", -left * rig.GAZE["eyeLookIn"])]


def follow_gaze(rig_object: bpy.types.Object, head: bpy.types.Object, side: str) -> None:
    """Let the eyeLook keys of a head turn an eye bone."""
    keys, blocks = head.data.shape_keys, shape_keys.blocks(head)
    bone = rig_object.pose.bones["eye" + side]
    bone.rotation_mode = TURNS
    for (axis, sign), shares in zip((_NOD, _TURN), _axes(side), strict=True):
        present = [(blocks[name + side], sign * degrees) for name, degrees in shares if name + side in blocks]
        terms = [f"{letter} * {math.radians(degrees):.6f}" for letter, (_, degrees) in zip("ab", present, strict=False)]
        if terms:
            path = bone.path_from_id("rotation_euler")
            follow_keys(rig_object, path, axis, " + ".join(terms), keys, [block for block, _ in present])


def _in_eye_frame(eye: head_parts.Eye) -> head_parts.Part:
    return replace(eye.part, surface=replace(eye.part.surface, vertices=head_parts.to_eye(eye)))
