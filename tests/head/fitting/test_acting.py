"""A film of a head whose truth is a formula: keys and turns come back, smooth and without delay."""

from dataclasses import replace

import numpy as np
import pytest

from backend.head.fitting.acting import Shown, act, head_turns, neutral_from
from backend.head.fitting.pose import Pose
from backend.head.fitting.rotation import turned
from backend.scene import silent
from backend.scene.rig import ARKIT
from tests.head.fitting.soft_heads import portrait_camera, seen_by, soft_head

MODEL = replace(soft_head(expressions=2), expression_names=("jawOpen", "mouthSmileLeft"))
FPS, FRAMES = 30.0, 60
JAW = ARKIT.index("jawOpen")
FOCAL = 85 / 36  # of the classic portrait lens, which is what is assumed of a film
LEFT, UP = np.array([1.0, 0, 0]), np.array([0, 0, 1.0])
FACING = Pose.of(portrait_camera(0.0, elevation=0.0))


def film(identity=(0.0, 0.0, 0.0, 0.0)) -> tuple[list[Shown], np.ndarray]:
    """Frames, and how far the jaw is open in each: shut in the first half, moving in the second."""
    phase = np.maximum(np.arange(FRAMES) - FRAMES / 2, 0) / FRAMES * 4 * np.pi
    jaw = 0.4 * (1 - np.cos(phase))
    camera = portrait_camera(0.0, focal=FOCAL)
    shapes = [MODEL.shape(np.array(identity), np.array([b, 0.0])) for b in jaw]
    return [Shown(seen_by(camera, MODEL, shape), (240, 240)) for shape in shapes], jaw


def test_a_moving_jaw_is_followed_without_delay():
    frames, jaw = film()
    found = act(MODEL, MODEL.vertices, frames, FPS, silent).coefficients
    assert np.abs(found[:, JAW] - jaw).max() < 0.12
    others = np.delete(found, [JAW, *(k for k, name in enumerate(ARKIT) if name.startswith("eyeLook"))], 1)
    assert others.max() < 0.1
    shifts = range(-4, 5)
    likeness = [np.corrcoef(found[10:-10, JAW], jaw[10 + k : FRAMES - 10 + k])[0, 1] for k in shifts]
    assert shifts[int(np.argmax(likeness))] == 0


def test_frames_without_a_face_are_bridged():
    frames, jaw = film()
    gapped = [None if 40 <= number < 44 or number < 2 else frame for number, frame in enumerate(frames)]
    acting = act(MODEL, MODEL.vertices, gapped, FPS, silent)
    assert np.isfinite(acting.coefficients).all() and len(acting.coefficients) == FRAMES
    assert np.abs(acting.coefficients[:, JAW] - jaw).max() < 0.2


def test_a_single_frame_is_an_animation_too():
    frames, _ = film()
    acting = act(MODEL, MODEL.vertices, frames[:1], FPS, silent)
    assert acting.coefficients.shape == (1, 52) and acting.eyes.shape == (1, 2, 2)


def test_an_unknown_person_is_told_from_the_frames():
    identity = np.array([1.0, -0.8, 0.5, 0.0])
    frames, _ = film(identity=identity)
    truth, mean = MODEL.shape(identity, np.zeros(2)), MODEL.vertices
    found = neutral_from(MODEL, frames)
    front = (MODEL.region == 0) & (MODEL.vertices[:, 1] < -0.06)
    missed = np.linalg.norm((found - truth)[front], axis=1).mean()
    assert missed < 0.6 * np.linalg.norm((mean - truth)[front], axis=1).mean()


@pytest.mark.parametrize(
    ("axis", "angle", "expected"),
    [(UP, 0.3, (0.3, 0, 0)), (LEFT, 0.2, (0, 0.2, 0)), (np.array([0, -1.0, 0]), 0.25, (0, 0, 0.25))],
)
def test_turns_are_positive_to_the_left_down_and_to_the_right_shoulder(axis, angle, expected):
    turn = turned(np.eye(3), axis * angle)
    np.testing.assert_allclose(head_turns(Pose(FACING.rotation @ turn, FACING.translation)), expected, atol=1e-9)
