"""The panel of expressions: presets, sliders, animation. It only reads."""

import re

import bpy

from ..link import rig
from ..panel import LikenessPanel, draw_text
from . import check_keys, expression_presets, head_object, shape_keys

# Label, and the beginnings of Apple's names.
GROUPS = {
    "Eyes": ("eye",),
    "Brows": ("brow",),
    "Jaw & Tongue": ("jaw", "tongue"),
    "Mouth": ("mouth",),
    "Cheeks & Nose": ("cheek", "nose"),
}
_WIDE, _NARROW = 4, 5  # columns of preset buttons, by the length of their names
_LABEL = 0.36  # of a row of sliders
_DIRECTIONS = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")  # sides of the face they are not


class LIKENESS_MT_photo_expressions(bpy.types.Menu):
    """The expressions that were seen in the photos"""

    bl_label = "Expression of Photo"

    def draw(self, context):
        for name in head_object.photos(head_object.head_of(context)):
            self.layout.operator("likeness.set_photo_expression", text=name, translate=False).photo = name


class LIKENESS_MT_rename_keys(bpy.types.Menu):
    """Names of the keys"""

    bl_label = "Rename Keys"

    def draw(self, context):
        self.layout.operator_enum("likeness.rename_keys", "naming")


class LIKENESS_PT_expressions(LikenessPanel, bpy.types.Panel):
    """What the selected head's face does"""

    bl_label = "Expressions"
    bl_options = {"DEFAULT_CLOSED"}
    chapter = "A head that moves"

    def draw(self, context):
        layout, head = self.layout, head_object.head_of(context)
        if head is None:
            layout.label(text="Select a head with expressions", icon="INFO")
            return
        row = layout.row(align=True)
        row.operator("likeness.set_expression", text="Reset", icon="LOOP_BACK").preset = expression_presets.NEUTRAL
        row.operator("likeness.mirror_expression", icon="MOD_MIRROR")
        row.operator("likeness.key_expression", text="", icon="KEY_HLT")
        draw_presets(layout, "Presets", expression_presets.EMOTIONS, _WIDE)
        draw_presets(layout, "Visemes", expression_presets.VISEMES, _NARROW)
        draw_photographed(layout, head)
        blocks = shape_keys.blocks(head)
        for label, beginnings in GROUPS.items():
            header, body = layout.panel(f"LIKENESS_PT_{beginnings[0]}", default_closed=True)
            header.label(text=label)
            if body is not None:
                own = {name: block for name, block in blocks.items() if name.startswith(beginnings)}
                draw_sliders(body.column(align=True), label, own)


class LIKENESS_PT_animation(LikenessPanel, bpy.types.Panel):
    """Bringing the selected head to life, and checking its keys"""

    bl_label = "Animation"
    bl_options = {"DEFAULT_CLOSED"}
    chapter = "A head that moves"

    def draw(self, context):
        layout, head = self.layout, head_object.head_of(context)
        column = layout.column(align=True)
        column.operator("likeness.import_face_capture", icon="ANIM_DATA")
        column.operator("likeness.capture_performance", icon="FILE_MOVIE")
        layout.menu("LIKENESS_MT_rename_keys", icon="SORTALPHA")
        layout.operator("likeness.check_keys", icon="CHECKMARK")
        if head is not None:
            draw_checks(layout, context, head)


def draw_presets(layout, title: str, presets: dict, columns: int) -> None:
    """A button for each."""
    layout.label(text=title)
    grid = layout.grid_flow(row_major=True, columns=columns, even_columns=True, align=True)
    for name, (label, *_) in presets.items():
        grid.operator("likeness.set_expression", text=label).preset = name


def draw_photographed(layout, head: bpy.types.Object) -> None:
    """What the photos showed, where anything is known of it."""
    row = layout.row(align=True)
    if head.get(head_object.WORN):
        button = row.operator("likeness.set_expression", text="As Photographed")
        button.preset = expression_presets.PHOTOGRAPHED
    if head.get(head_object.PHOTOS):
        row.menu("LIKENESS_MT_photo_expressions", text="Of a Photo")


def draw_sliders(column, group: str, blocks: dict[str, bpy.types.ShapeKey]) -> None:
    """A row for each key; the right key and the left key share one, as one sees them face to face."""
    paired = [name for name in blocks if name not in _DIRECTIONS and rig.mirrored(name) in blocks.keys() - {name}]
    if paired:
        row = _labeled(column, "")
        row.label(text="Right")
        row.label(text="Left")
    for name, block in blocks.items():
        if name in paired and name.endswith("Right"):
            continue
        row = _labeled(column, title_of(name.removesuffix("Left") if name in paired else name, group))
        if name in paired:
            row.prop(blocks[rig.mirrored(name)], "value", text="", slider=True)
        row.prop(block, "value", text="", slider=True)


def _labeled(column, text: str):
    split = column.split(factor=_LABEL, align=True)
    split.label(text=text)
    return split.row(align=True)


def title_of(name: str, group: str) -> str:
    """jawOpen -> Jaw Open; without the first word where that is the group's."""
    words = re.findall("[A-Z]?[a-z]+", name)
    return " ".join(
        word.capitalize() for word in (words[1:] if group in (words[0].title(), f"{words[0].title()}s") else words)
    )


def draw_checks(layout, context, head: bpy.types.Object) -> None:
    """What the last check of the keys found."""
    for row in head.get(check_keys.CHECKS, ()):
        draw_text(layout, context, row["text"], "CHECKMARK" if row["ok"] else "ERROR")


CLASSES = (
    LIKENESS_MT_photo_expressions, LIKENESS_MT_rename_keys, LIKENESS_PT_expressions, LIKENESS_PT_animation,
)  # fmt: skip
