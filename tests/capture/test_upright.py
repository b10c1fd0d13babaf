import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from synthetic import look_at, ring

from backend.capture.upright import guess_up, upright_frame
from backend.errors import UserError
from backend.scene import Camera


def turned(cameras, rotation, scale=1.0, shift=(0, 0, 0)):
    moved = []
    for camera in cameras:
        pose = camera.camera_to_world.copy()
        pose[:3, :3], pose[:3, 3] = rotation @ pose[:3, :3], scale * rotation @ pose[:3, 3] + shift
        moved.append(Camera(camera.width, camera.height, camera.fl_x, camera.fl_y, camera.cx, camera.cy, pose))
    return moved


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("tilt", [0.0, 0.35])
def test_the_frame_of_any_solution_is_found_back(seed, tilt):
    cameras = ring(12, distance=3.0, tilt=tilt)
    strange = Rotation.random(random_state=seed).as_matrix()
    turn, center, scale = upright_frame(turned(cameras, strange, 7.0, (1, 2, 3)))
    np.testing.assert_allclose(center, (1, 2, 3), atol=1e-6)
    np.testing.assert_allclose(turn @ strange, np.eye(3), atol=1e-6)  # ring's first camera stands at -Y already
    assert scale == pytest.approx(7 * 3.0 * 48 / 150, rel=1e-6)  # half a picture at the subject's distance


def test_cameras_that_all_look_down_on_the_subject_do_not_tip_it():
    cameras = [
        Camera(96, 96, 150, 150, 48, 48, look_at((2 * np.sin(a), -2 * np.cos(a), 3), (0, 0, 0)))
        for a in np.linspace(-1.2, 1.2, 9)
    ]
    np.testing.assert_allclose(guess_up(cameras), (0, 0, 1), atol=1e-6)


def test_cameras_in_a_row_use_their_own_up():
    cameras = [Camera(96, 96, 150, 150, 48, 48, look_at((0, -4, z), (0, 0, 0))) for z in (-0.4, 0, 0.4)]
    np.testing.assert_allclose(guess_up(cameras), (0, 0, 1), atol=0.01)


def test_a_first_camera_straight_above_still_gives_a_frame():
    above = Camera(96, 96, 150, 150, 48, 48, look_at((0, 0, 4), (0, 0, 0), up=(0, 1, 0)))
    turn, _, _ = upright_frame([above, *ring(8, tilt=0.1)])
    np.testing.assert_allclose(turn, np.eye(3), atol=0.05)


def test_cameras_that_look_the_same_way_are_a_user_error():
    pose = look_at((0, -4, 0), (0, 0, 0))
    beside = pose.copy()
    beside[0, 3] = 0.5
    with pytest.raises(UserError, match="same way"):
        upright_frame([Camera(96, 96, 150, 150, 48, 48, each) for each in (pose, beside)])
