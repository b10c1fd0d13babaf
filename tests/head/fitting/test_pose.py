"""Cameras survive the change of axes, and are found from what they see."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.head.fitting.pose import Pose, stand
from backend.head.fitting.rotation import skew, turned
from tests.head.fitting.soft_heads import degrees_apart, portrait_camera


@pytest.mark.parametrize("azimuth", [0.0, 35.0, -120.0])
def test_a_camera_survives_the_round_trip(azimuth):
    camera = portrait_camera(azimuth, 12.0)
    again = Pose.of(camera).camera(camera.width, camera.height, camera.fl_x)
    np.testing.assert_allclose(again.camera_to_world, camera.camera_to_world, atol=1e-12)
    points = np.random.default_rng(0).normal(0, 0.1, (20, 3))
    np.testing.assert_allclose(again.project(points)[0], camera.project(points)[0], atol=1e-9)


def test_a_pose_sees_ahead_and_down_as_positive():
    pose = Pose.of(portrait_camera(0.0, 0.0))
    np.testing.assert_allclose(pose.rotation @ np.zeros(3) + pose.translation, [0, 0, 0.7], atol=1e-12)
    below, left_of_the_head = np.array([0, 0, -0.1]), np.array([0.1, 0, 0])
    assert (pose.rotation @ below)[1] == pytest.approx(0.1)
    assert (pose.rotation @ left_of_the_head)[0] == pytest.approx(0.1)


@pytest.mark.parametrize("noise, degrees, share", [(0.0, 1e-3, 1e-5), (0.5, 0.5, 0.01)])
def test_standing_finds_the_pose(noise, degrees, share):
    rng = np.random.default_rng(1)
    points = rng.normal(0, 0.06, (60, 3))
    camera = portrait_camera(28.0, -9.0)
    pixels = camera.project(points)[0] + rng.normal(0, 1, (60, 2)) * noise
    found = stand(points, pixels, camera.fl_x, (camera.cx, camera.cy))
    true = Pose.of(camera)
    assert degrees_apart(found.rotation, true.rotation) < degrees
    assert np.linalg.norm(found.translation - true.translation) < share * 0.7


@pytest.mark.parametrize("angle", [0.0, 1e-9, 1e-3, 1.0, 3.0])
def test_turning_is_rodrigues_formula(angle):
    rng = np.random.default_rng(2)
    axis = rng.normal(size=3)
    turn = angle * axis / np.linalg.norm(axis)
    start = Rotation.random(random_state=3).as_matrix()
    expected = Rotation.from_rotvec(turn).as_matrix() @ start
    np.testing.assert_allclose(turned(start, turn), expected, atol=1e-12)


def test_skew_is_the_cross_product():
    a, b = np.random.default_rng(4).normal(size=(2, 7, 3))
    np.testing.assert_allclose(np.einsum("mij,mj->mi", skew(a), b), np.cross(a, b), atol=1e-12)
