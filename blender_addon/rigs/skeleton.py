"""The armature of a head: bones for neck, head, jaw and eyes, and the vertex groups that they move.

Every bone's X axis points to the head's left: a positive turn about it nods down, opens the jaw, lowers the gaze.
"""

from collections.abc import Iterator

import bpy
import numpy as np

from ..link import rig
from ..results import head_parts

MODIFIER = "Likeness Rig"
TURNS = "ZXY"  # of bones that point up: roll first, then nod, then turn
_LEVELS = 1024  # of weights: vertices of one level join a group in one call
_LEAST = 1 / _LEVELS


def build(name: str, joints: tuple[rig.Joint, ...]) -> bpy.types.Object:
    """The armature object, linked nowhere."""
    data = bpy.data.armatures.new(name)
    data.display_type = "STICK"
    built = bpy.data.objects.new(name, data)
    built.show_in_front = True
    place_bones(built, joints)
    for bone in built.pose.bones:
        bone.rotation_mode = TURNS
    return built


def place_bones(built: bpy.types.Object, joints: tuple[rig.Joint, ...]) -> None:
    """Put the bones at rest to where the joints are, new ones too. Leaves edit mode, as bones are made in their own."""
    by_name = {joint.name: joint for joint in joints}
    left = head_parts.lateral(by_name)
    with _Editing(built) as bones:
        for joint in joints:
            bone = bones.get(joint.name) or bones.new(joint.name)
            bone.head, bone.tail = joint.head.tolist(), joint.tail.tolist()
            bone.parent = bones.get(joint.parent) if joint.parent else None
            bone.align_roll(np.cross(left, joint.tail - joint.head).tolist())


def bind_steps(
    built: bpy.types.Object, armature: bpy.types.Object, made: rig.Rig, vertices: np.ndarray
) -> Iterator[str]:
    """Give a mesh object the rig's weights, and let the armature move it. vertices (N,): their numbers in the rig."""
    for joint, weights in zip(made.joints, made.weights[vertices].T, strict=True):
        yield "Importing the weights"
        if weights.max() >= _LEAST:
            _fill(built.vertex_groups.new(name=joint.name), weights)
    built.parent = armature
    modifier = built.modifiers.new(MODIFIER, "ARMATURE")
    modifier.object = armature


def _fill(group: bpy.types.VertexGroup, weights: np.ndarray) -> None:
    levels = np.round(weights * _LEVELS).astype(int)
    order = np.argsort(levels, kind="stable")
    order = order[levels[order] > 0]
    for same in np.split(order, np.flatnonzero(np.diff(levels[order])) + 1):
        group.add(same.tolist(), levels[same[0]] / _LEVELS, "REPLACE")


class _Editing:
    """Bones can only be made in edit mode, which only an object of the view layer can be in: it is, for that time."""

    def __init__(self, built: bpy.types.Object):
        self._built = built
        self._layer, self._collection = bpy.context.view_layer, bpy.context.scene.collection

    def __enter__(self):
        active = self._layer.objects.active
        if active is not None and active.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        self._active, self._guest = active, self._built.name not in self._layer.objects
        if self._guest:
            self._collection.objects.link(self._built)
        self._layer.objects.active = self._built
        bpy.ops.object.mode_set(mode="EDIT")
        return self._built.data.edit_bones

    def __exit__(self, *_):
        bpy.ops.object.mode_set(mode="OBJECT")
        self._layer.objects.active = self._active
        if self._guest:
            self._collection.objects.unlink(self._built)
