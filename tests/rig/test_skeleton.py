import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from small_heads import EYE, HINGE, OPENING, small_head

from backend.rig.canonical import keys_of
from backend.rig.eyes import eyes_of, gaze_keys
from backend.rig.jaw import hinge_of
from backend.rig.skeleton import skeleton_of
from backend.scene.head import EYEBALL
from backend.scene.rig import ARKIT, GAZE, JOINTS


@pytest.fixture(scope="module")
def head():
    model = small_head()
    return model, dict(zip(ARKIT, keys_of(model), strict=True))


def _elsewhere(points, turned=False):
    """Another frame: five times as large, shifted, turned."""
    return 5 * points @ Rotation.from_euler("xyz", [0.4, -0.3, 1.1]).as_matrix().T + (0 if turned else 2)


def test_the_jaw_turns_about_its_hinge(head):
    model, keys = head
    hinge = hinge_of(model.vertices, keys["jawOpen"])
    np.testing.assert_allclose(hinge.turn, [OPENING, 0, 0], atol=0.01)
    np.testing.assert_allclose(hinge.point[1:], HINGE[1:], atol=0.001)


def test_nothing_turns_about_a_hinge_where_nothing_opens(head):
    model, _ = head
    assert hinge_of(model.vertices, np.zeros_like(model.vertices)) is None


def test_weights_are_shares(head):
    model, keys = head
    _, weights = skeleton_of(model.vertices, model.region, keys)
    assert weights.shape == (len(model.vertices), len(JOINTS)) and weights.dtype == np.float32
    assert weights.min() >= 0
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)


def test_each_bone_moves_what_is_its_own(head):
    model, keys = head
    joints, weights = skeleton_of(model.vertices, model.region, keys)
    assert [joint.name for joint in joints] == list(JOINTS)
    x, y, z = model.vertices.T
    assert weights[z < -0.12, JOINTS.index("neck")].min() > 0.9
    assert weights[(z < -0.07) & (z > -0.085) & (y < -0.05), JOINTS.index("jaw")].min() > 0.7
    assert weights[z > 0.09, JOINTS.index("head")].min() > 0.95
    left = (model.region == EYEBALL) & (x > 0)
    assert weights[left, JOINTS.index("eyeLeft")].min() == 1


def test_the_armature_goes_along_with_the_frame(head):
    model, keys = head
    moved = {name: _elsewhere(move, turned=True) for name, move in keys.items()}
    here, weights = skeleton_of(model.vertices, model.region, keys)
    there, same = skeleton_of(_elsewhere(model.vertices), model.region, moved)
    np.testing.assert_allclose(same, weights, atol=1e-3)
    for joint, other in zip(here, there, strict=True):
        np.testing.assert_allclose(other.head, _elsewhere(joint.head), atol=5e-3)
        np.testing.assert_allclose(other.tail, _elsewhere(joint.tail), atol=5e-3)


def test_the_left_eye_is_the_subjects(head):
    model, keys = head
    left, right = eyes_of(model.vertices, model.region, keys).balls
    np.testing.assert_allclose(left.center, EYE, atol=5e-4)
    np.testing.assert_allclose(right.center, EYE * [-1, 1, 1], atol=5e-4)


@pytest.mark.parametrize(
    ("key", "towards"),
    [("eyeLookUpLeft", (0, 0, 1)), ("eyeLookDownRight", (0, 0, -1)), ("eyeLookInLeft", (-1, 0, 0)),
     ("eyeLookOutLeft", (1, 0, 0)), ("eyeLookInRight", (1, 0, 0))],
)  # fmt: skip
def test_an_eye_turns_rigidly_to_where_its_key_says(head, key, towards):
    model, keys = head
    move = gaze_keys(model.vertices, model.region, keys)[key]
    side = 1 if key.endswith("Left") else -1
    own = (model.region == EYEBALL) & (model.vertices[:, 0] * side > 0)
    center = EYE * [side, 1, 1]
    before, after = model.vertices[own] - center, (model.vertices + move)[own] - center
    np.testing.assert_allclose(np.linalg.norm(after, axis=1), np.linalg.norm(before, axis=1), atol=3e-4)
    pupil = after[np.argmin(before[:, 1])]
    degrees = np.degrees(np.arcsin(pupil @ np.array(towards) / np.linalg.norm(pupil)))
    assert degrees == pytest.approx(GAZE[key.removesuffix("Left").removesuffix("Right")], abs=8)
    assert not move[(model.region == EYEBALL) & ~own].any()
