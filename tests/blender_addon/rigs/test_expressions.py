"""Presets, the photos' expressions, the mirror image and keyframes; as operators, under any spelling of the keys."""

import bpy
import numpy as np
import pytest

from backend.scene import ARKIT
from blender_addon.rigs import expression_presets, expressions, head_object, key_names
from tests.blender_addon import rigged


def shown(head) -> dict[str, float]:
    """The keys that are not at 0."""
    return {name: pytest.approx(value) for name, value in expressions.read(head).items() if value}


@pytest.mark.parametrize("naming", key_names.NAMINGS)
@pytest.mark.parametrize("preset", ["SMILE", "WINK", "FV"])
def test_a_preset_sets_every_key(head, naming, preset):
    bpy.ops.likeness.rename_keys(naming=naming)
    head.data.shape_keys.key_blocks[key_names.styled("cheekPuff", naming)].value = 0.7
    assert bpy.ops.likeness.set_expression(preset=preset) == {"FINISHED"}
    assert shown(head) == expression_presets.PRESETS[preset][2]
    bpy.ops.likeness.set_expression(preset="NEUTRAL")
    assert shown(head) == {}


def test_a_part_of_a_preset_on_top_of_another(head):
    bpy.ops.likeness.set_expression(preset="AA")
    bpy.ops.likeness.set_expression(preset="BLINK", strength=0.5, add=True)
    aa = expression_presets.VISEMES["AA"][2]
    assert shown(head) == {**aa, "eyeBlinkLeft": 0.5, "eyeBlinkRight": 0.5}


@pytest.mark.parametrize("name", expression_presets.PRESETS)
def test_presets_name_keys_of_arkit(name):
    values = expression_presets.PRESETS[name][2]
    assert values and set(values) <= set(ARKIT) and all(0 < value <= 1 for value in values.values())


def test_presets_differ():
    values = [tuple(sorted(values.items())) for *_, values in expression_presets.PRESETS.values()]
    assert len(set(values)) == len(values) >= 20


def test_the_photos_expressions(head):
    bpy.ops.likeness.set_expression(preset="PHOTOGRAPHED")
    assert shown(head) == {"mouthSmileLeft": 0.125}
    bpy.ops.likeness.set_photo_expression(photo="a")
    assert shown(head) == {"jawOpen": 0.4, "mouthSmileLeft": 0.25}
    bpy.ops.likeness.set_photo_expression(photo="b")
    assert shown(head) == {}
    with pytest.raises(RuntimeError, match=r"no expression of a photo 'c'\. Known are: a, b"):
        bpy.ops.likeness.set_photo_expression(photo="c")


def test_the_mirror_image_swaps_sides_and_comes_back(head):
    rng = np.random.default_rng(0)
    values = dict(zip(ARKIT, rng.random(52).round(3), strict=True))
    expressions.write(bpy.context, head, values)
    bpy.ops.likeness.mirror_expression()
    mirrored = expressions.read(head)
    assert mirrored["eyeBlinkLeft"] == pytest.approx(values["eyeBlinkRight"])
    assert mirrored["jawLeft"] == pytest.approx(values["jawRight"])
    assert mirrored["browInnerUp"] == pytest.approx(values["browInnerUp"])
    bpy.ops.likeness.mirror_expression()
    assert expressions.read(head) == {name: pytest.approx(value) for name, value in values.items()}


def test_keyframes_hold_an_expression(head):
    scene = bpy.context.scene
    bpy.ops.likeness.set_expression(preset="SMILE")
    bpy.ops.likeness.key_expression()
    scene.tool_settings.use_keyframe_insert_auto = True
    scene.frame_set(11)
    bpy.ops.likeness.set_expression(preset="NEUTRAL")
    scene.frame_set(1)
    assert shown(head) == expression_presets.EMOTIONS["SMILE"][2]
    scene.frame_set(11)
    assert shown(head) == {}


def test_it_is_one_step_to_undo(head):
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.likeness.set_expression("EXEC_DEFAULT", True, preset="SURPRISE")
    assert shown(head)
    bpy.ops.ed.undo()
    assert shown(bpy.data.objects["Head"]) == {}


def test_without_a_head_the_buttons_are_off_and_say_why(addon):
    for name in ("set_expression", "set_photo_expression", "mirror_expression", "key_expression", "rename_keys"):
        assert not getattr(bpy.ops.likeness, name).poll()
    with pytest.raises(RuntimeError, match="Select a head with expressions"):
        bpy.ops.likeness.mirror_expression()


def test_a_foreign_mesh_with_the_keys_is_a_head_too(addon):
    built = bpy.data.objects.new("face", bpy.data.meshes.new("face"))
    bpy.context.scene.collection.objects.link(built)
    bpy.context.view_layer.objects.active = built
    for name in ("Basis", "JawOpen", "eyeBlink_L", "mine"):
        built.shape_key_add(name=name)
    assert head_object.head_of(bpy.context) == built
    bpy.ops.likeness.set_expression(preset="WINK")
    assert shown(built) == {"eyeBlinkLeft": 1.0}
    bpy.ops.likeness.set_expression(preset="PHOTOGRAPHED")
    assert shown(built) == {} and head_object.photos(built) == {}


def test_renaming_keeps_drivers_actions_and_pairs(head):
    block = head.data.shape_keys.key_blocks["jawOpen"]
    block.value = 0.5
    block.keyframe_insert("value", frame=1)
    head.data.shape_keys.key_blocks["mouthClose"].value = 0.5
    for naming, pair in (("PASCAL", "JawOpen+MouthClose"), ("SIDE", rigged.PAIR), ("APPLE", rigged.PAIR)):
        assert bpy.ops.likeness.rename_keys(naming=naming) == {"FINISHED"}
        bpy.context.scene.frame_set(1)
        blocks = head.data.shape_keys.key_blocks
        assert blocks[pair].value == pytest.approx(0.25)
        eye = head_object.eyes_of(head)["Left"]
        blocks[key_names.styled("eyeLookDownLeft", naming)].value = 1.0
        bpy.context.view_layer.update()
        assert np.degrees(eye.matrix_world.to_euler().x) == pytest.approx(30, abs=1e-3)
        blocks[key_names.styled("eyeLookDownLeft", naming)].value = 0.0
        blocks[key_names.styled("jawOpen", naming)].value = 0.9
        bpy.context.scene.frame_set(2)
        bpy.context.scene.frame_set(1)
        assert blocks[key_names.styled("jawOpen", naming)].value == pytest.approx(0.5)
