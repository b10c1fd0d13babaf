"""The path around a subject, against what a photographer's own path was."""

import numpy as np
import pytest

from backend.pictures.turntable import turntable, vertical
from tests.synthetic import orbit_camera

CENTER = np.array([5.0, -2.0, 40.0])
SIZE = 120, 80


def photos(azimuths, elevation: float = 20.0, turned: np.ndarray | None = None):
    """Cameras around CENTER, 30 away; `turned` (3, 3) tilts the whole world."""
    cameras = []
    for azimuth in azimuths:
        camera = orbit_camera(azimuth, elevation, distance=30.0)
        if turned is not None:
            camera.camera_to_world[:3] = turned @ camera.camera_to_world[:3]
        cameras.append(camera.moved(-CENTER, 1.0))
    return cameras


@pytest.fixture
def turned():
    """Some rotation."""
    axes = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0]
    return axes * np.sign(np.linalg.det(axes))


@pytest.mark.parametrize("count", [1, 2, 7, 48])
def test_all_cameras_look_at_the_center_from_one_distance(count):
    path = turntable(photos(range(0, 360, 30)), CENTER, count, SIZE)
    assert len(path) == count
    for camera in path:
        pixel, depth = camera.project(CENTER)
        np.testing.assert_allclose(pixel, (SIZE[0] / 2, SIZE[1] / 2), atol=1e-9)
        assert depth == pytest.approx(30.0)
        axes = camera.camera_to_world[:3, :3]
        np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(axes) == pytest.approx(1)


def test_the_circle_is_closed_and_even():
    path = turntable(photos(range(0, 360, 30)), CENTER, 36, SIZE)
    positions = np.stack([camera.position for camera in path])
    steps = np.linalg.norm(np.roll(positions, -1, 0) - positions, axis=1)  # the last to the first as well
    np.testing.assert_allclose(steps, 2 * 30 * np.cos(np.radians(20)) * np.sin(np.pi / 36))
    assert np.ptp(positions[:, 2]) < 1e-9


def test_it_begins_where_the_first_photo_was_taken_and_has_its_lens():
    cameras = photos([77, *range(0, 360, 30)])
    first = turntable(cameras, CENTER, 48, (96, 96))[0]
    np.testing.assert_allclose(first.camera_to_world, cameras[0].camera_to_world, atol=1e-9)
    assert (first.fl_x, first.fl_y) == pytest.approx((cameras[0].fl_x, cameras[0].fl_y))


@pytest.mark.parametrize("azimuths", [range(0, 360, 30), range(-60, 61, 20)])
@pytest.mark.parametrize("elevation", [-20.0, 0.0, 35.0])
def test_up_is_found_however_the_world_lies_and_from_one_side_too(azimuths, elevation, turned):
    up = vertical(photos(azimuths, elevation, turned))
    np.testing.assert_allclose(up, turned @ [0, 0, 1], atol=1e-6)


def test_photos_from_one_spot_take_their_own_upward_side():
    (camera,) = photos([30])
    np.testing.assert_allclose(vertical([camera, camera]), camera.camera_to_world[:3, 1], atol=1e-9)


def test_a_camera_straight_above_is_no_trouble():
    path = turntable(photos([0, 90, 180], elevation=90.0), CENTER, 8, SIZE)
    assert all(np.isfinite(camera.camera_to_world).all() for camera in path)


def test_the_longer_side_keeps_the_angle_of_view():
    tall, wide = (turntable(photos(range(0, 360, 30)), CENTER, 2, size)[0] for size in ((80, 120), (240, 160)))
    assert wide.fl_x == pytest.approx(2 * tall.fl_x)
