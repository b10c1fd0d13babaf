"""The errors of solved cameras: none after any similarity, and what was put in otherwise."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.scene import Camera
from benchmarks.camera_scores import camera_errors, score_cameras


def around(count: int) -> list[Camera]:
    """Cameras at a metre from the origin, before it and a little above and below."""
    cameras = []
    for number, angle in enumerate(np.radians(np.linspace(-60, 60, count))):
        turn = Rotation.from_euler("xz", [np.pi / 2 + 0.3 * (-1) ** number, angle]).as_matrix()
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = turn, turn[:, 2]
        cameras.append(Camera(64, 64, 100.0, 100.0, 32.0, 32.0, pose))
    return cameras


def moved(cameras: list[Camera], seed: int) -> list[Camera]:
    """The same cameras in another frame and unit."""
    rng = np.random.default_rng(seed)
    turn, scale, shift = Rotation.random(random_state=seed).as_matrix(), rng.uniform(0.1, 10), rng.normal(0, 5, 3)
    poses = []
    for camera in cameras:
        pose = np.eye(4)
        pose[:3, :3] = turn @ camera.camera_to_world[:3, :3]
        pose[:3, 3] = scale * turn @ camera.position + shift
        poses.append(pose)
    return [replace(camera, camera_to_world=pose) for camera, pose in zip(cameras, poses, strict=True)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [3, 8])
def test_a_similarity_is_no_error(count, seed):
    degrees, percent = camera_errors(moved(around(count), seed), around(count))
    assert len(degrees) == count and degrees.max() < 1e-5 and percent.max() < 1e-5


def test_a_turned_camera_is_off_by_its_angle_alone():
    found = around(8)
    pose = found[2].camera_to_world.copy()
    pose[:3, :3] = pose[:3, :3] @ Rotation.from_euler("y", 3, degrees=True).as_matrix()
    found[2] = replace(found[2], camera_to_world=pose)
    degrees, percent = camera_errors(moved(found, 1), around(8))
    np.testing.assert_allclose(degrees, 3.0 * (np.arange(8) == 2), atol=1e-5)
    assert percent.max() < 1e-5


def test_a_camera_too_far_away_is_off_by_about_that_share():
    found = around(40)
    pose = found[20].camera_to_world.copy()
    pose[:3, 3] *= 1.05
    found[20] = replace(found[20], camera_to_world=pose)
    _, percent = camera_errors(moved(found, 2), around(40))
    assert percent.argmax() == 20 and percent[20] == pytest.approx(5, rel=0.15)
    assert np.median(percent) < 0.3


def test_a_mirrored_arrangement_is_an_error():
    mirror = np.diag([-1.0, 1, 1, 1])
    found = [replace(camera, camera_to_world=mirror @ camera.camera_to_world) for camera in around(8)]
    flat = [camera.camera_to_world[:3, 3] for camera in around(8)]
    assert np.linalg.matrix_rank(flat - np.mean(flat, 0)) == 3
    assert camera_errors(found, around(8))[1].max() > 1


def test_files_are_compared_by_name_and_the_largest_error_counts(tmp_path):
    lens = {"w": 64, "h": 64, "fl_x": 100.0, "fl_y": 100.0, "cx": 32.0, "cy": 32.0}

    def write(name: str, cameras: list[Camera], numbers, key) -> object:
        frames = [{**key(n), "transform_matrix": cameras[n].camera_to_world.tolist()} for n in numbers]
        path = tmp_path / name
        path.write_text(json.dumps({**lens, "frames": frames}))
        return path

    known = write("known.json", around(8), range(8), lambda n: {"file_path": f"images/{n:03}.png"})
    solved = write("solved.json", moved(around(8), 3), (5, 1, 7, 0), lambda n: {"file_path": "x", "name": f"{n:03}"})
    assert max(score_cameras(solved, known)) < 1e-5
