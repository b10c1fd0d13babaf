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
from tests.blender_addon.panels import Layout, draw_all

TURN = protocol.RenderRequest("/r", "/r/turn.mp4")


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


def test_panels_stand_in_the_order_of_the_work_and_what_is_seldom_needed_is_folded_up(addon):
    panels = [cls for cls in registration.CLASSES if issubclass(cls, bpy.types.Panel)]
    outer = [cls.bl_label for cls in panels if not hasattr(cls, "bl_parent_id")]
    assert outer == ["Photos & Views", "Fit", "Generate", "Job", "Result", "Expressions", "Animation", "Export"]
    unfolded = {cls.bl_label for cls in panels if "DEFAULT_CLOSED" not in getattr(cls, "bl_options", ())}
    assert unfolded == {"Photos & Views", "Fit", "Generate", "Job", "Result"}
    for cls in panels:
        assert not hasattr(cls, "bl_parent_id") or hasattr(bpy.types, cls.bl_parent_id)


def test_everything_has_a_tooltip(addon):
    for cls in registration.CLASSES:
        rna = cls.bl_rna
        if issubclass(cls, bpy.types.Operator):
            rna = getattr(bpy.ops.likeness, cls.bl_idname.partition(".")[2]).get_rna_type()
            assert rna.description and "\n" not in rna.description, cls
        for told in own_properties(cls, rna):
            assert told.name != told.identifier and told.description, (cls, told.identifier)
            assert all(item.description for item in getattr(told, "enum_items", ())), (cls, told.identifier)


def own_properties(cls, rna) -> list:
    """The properties that the class, or one that it inherits from, has declared."""
    declared = {name for base in cls.__mro__ for name in inspect.get_annotations(base)}
    return [told for told in rna.properties if told.identifier in declared]


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


def test_the_active_photo_is_shown_with_what_is_wrong_with_it(addon, tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    bpy.ops.likeness.add_photos(directory=str(tmp_path))
    settings = bpy.context.scene.likeness
    assert {"No Camera", "path", "mask", "expression", "weight", "likeness.look_through"} <= set(draw_all())
    settings.photos[0].state, settings.photos[0].message = "GONE", "There is no file."
    assert {"Missing", "There is no file."} <= set(draw_all())
    shown = []
    bpy.types.LIKENESS_MT_photos.draw(SimpleNamespace(layout=Layout(shown)), bpy.context)
    assert {"likeness.select_views", "likeness.select_photos", "likeness.clear_photos"} <= set(shown)
    assert {"likeness.import_cameras", "likeness.build_cameras", "likeness.export_cameras"} <= set(draw_all())


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
        ({"paused": True, "stage": "Baking"}, "Paused: Baking"),
        ({"paused": True, "stage": "Baking"}, "likeness.resume_job"),
        ({"finishing": True, "stage": "Baking"}, "Ending early: Baking"),
        ({"warnings": ["Photo 7 has no mask."]}, "Photo 7 has no mask."),
        ({"final": protocol.Failed("No face was found.", True)}, "No face was found."),
        ({"final": protocol.Cancelled()}, "Cancelled"),
        ({"final": protocol.Result("/r/turn.mp4"), "request": TURN}, "The turntable is in /r/turn.mp4"),
    ],
)
def test_panels_show_the_state_of_the_job(addon, monkeypatch, state, text):
    begun = {"fraction": 0.0, "eta_seconds": None, "stage": "", "warnings": [], "final": None, "request": None}
    told = {**begun, "folder": "/j", "paused": False, "finishing": False, **state}
    monkeypatch.setattr(job, "_current", SimpleNamespace(**told, close=lambda: None))
    shown = draw_all()
    assert text in shown
    assert ("likeness.cancel" in shown) == ("final" not in state)


def test_a_long_message_is_broken_into_lines(addon, monkeypatch):
    text = "The photos show two different people. " * 5
    final = protocol.Failed(text, True)
    ended = SimpleNamespace(final=final, warnings=[], request=None, folder="/j", close=lambda: None)
    monkeypatch.setattr(job, "_current", ended)
    lines = [line for line in draw_all() if line and line in text]
    assert " ".join(lines).strip() == text.strip() and max(map(len, lines)) < 60
