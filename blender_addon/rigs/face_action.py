"""A recorded performance as an Action: curves of the shape keys, and of the head's and the neck's bones."""

import math

import bpy
import numpy as np

from ..link import UserError
from . import head_object, shape_keys, skeleton
from .face_capture import FaceCapture

NECK_SHARE = 0.4  # of the head's turn, which the neck takes
_LINEAR = 1  # of the enum of a keyframe's interpolation


def apply(head: bpy.types.Object, capture: FaceCapture, scene, start: float) -> bpy.types.Action:
    """Make an Action of the recording, let the head play it from frame `start` on, and lengthen the scene to its end.

    An Action that the head has played before stays in the file.
    """
    blocks = shape_keys.blocks(head)
    present = {name: values for name, values in capture.keys.items() if name in blocks}
    if not present:
        raise UserError(f"{head.name} has none of the recorded shape keys. Import its result again.")
    frames = start + capture.times * scene.render.fps / scene.render.fps_base
    action = bpy.data.actions.new(capture.name)
    curves = _curves(action, head.data.shape_keys)
    for name, values in present.items():
        _fill(curves.new(blocks[name].path_from_id("value")), frames, values)
    armature = head_object.rig_of(head)
    if capture.turns is not None and armature is not None:
        _turn_bones(action, armature, frames, capture.turns)
    scene.frame_end = max(scene.frame_end, math.ceil(frames[-1]))
    return action


def _turn_bones(action: bpy.types.Action, armature: bpy.types.Object, frames: np.ndarray, turns: np.ndarray) -> None:
    """turns (N, 3): pitch about the bone's X axis, yaw about its Y, roll about its Z."""
    if not hasattr(action, "slots"):  # before Blender 4.4 an Action is for one kind of datablock
        action = bpy.data.actions.new(f"{action.name} head")
    curves = _curves(action, armature)
    for name, share in (("neck", NECK_SHARE), ("head", 1 - NECK_SHARE)):
        bone = armature.pose.bones.get(name)
        if bone is not None:
            bone.rotation_mode = skeleton.TURNS
            for axis in range(3):
                _fill(curves.new(bone.path_from_id("rotation_euler"), index=axis), frames, share * turns[:, axis])


def _curves(action: bpy.types.Action, owner: bpy.types.ID):
    """The curves of the action for one datablock, which plays it from now on."""
    animation = owner.animation_data_create()
    if animation.action is not None:
        animation.action.use_fake_user = True
    if not hasattr(action, "slots"):
        animation.action = action
        return action.fcurves
    slot = action.slots.new(id_type=owner.id_type, name=owner.name)
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    animation.action, animation.action_slot = action, slot
    return strip.channelbag(slot, ensure=True).fcurves


def _fill(curve: bpy.types.FCurve, frames: np.ndarray, values: np.ndarray) -> None:
    told = np.isfinite(values)
    points = curve.keyframe_points
    points.add(int(told.sum()))
    points.foreach_set("co", np.stack([frames[told], values[told]], 1).astype(np.float32).ravel())
    points.foreach_set("interpolation", np.full(len(points), _LINEAR, np.int32))
    curve.update()
