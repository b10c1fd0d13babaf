"""The extension comes and goes without a trace, and its panels draw."""

import inspect
from types import SimpleNamespace

import bpy
import pytest

from backend import protocol
from backend.scene import ARKIT
from blender_addon import registration
from blender_addon.jobs import job
from blender_addon.rigs import expression_presets
from blender_addon.setup import head_models
from blender_addon.views import photo_panel

TURN = protocol.RenderRequest("/r", "/r/turn.mp4")
ICONS = bpy.types.UILayout.bl_rna.functions["prop"].parameters["icon"].enum_items


class Layout:
    """Stands for a UILayout: notes texts and operators, and refuses what Blender would refuse."""

    def __init__(self, shown: list):
        self.shown = shown

    def _part(self, **options):
        return Layout(self.shown)

    row = column = split = grid_flow = _part

    def panel(self, name, default_closed=False):
        return self, self

    def menu(self, name, text="", icon="NONE"):
        assert icon in ICONS
        assert hasattr(bpy.types, name)
        self.shown.append(name)

    def operator_enum(self, name, data):
        self.operator(name)

    def prop(self, data, name, **options):
        assert name in data.bl_rna.properties
        self.shown.append(data.name if name == "value" else name)

    def label(self, text="", icon="NONE"):
        assert icon in ICONS
        self.shown.append(text)

    def operator(self, name, text="", icon="NONE", emboss=True):
        assert icon in ICONS
        assert getattr(bpy.ops.likeness, name.removeprefix("likeness.")).get_rna_type() is not None
        self.shown.append(name)
        return SimpleNamespace()  # on which arguments are set

    def template_icon(self, icon_value, scale):
        assert isinstance(icon_value, int) and scale > 0
        self.shown.append("a picture")

    def progress(self, factor, text):
        assert 0 <= factor <= 1
        self.shown.append(text)

    def template_list(self, kind, *_, rows):
        assert any(cls.__name__ == kind for cls in registration.CLASSES)


def draw_all() -> list[str]:
    """What all panels show."""
    context = SimpleNamespace(
        scene=bpy.context.scene, active_object=bpy.context.active_object, region=None,
        preferences=bpy.context.preferences,
    )  # fmt: skip
    shown = []
    for cls in [cls for panel in registration.PANELS for cls in panel.CLASSES]:
        if issubclass(cls, bpy.types.Panel):
            cls.draw(SimpleNamespace(layout=Layout(shown)), context)
    return shown


def test_it_comes_and_goes_twice(addon):
    addon.unregister()
    assert not hasattr(bpy.types.Scene, "likeness") and not hasattr(bpy.types, "LIKENESS_PT_generate")
    addon.register()
    assert bpy.context.scene.likeness.preset == "standard"


def test_every_class_has_a_tooltip_and_lies_in_the_tab(addon):
    for cls in registration.CLASSES:
        assert inspect.getdoc(cls), cls
        if issubclass(cls, bpy.types.Panel):
            assert (cls.bl_space_type, cls.bl_region_type, cls.bl_category) == ("VIEW_3D", "UI", "Likeness")


def test_the_choices_are_those_of_the_protocol(addon):
    properties = bpy.context.scene.likeness.bl_rna.properties
    for name in ("subject", "representation", "preset", "texture"):
        assert tuple(properties[name].enum_items.keys()) == protocol.CHOICES[name]
        assert properties[name].default == getattr(protocol.FitRequest, name)


def test_head_model_and_face_are_asked_for_heads_only(addon, monkeypatch):
    settings = bpy.context.scene.likeness
    assert settings.head_model == protocol.FitRequest.head_model and settings.face == -1
    monkeypatch.setattr(head_models, "_has_ict", False)
    shown = draw_all()
    assert {"head_model", "face"} <= set(shown) and "head_model_file" not in shown
    assert head_models.HINT.split(". ")[0] in " ".join(shown)
    monkeypatch.setattr(head_models, "_has_ict", True)
    assert "not installed" not in " ".join(draw_all())
    settings.head_model = "file"
    assert "head_model_file" in draw_all()
    settings.subject = "object"
    assert not {"head_model", "head_model_file", "face"} & set(draw_all())


def test_a_photo_in_the_list_offers_its_weights_where_there_are_any(addon):
    photo = bpy.context.scene.likeness.photos.add()
    shown = []
    for photo.obstruction in ("", "/r/obstruction/a.png"):
        photo_panel.LIKENESS_UL_photos.draw_item(None, None, Layout(shown), None, photo, 0, None, "")
    assert shown.count("use") == 2 and shown.count("likeness.show_obstruction") == 1


def test_panels_draw_before_anything_was_done(addon):
    shown = draw_all()
    assert "likeness.generate" in shown and "likeness.cancel" not in shown


def test_a_head_gets_a_slider_for_every_key(head):
    shown = draw_all()
    assert sorted(entry for entry in shown if entry in ARKIT) == sorted(ARKIT)
    assert {"Blink", "Inner Up", "Jaw Open", "Jaw Left", "Tongue Out", "Smile", "Left", "Nose Sneer"} <= set(shown)
    assert shown.count("likeness.set_expression") == 2 + len(expression_presets.PRESETS)
    for menu in (bpy.types.LIKENESS_MT_photo_expressions, bpy.types.LIKENESS_MT_rename_keys):
        menu.draw(SimpleNamespace(layout=Layout(shown)), bpy.context)
    assert shown.count("likeness.set_photo_expression") == 2


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"fraction": 0.4, "eta_seconds": 125.0, "stage": "Baking"}, "40%, 2:05 left"),
        ({"fraction": 0.4, "stage": "Baking"}, "Baking"),
        ({"warnings": ["Photo 7 has no mask."]}, "Photo 7 has no mask."),
        ({"final": protocol.Failed("No face was found.", True)}, "No face was found."),
        ({"final": protocol.Cancelled()}, "Cancelled"),
        ({"final": protocol.Result("/r/turn.mp4"), "request": TURN}, "The turntable is in /r/turn.mp4"),
    ],
)
def test_panels_show_the_state_of_the_job(addon, monkeypatch, state, text):
    idle = {"fraction": 0.0, "eta_seconds": None, "stage": "", "warnings": [], "final": None}
    monkeypatch.setattr(job, "_current", SimpleNamespace(**{**idle, **state}, close=lambda: None))
    shown = draw_all()
    assert text in shown
    assert ("likeness.cancel" in shown) == ("final" not in state)


def test_a_long_message_is_broken_into_lines(addon, monkeypatch):
    text = "The photos show two different people. " * 5
    ended = SimpleNamespace(final=protocol.Failed(text, True), warnings=[], close=lambda: None)
    monkeypatch.setattr(job, "_current", ended)
    lines = [line for line in draw_all() if line and line in text]
    assert " ".join(lines).strip() == text.strip() and max(map(len, lines)) < 60
