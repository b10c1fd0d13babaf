"""Lids and lips meet on people that the keys were not made for."""

import numpy as np
import pytest
from people import keys_of, model_or_skip, person

from backend.rig.contact import Frame, in_contact, lips_touch, neutral_sealed
from backend.rig.lids import lids, slit
from backend.rig.lips import lips
from backend.rig.lips import slit as lip_slit
from backend.scene.eyeball import ANY_GAZE
from backend.scene.head import EAR, SCALP

MM = 0.001


@pytest.fixture(scope="module", params=["builtin", "ict"])
def model(request):
    return model_or_skip(request.param)


@pytest.fixture(scope="module", params=[2], ids=lambda seed: f"person{seed}")
def corrected(request, model):
    """The model, somebody's neutral, and the corrected keys that lids and sealed lips need."""
    neutral = neutral_sealed(person(model, request.param), model, 1.0).astype(float)
    neutral = Frame.of(neutral, model, 1.0).into(neutral)  # what is a lid is told in the model's own axes
    names = ("eyeBlinkLeft", "eyeBlinkRight", "eyeSquintLeft", "eyeWideRight", "jawOpen", "mouthClose", "mouthPucker")
    keys = {name: key for name, key in keys_of(model).items() if name in names}
    return model, neutral, in_contact(neutral, keys, model, 1.0)


@pytest.fixture(scope="module")
def eyes(corrected):
    model, neutral, _ = corrected
    return {side: lids(model, side, neutral) for side in ("Left", "Right")}


def depth(eye, pose, slack=0.0):
    """(K,) meters that vertices from the ball's center lie in the ball."""
    size = np.linalg.norm(pose, axis=1)
    return (eye.ball.extent(pose / size[:, None], slack=slack) - size)[eye.shown]


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_blink_closes_the_whole_slit(corrected, eyes, side):
    eye, keys = eyes[side], corrected[2]
    _, open_gap = slit(eye, eye.rest)
    _, gap = slit(eye, eye.rest + keys["eyeBlink" + side][eye.place.vertices])
    assert (open_gap * eye.ball.radius).max() > 5 * MM  # the measure sees an open eye
    assert (gap * eye.ball.radius).max() < 0.3 * MM


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_closed_lids_clear_the_ball_wherever_it_looks_and_half_way(corrected, eyes, side):
    eye, keys = eyes[side], corrected[2]
    moved = keys["eyeBlink" + side][eye.place.vertices]
    assert depth(eye, eye.rest + moved, ANY_GAZE).max() < 0.3 * MM
    assert depth(eye, eye.rest + moved / 2).max() < 0.3 * MM


def test_other_lid_keys_do_not_cut_the_ball_deeper_than_the_neutral(corrected, eyes):
    keys = corrected[2]
    for name in [name for name in keys if name.startswith(("eyeSquint", "eyeWide"))]:
        eye = eyes["Left" if name.endswith("Left") else "Right"]
        cut = depth(eye, eye.rest + keys[name][eye.place.vertices])
        assert (cut - np.maximum(depth(eye, eye.rest), 0)).max() < 0.3 * MM


def test_mouth_close_seals_an_open_jaw(corrected):
    model, neutral, keys = corrected
    if "mouthClose" not in keys:
        pytest.skip("this model has no mouthClose yet")
    mouth = lips(model, neutral)
    _, opened = lip_slit(mouth, neutral + keys["jawOpen"])
    columns, gap = lip_slit(mouth, neutral + keys["jawOpen"] + keys["mouthClose"])
    inner = np.abs(columns - columns.mean()) < 0.4 * np.ptp(columns)
    assert len(opened) == 0 or opened.max() > 5 * MM  # the measure sees an open mouth
    assert inner.sum() > 20
    assert gap[inner].max() < 0.3 * MM
    assert gap[inner].min() > -0.5 * MM


def test_neutral_lips_touch_and_do_not_cross(corrected):
    model, neutral, _ = corrected
    columns, gap = lip_slit(lips(model, neutral), neutral)
    inner = np.abs(columns - columns.mean()) < 0.4 * np.ptp(columns)
    assert gap[inner].max() < 0.3 * MM
    assert gap[inner].min() > -0.5 * MM


def test_lips_that_are_apart_on_purpose_stay_apart(model):
    neutral = person(model, 0) + 0.3 * keys_of(model)["jawOpen"]
    moved = np.linalg.norm(neutral_sealed(neutral, model, 1.0) - neutral, axis=1)
    _, gap = lip_slit(lips(model, neutral), neutral)
    assert np.median(gap) > 2 * MM
    assert moved[np.abs(neutral[:, 0]) < 0.008].max() < 0.5 * MM


def test_lips_that_an_expression_left_apart_are_closed(model):
    neutral = person(model, 0) + 0.08 * keys_of(model)["jawOpen"]
    before, after = (lip_slit(lips(model, shape), shape) for shape in (
        neutral, neutral_sealed(neutral, model, 1.0, bared=True).astype(float)))  # fmt: skip
    inner = np.abs(before[0] - before[0].mean()) < 0.4 * np.ptp(before[0])
    assert np.median(before[1][inner]) > 1.5 * MM
    assert after[1][inner].max() < 0.5 * MM


def test_only_what_lies_near_is_corrected(corrected):
    model, _, keys = corrected
    far = np.isin(model.region, (EAR, SCALP))
    for name, key in keys_of(model).items():
        if name in keys and name != "mouthClose":  # which is made weaker or stronger as a whole
            np.testing.assert_allclose(keys[name][far], key[far], atol=1e-5)


def test_a_blink_leaves_the_other_eye_alone(corrected):
    model, neutral, keys = corrected
    other = neutral[:, 0] < -0.01
    before = keys_of(model)["eyeBlinkLeft"]
    np.testing.assert_allclose(keys["eyeBlinkLeft"][other], before[other], atol=1e-5)


def test_frame_and_unit_do_not_matter(model):
    neutral, keys = person(model, 3), keys_of(model)
    keys = {name: keys[name] for name in ("eyeBlinkLeft", "mouthPucker")}
    turn, _ = np.linalg.qr(np.random.default_rng(5).normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    metre = 4.2
    here = in_contact(neutral, keys, model, 1.0)
    there = in_contact(
        neutral @ turn.T * metre + [3, -1, 2], {k: key @ turn.T * metre for k, key in keys.items()}, model, metre
    )
    assert list(there) == list(keys)
    for name, key in here.items():
        np.testing.assert_allclose(there[name] @ turn / metre, key, atol=2e-5)


def test_whether_lips_touch_is_told(model):
    closed = neutral_sealed(person(model, 0), model, 1.0)
    assert lips_touch(closed, model, 1.0)
    assert not lips_touch(closed + 0.3 * keys_of(model)["jawOpen"], model, 1.0)
