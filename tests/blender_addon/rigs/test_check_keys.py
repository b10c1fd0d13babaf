"""The checks see the head as it is in Blender: the same as the rig at first, and then the artist's edits."""

import bpy
import numpy as np
import pytest

from backend.asset import key_checks
from backend.asset.reader import read_result
from backend.scene.head import EYEBALL
from blender_addon.rigs import check_keys, head_object, shape_keys
from tests.blender_addon import rigged


def test_the_checked_mesh_is_the_results(head, rigged_folder):
    """Skin first, then the eyes; also with the head moved, posed and smiling."""
    bpy.ops.likeness.set_expression(preset="SURPRISE")
    head.data.shape_keys.key_blocks["eyeLookUpLeft"].value = 1
    rig_object = head_object.rig_of(head)
    rig_object.location.x, rig_object.pose.bones["head"].rotation_euler.x = 1.0, 0.3
    bpy.context.view_layer.update()
    result, parts = read_result(rigged_folder), check_keys.parts_of(head)
    ball = result.rig.region == EYEBALL
    order = np.concatenate([np.flatnonzero(~ball), np.flatnonzero(ball)])
    np.testing.assert_allclose(parts["neutral"], result.surface.vertices[order], atol=1e-6)
    np.testing.assert_array_equal(parts["region"], result.rig.region[order])
    np.testing.assert_array_equal(np.sort(order[parts["faces"]], 0), np.sort(result.surface.faces, 0))
    assert parts["metre"] == pytest.approx(0.06 / check_keys.EYES_APART, rel=1e-5)
    moves = {**parts["keys"], **parts["correctives"]}
    assert list(moves) == [*result.rig.keys, rigged.PAIR]
    skin = (~ball).sum()
    for name, move in moves.items():
        wanted = {**result.rig.keys, **result.rig.correctives}[name][~ball]
        np.testing.assert_allclose(move[:skin], wanted, atol=1e-6)
        if not name.startswith("eyeLook"):
            assert np.abs(move[skin:]).max() < 1e-9
    eye = parts["neutral"][skin : skin + ball.sum() // 2] - rigged.EYES["Left"]
    wanted = eye @ rigged.gaze_of("eyeLookUpLeft").T - eye
    np.testing.assert_allclose(moves["eyeLookUpLeft"][skin:][: len(eye)], wanted, atol=1e-6)
    assert np.abs(moves["eyeLookUpLeft"][skin + len(eye) :]).max() < 1e-9


def test_an_edit_is_found(head, monkeypatch):
    """What the checks are is tested elsewhere: here only that they get the edited mesh, and are shown."""
    seen = {}

    def check(**parts):
        seen.update(parts)
        return [key_checks.KeyFinding("does something", ("jawOpen",), 0.1, 0.3, "mm", False)]

    monkeypatch.setattr(key_checks, "check_keys", check)
    block = head.data.shape_keys.key_blocks["jawOpen"]
    shape_keys.move(block, shape_keys.positions(head.data.shape_keys.key_blocks["Basis"]) + [0, 0, 0.01])
    assert bpy.ops.likeness.check_keys() == {"FINISHED"}
    skin = len(head.data.vertices)
    np.testing.assert_allclose(seen["keys"]["jawOpen"][:skin], np.tile([0, 0, 0.01], (skin, 1)), atol=1e-6)
    rows = [row.to_dict() for row in head[check_keys.CHECKS]]
    assert rows == [{"text": "does something? No: jawOpen has 0.1 mm, wanted at least 0.3 mm", "ok": False}]


def test_what_is_shown():
    def row(check, key, value, limit, unit="mm"):
        return {"check": check, "keys": [key], "value": value, "limit": limit, "unit": unit, "ok": False}

    assert check_keys.shown({"figures": 7, "failed": []}) == [{"text": "All 7 checks hold", "ok": True}]
    failed = [row("lids close", f"key{number}", 0.4 + 0.1 * number, 0.3) for number in range(20)]
    failed += [row("does something", "jawOpen", 0.1, 0.3), row("does something", "tongueOut", 0.0, 0.3)]
    assert [told["text"] for told in check_keys.shown({"figures": 70, "failed": failed})] == [
        "lids close? No: key19 has 2.3 mm, wanted at most 0.3 mm; 19 more keys",
        "does something? No: tongueOut has 0 mm, wanted at least 0.3 mm; 1 more key",
    ]


def test_a_head_without_eyes_is_refused_in_words(head):
    bpy.data.objects.remove(bpy.data.objects["Head eye left"])
    with pytest.raises(RuntimeError, match="lost its eyes"):
        bpy.ops.likeness.check_keys()
