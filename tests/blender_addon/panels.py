"""Drawing panels without a window: what stands for Blender's layout, and what all panels show."""

from collections.abc import Callable
from types import SimpleNamespace

import bpy

from blender_addon import registration

ICONS = bpy.types.UILayout.bl_rna.functions["prop"].parameters["icon"].enum_items


class Layout:
    """Stands for a UILayout: notes texts and operators, and refuses what Blender would refuse.

    translate: what turns texts into the interface's language, as Blender does itself.
    """

    def __init__(self, shown: list, translate: Callable[[str], str] = str):
        self.shown, self.translate = shown, translate

    def _part(self, **options):
        return Layout(self.shown, self.translate)

    row = column = split = grid_flow = box = _part

    def panel(self, name, default_closed=False):
        return self, self

    def menu(self, name, text="", icon="NONE"):
        assert icon in ICONS
        assert hasattr(bpy.types, name)
        self.shown.append(name)

    def separator(self):
        pass

    def operator_enum(self, name, data):
        self.operator(name)

    def prop(self, data, name, **options):
        assert name in data.bl_rna.properties
        self.shown.append(data.name if name == "value" else name)

    def label(self, text="", icon="NONE", translate=True):
        assert icon in ICONS
        self.shown.append(self.translate(text) if translate else text)

    def operator(self, name, text="", icon="NONE", emboss=True, translate=True):
        assert icon in ICONS
        self.shown += [self.translate(text)] if text and translate else []
        assert getattr(bpy.ops.likeness, name.removeprefix("likeness.")).get_rna_type() is not None
        self.shown.append(name)
        return SimpleNamespace()  # on which arguments are set

    def template_icon(self, icon_value, scale):
        assert isinstance(icon_value, int) and scale > 0
        self.shown.append("a picture")

    def progress(self, factor, text, translate=True):
        assert 0 <= factor <= 1
        self.shown.append(self.translate(text) if translate else text)

    def template_list(self, kind, *_, rows):
        assert any(cls.__name__ == kind for cls in registration.CLASSES)


def draw_all(translate: Callable[[str], str] = str) -> list[str]:
    """What all panels show, headers and what is folded up included."""
    context = SimpleNamespace(
        scene=bpy.context.scene, active_object=bpy.context.active_object, region=None,
        preferences=bpy.context.preferences, view_layer=bpy.context.view_layer,
    )  # fmt: skip
    shown = []
    for cls in [cls for panel in registration.PANELS for cls in panel.CLASSES]:
        if issubclass(cls, bpy.types.Panel) and getattr(cls, "poll", lambda context: True)(context):
            panel = SimpleNamespace(layout=Layout(shown, translate), chapter=cls.chapter)
            cls.draw_header_preset(panel, context)
            cls.draw(panel, context)
    return shown
