"""Cameras stand all around, look at the head and are written as nerfstudio reads them."""

import math

import numpy as np
import pytest

from backend.scene import Camera
from demo import orbit


@pytest.mark.parametrize("count", [1, 2, 20, 57])
def test_orbit_goes_around_and_stays_between_its_elevations(count):
    shots = orbit.orbit(count, seed=0)
    steps = np.diff([shot.azimuth for shot in shots])
    assert len(shots) == count and (np.abs(steps - 360 / count) <= 4).all()
    assert all(orbit.LOWEST <= shot.elevation <= orbit.HIGHEST for shot in shots)
    assert shots[0].azimuth == 0 and shots[0].elevation == pytest.approx(3.9, abs=0.1)


def test_any_run_of_photos_mixes_high_and_low():
    elevations = np.array([shot.elevation for shot in orbit.orbit(40, seed=1)])
    for start in range(0, 35):
        assert np.ptp(elevations[start : start + 5]) > 25


def test_poses_are_rigid_and_aim_at_the_target():
    rng = np.random.default_rng(0)
    for position, target in rng.normal(size=(20, 2, 3)):
        pose = orbit.look_at(position, target, roll=rng.uniform(-0.1, 0.1))
        np.testing.assert_allclose(pose[:3, :3].T @ pose[:3, :3], np.eye(3), atol=1e-12)
        assert np.linalg.det(pose[:3, :3]) == pytest.approx(1)
        pixel, depth = Camera(100, 100, 90, 90, 50, 50, pose).project(target)
        np.testing.assert_allclose(pixel, 50, atol=1e-9)
        assert depth == pytest.approx(np.linalg.norm(target - position))


def test_level_cameras_keep_the_world_upright():
    pose = orbit.look_at(np.array([0.3, -0.9, 0.4]), np.zeros(3))
    assert pose[2, 0] == pytest.approx(0, abs=1e-12) and pose[2, 1] > 0


def test_subjects_left_is_where_azimuth_grows():
    assert orbit.shot(90, 0, np.zeros(5)).pose[0, 3] == pytest.approx(orbit.DISTANCE)


def test_seeds_repeat_and_differ():
    first, again, other = (np.array([s.pose for s in orbit.orbit(6, seed)]) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first[1:] - other[1:]).max() > 1e-3


def test_transforms_hold_every_key_of_the_contract():
    data = orbit.transforms(orbit.orbit(3, 0), [(f"{i}.jpg", f"{i}.png") for i in range(3)], 640, 1400.0)
    assert {"w", "h", "fl_x", "fl_y", "cx", "cy", "k1", "k2", "p1", "p2", "camera_angle_x", "frames"} == set(data)
    assert data["camera_angle_x"] == 2 * math.atan(640 / 2800)
    assert [frame["mask_path"] for frame in data["frames"]] == ["0.png", "1.png", "2.png"]
