"""Giving the expression keys the names that another program expects."""

import bpy

from ..settings import choices
from ..translations.language import translated
from . import expressions, head_object, key_names, shape_keys


class LIKENESS_OT_rename_keys(expressions.HeadOperator, bpy.types.Operator):
    """Rename the expression keys of the selected head for another program; drivers and Actions follow"""

    bl_idname = "likeness.rename_keys"
    bl_label = "Rename Keys"

    naming: bpy.props.EnumProperty(
        name="Naming", description="How keys are spelled", items=choices(key_names.NAMINGS, tuple(key_names.NAMINGS))
    )

    def execute(self, context):
        head = head_object.head_of(context)
        found = {**shape_keys.blocks(head), **shape_keys.correctives(head)}
        for name, block in found.items():
            wanted = key_names.styled(name, self.naming)
            if block.name != wanted:
                block.name = wanted
        example = key_names.styled("eyeBlinkLeft", self.naming)
        self.report({"INFO"}, translated(f"{len(found)} keys are named as in {example}"))
        return {"FINISHED"}


CLASSES = (LIKENESS_OT_rename_keys,)
