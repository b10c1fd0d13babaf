"""The checks pass a face whose keys work and name what is wrong with one whose keys do not."""

import numpy as np
import pytest

from backend.asset.key_checks import CROSSED, GAP, as_rows, check_keys
from backend.head.models import load_head_model
from backend.scene.rig import ARKIT


@pytest.fixture(scope="module")
def face():
    """The builtin mean's arguments for check_keys; what it has no key for yet shakes the nose."""
    model = load_head_model("builtin")
    own = dict(zip(model.expression_names, model.expressions, strict=True))
    keys = {name: own[name].astype(float) for name in ARKIT if name in own}
    return {
        "neutral": model.vertices.astype(float), "faces": model.triangles(model.polygons), "keys": keys,
        "correctives": {}, "region": model.region, "mirror": model.mirror, "metre": 1.0,
    }  # fmt: skip


def failed(face, **other):
    """(check, key) of all that is not right."""
    findings = check_keys(**{**face, **other})
    return {(finding.check, key) for finding in findings if not finding.ok for key in finding.keys}


def named(findings, check, key):
    return next(finding for finding in findings if finding.check == check and key in finding.keys)


def test_a_key_that_is_missing_or_unknown_is_named(face):
    keys = {name: key for name, key in face["keys"].items() if name != "jawOpen"}
    keys["Smile_L"] = face["keys"]["mouthSmileLeft"]
    assert {("missing names", "jawOpen"), ("unknown names", "Smile_L")} <= failed(face, keys=keys)


def test_a_key_that_does_nothing_is_named(face):
    keys = {**face["keys"], "browInnerUp": 1e-4 * face["keys"]["browInnerUp"]}
    assert ("does something", "browInnerUp") in failed(face, keys=keys)
    assert ("does something", "browInnerUp") not in failed(face)


def test_a_left_key_that_moves_the_right_side_is_named(face):
    smile = face["keys"]["mouthSmileLeft"] + face["keys"]["mouthSmileRight"]
    found = failed(face, keys={**face["keys"], "mouthSmileLeft": smile})
    assert {("stays on its side", "mouthSmileLeft"), ("left as right", "mouthSmileLeft")} <= found
    assert not {check for check, key in failed(face) if key == "mouthSmileLeft"}


def test_symmetry_is_judged_without_a_mirror_too(face):
    keys = {**face["keys"], "browDownLeft": 0.4 * face["keys"]["browDownLeft"]}
    assert ("left as right", "browDownLeft") in failed(face, keys=keys, mirror=None)
    assert ("left as right", "browDownLeft") not in failed(face, mirror=None)


def test_half_a_blink_leaves_the_lids_open(face):
    keys = {**face["keys"], "eyeBlinkLeft": 0.5 * face["keys"]["eyeBlinkLeft"]}
    findings = check_keys(**{**face, "keys": keys})
    assert 2.0 < named(findings, "lids close", "eyeBlinkLeft").value < 8.0  # mm
    assert named(findings, "lids close", "eyeBlinkRight").value < 1.0


def test_a_lid_pressed_into_the_ball_is_measured_in_millimeters(face):
    model_keys = face["keys"]
    pressed = model_keys["eyeBlinkLeft"].copy()
    pressed[np.linalg.norm(pressed, axis=1) > 1e-4, 1] += 0.003
    before = named(check_keys(**face), "eyeball stays behind the lids", "eyeBlinkLeft").value
    after = named(
        check_keys(**{**face, "keys": {**model_keys, "eyeBlinkLeft": pressed}}),
        "eyeball stays behind the lids", "eyeBlinkLeft",
    ).value  # fmt: skip
    assert before < 0.6 and 1.0 < after < 3.1


def test_lips_that_gape_or_cross_are_told_apart(face):
    if "mouthClose" not in face["keys"]:
        pytest.skip("the builtin model has no mouthClose yet")
    close = face["keys"]["mouthClose"]
    findings = {
        share: check_keys(**{**face, "keys": {**face["keys"], "mouthClose": share * close}}) for share in (0.8, 1.1)
    }
    gaping, crossed = findings[0.8], findings[1.1]
    assert named(gaping, "lips seal", "mouthClose").value > 10 * GAP
    assert named(crossed, "sealed lips do not cross", "mouthClose").value > 2 * CROSSED
    assert named(crossed, "lips seal", "mouthClose").ok


def test_frame_and_unit_do_not_matter(face):
    turn, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    moved = {name: key @ turn.T * 3.0 for name, key in face["keys"].items()}
    here = check_keys(**face)
    there = check_keys(**{**face, "neutral": face["neutral"] @ turn.T * 3 + [1, 2, 3], "keys": moved, "metre": 3.0})
    for one, other in zip(here, there, strict=True):
        assert (one.check, one.keys) == (other.check, other.keys)
        assert other.value == pytest.approx(one.value, abs=0.15)


def test_rows_hold_the_worst_of_each_check_and_all_failures(face):
    keys = {**face["keys"], "browInnerUp": 0 * face["keys"]["browInnerUp"]}
    findings = check_keys(**{**face, "keys": keys})
    rows = as_rows(findings)
    assert rows["ok"] is False and rows["figures"] == len(findings)
    assert {row["check"] for row in rows["worst"]} == {finding.check for finding in findings}
    assert ["browInnerUp"] in [row["keys"] for row in rows["failed"]]
