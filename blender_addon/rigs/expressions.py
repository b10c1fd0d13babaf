"""Giving a head an expression: a preset, a photo's, the mirror image; and keyframes of it."""

import bpy

from ..link import rig
from ..settings import choices
from ..translations.language import translated
from . import expression_presets, head_object, shape_keys


class HeadOperator:
    """Needs a head with expressions."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        return head_object.head_of(context) is not None or cls.poll_message_set("Select a head with expressions")


class LIKENESS_OT_set_expression(HeadOperator, bpy.types.Operator):
    """Set all expression keys of the selected head to a preset"""

    bl_idname = "likeness.set_expression"
    bl_label = "Set Expression"

    preset: bpy.props.EnumProperty(
        name="Expression",
        description="Which expression",
        items=choices(expression_presets.CHOICES, tuple(expression_presets.CHOICES)),
    )
    strength: bpy.props.FloatProperty(
        name="Strength", description="How much of it", default=1.0, min=0.0, max=1.0, subtype="FACTOR"
    )
    add: bpy.props.BoolProperty(
        name="Add", description="Leave the keys that the preset does not move as they are", options={"SKIP_SAVE"}
    )

    def execute(self, context):
        head = head_object.head_of(context)
        values = wanted(head, self.preset)
        write(context, head, {name: self.strength * value for name, value in values.items()}, keep=self.add)
        return {"FINISHED"}


class LIKENESS_OT_set_photo_expression(HeadOperator, bpy.types.Operator):
    """Set all expression keys of the selected head to those seen in one of its photos"""

    bl_idname = "likeness.set_photo_expression"
    bl_label = "Expression of Photo"

    photo: bpy.props.StringProperty(name="Photo", description="Name of the photo in its result")

    def execute(self, context):
        head = head_object.head_of(context)
        photos = head_object.photos(head)
        if self.photo not in photos:
            known = f"Known are: {', '.join(photos)}." if photos else "Its result tells of no photo's expression."
            self.report({"ERROR"}, translated(f"{head.name} knows no expression of a photo {self.photo!r}. {known}"))
            return {"CANCELLED"}
        write(context, head, photos[self.photo])
        return {"FINISHED"}


class LIKENESS_OT_mirror_expression(HeadOperator, bpy.types.Operator):
    """Swap the values of the left and the right keys of the selected head"""

    bl_idname = "likeness.mirror_expression"
    bl_label = "Mirror"

    def execute(self, context):
        head = head_object.head_of(context)
        write(context, head, {rig.mirrored(name): value for name, value in read(head).items()})
        return {"FINISHED"}


class LIKENESS_OT_key_expression(HeadOperator, bpy.types.Operator):
    """Insert keyframes of all expression keys of the selected head at this frame"""

    bl_idname = "likeness.key_expression"
    bl_label = "Insert Keyframes"

    def execute(self, context):
        insert_keyframes(head_object.head_of(context), context.scene.frame_current)
        return {"FINISHED"}


def wanted(head: bpy.types.Object, preset: str) -> dict[str, float]:
    """The values of a preset on this head; keys that are not in it are at 0."""
    if preset == expression_presets.PHOTOGRAPHED:
        return head_object.worn(head)
    return {} if preset == expression_presets.NEUTRAL else expression_presets.PRESETS[preset][2]


def read(head: bpy.types.Object) -> dict[str, float]:
    """Apple's name -> the value of the key now."""
    return {name: block.value for name, block in shape_keys.blocks(head).items()}


def write(context, head: bpy.types.Object, values: dict[str, float], keep: bool = False) -> None:
    """Set the keys; those that `values` does not name to 0, or not with `keep`. Keyframes where Auto Keying is on."""
    for name, block in shape_keys.blocks(head).items():
        if name in values or not keep:
            block.value = values.get(name, 0.0)
    if context.scene.tool_settings.use_keyframe_insert_auto:
        insert_keyframes(head, context.scene.frame_current)


def insert_keyframes(head: bpy.types.Object, frame: int) -> None:
    """Keyframes of all keys in the Action of the head's shape keys."""
    for block in shape_keys.blocks(head).values():
        block.keyframe_insert("value", frame=frame)


CLASSES = (
    LIKENESS_OT_set_expression,
    LIKENESS_OT_set_photo_expression,
    LIKENESS_OT_mirror_expression,
    LIKENESS_OT_key_expression,
)
