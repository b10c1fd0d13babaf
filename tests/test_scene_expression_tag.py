"""What artists write of an expression, in all the ways they write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.scene.expression_tag import group_of, is_neutral, told_coefficients
from backend.scene.rig import ARKIT

SMILE = {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0}


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("jawOpen", {"jawOpen": 1.0}),
        ("JAWOPEN", {"jawOpen": 1.0}),
        ("EyeBlinkLeft", {"eyeBlinkLeft": 1.0}),
        ("eyeBlink_L", {"eyeBlinkLeft": 1.0}),
        ("mouthSmileLeft+mouthSmileRight", SMILE),
        ("mouthSmile_R + mouthSmile_L", SMILE),
        ("mouthSmile", SMILE),
        ("browInnerUp_L+browInnerUp_R", {"browInnerUp": 1.0}),
        ("jawOpen:0.6", {"jawOpen": 0.6}),
        ("jawOpen: .25 + mouthLeft", {"jawOpen": 0.25, "mouthLeft": 1.0}),
        ("jaw_L", {"jawLeft": 1.0}),
    ],
)
def test_a_tag_tells_coefficients(tag, told):
    assert told_coefficients(tag) == told


@pytest.mark.parametrize(
    "tag", ["neutral", "", "angry", "jawOpen+angry", "jawOpen:wide", "jawOpen:0", "jawOpen:7", "jaw"]
)
def test_other_words_tell_none(tag):
    assert told_coefficients(tag) == {}


@pytest.mark.parametrize(("tag", "neutral"), [("", True), ("Neutral", True), (" rest ", True), ("angry", False)])
def test_a_face_at_rest_is_told_by_name(tag, neutral):
    assert is_neutral(tag) == neutral
    assert (group_of(tag) == "neutral") == neutral


@given(st.lists(st.sampled_from(ARKIT), min_size=1, max_size=4, unique=True), st.randoms())
def test_one_expression_is_one_group_however_it_is_written(names, random):
    other = [name[0].upper() + name[1:] for name in names]
    random.shuffle(other)
    assert group_of("+".join(names)) == group_of(" + ".join(other))
    assert told_coefficients(group_of("+".join(names))) == dict.fromkeys(names, 1.0)


def test_words_that_are_no_keys_name_groups():
    assert group_of("Angry") == group_of("angry ") != group_of("sad")
    assert group_of("jawOpen:0.5") != group_of("jawOpen")
