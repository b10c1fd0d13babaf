import importlib.util

import numpy as np
import pytest
from PIL import Image
from scipy.spatial.transform import Rotation
from synthetic import look_at
from textured import save

from backend.capture import motion
from backend.capture.exif import Focal
from backend.capture.motion import solve_motion
from backend.errors import UserError
from backend.scene import Camera

SIDE, FOCAL = 256, 420.0
needs_pycolmap = pytest.mark.skipif(
    importlib.util.find_spec("pycolmap") is None, reason="pycolmap has no build for this machine"
)


def arc(count=9, step=0.2, distance=4.5, first=-0.8) -> list[Camera]:
    """Cameras at two heights on an arc, `step` radians apart."""
    cameras = []
    for number in range(count):
        azimuth, height = first + step * number, (0.9, 1.7)[number % 2]
        position = (distance * np.sin(azimuth), -distance * np.cos(azimuth), height)
        cameras.append(Camera(SIDE, SIDE, FOCAL, FOCAL, SIDE / 2, SIDE / 2, look_at(position, (0, 0, 0))))
    return cameras


def errors(solved, truth) -> tuple[float, float]:
    """Largest error of a camera's rotation, degrees, and of its place over the mean distance, after alignment."""
    found = [solved.cameras[name] for name in sorted(solved.cameras)]
    truth = [truth[int(name)] for name in sorted(solved.cameras)]
    a, b = (np.array([camera.position for camera in cameras]) for cameras in (found, truth))
    u, s, vt = np.linalg.svd((b - b.mean(0)).T @ (a - a.mean(0)))
    turn = u @ np.diag([1, 1, np.linalg.det(u @ vt)]) @ vt
    scale = s.sum() / ((a - a.mean(0)) ** 2).sum()
    apart = np.linalg.norm(scale * (a - a.mean(0)) @ turn.T + b.mean(0) - b, axis=1)
    turns = [turn @ x.camera_to_world[:3, :3] @ y.camera_to_world[:3, :3].T for x, y in zip(found, truth, strict=True)]
    angles = [np.degrees(Rotation.from_matrix(each).magnitude()) for each in turns]
    return max(angles), float(apart.max() / np.linalg.norm(b, axis=1).mean())


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Photos of a scene that stands still, in which nobody told the focal length, and their true cameras."""
    cameras = arc()
    photos, _ = save(tmp_path_factory.mktemp("scene"), cameras)
    return photos, cameras


@pytest.fixture(scope="module")
def solved(scene):
    photos, _ = scene
    progress = []
    return solve_motion(photos, [None] * len(photos), progress=progress.append), progress


@needs_pycolmap
def test_cameras_of_a_scene_are_found_from_its_photos(scene, solved):
    angle, place = errors(solved[0], scene[1])
    assert not solved[0].missing and angle < 1 and place < 0.01
    assert solved[0].error < 1.0 and len(solved[0].points) > 200


@needs_pycolmap
def test_one_camera_means_one_focal_length_close_to_the_true_one(solved):
    focals = {camera.fl_x for camera in solved[0].cameras.values()}
    assert len(focals) == 1 and focals.pop() == pytest.approx(FOCAL, rel=0.03)
    assert all(abs(distortion.k1) < 0.1 for distortion in solved[0].distortions.values())


@needs_pycolmap
def test_the_frame_is_handy(solved):
    cameras = solved[0].cameras
    ups = np.mean([camera.camera_to_world[:3, 1] for camera in cameras.values()], axis=0)
    assert ups[2] > 0.8 and cameras["00"].position[1] < 0 and abs(cameras["00"].position[0]) < 1e-6
    centers = np.array([camera.project(np.zeros(3))[0] for camera in cameras.values()])
    np.testing.assert_allclose(centers, SIDE / 2, atol=12)  # pixels: all look at the origin


@needs_pycolmap
def test_points_project_into_the_photos(solved):
    camera = solved[0].cameras["04"]
    pixels, depth = camera.project(solved[0].points)
    inside = (depth > 0) & (np.abs(pixels - SIDE / 2) < SIDE / 2).all(-1)
    assert inside.mean() > 0.5


@needs_pycolmap
def test_progress_grows_to_one(solved):
    assert solved[1] == sorted(solved[1]) and solved[1][-1] == 1.0 and len(solved[1]) > 5


@needs_pycolmap
def test_a_turntable_is_solved_through_its_masks(tmp_path):
    still, turns = arc(1, first=0.0)[0], -0.2 * np.arange(10)
    photos, masks = save(tmp_path, [still] * len(turns), turns)
    focals = [Focal(FOCAL, "told", 0.02)] * len(turns)
    found = solve_motion(photos, focals, masks)
    truth = []
    for turn in turns:  # seen from the egg, it is the camera that goes around
        pose = np.eye(4)
        c, s = np.cos(turn), np.sin(turn)
        pose[:3, :3] = [[c, s, 0], [-s, c, 0], [0, 0, 1]]
        truth.append(Camera(SIDE, SIDE, FOCAL, FOCAL, SIDE / 2, SIDE / 2, pose @ still.camera_to_world))
    angle, place = errors(found, truth)
    assert len(found.missing) <= 1 and angle < 2 and place < 0.04


@needs_pycolmap
def test_photos_of_different_things_are_a_user_error_with_advice(tmp_path):
    rng = np.random.default_rng(0)
    photos = []
    for number in range(8):
        noise = Image.fromarray(rng.integers(0, 255, (32, 32, 3), np.uint8)).resize((128, 128))
        photos.append(tmp_path / f"{number}.png")
        noise.save(photos[-1])
    with pytest.raises(UserError, match=r"0 of 8 photos.*60 to 80 %"):
        solve_motion(photos, [None] * 8)


@needs_pycolmap
def test_cancelling_ends_the_worker(scene):
    class Stop(Exception):
        pass

    def stop(fraction):
        raise Stop

    with pytest.raises(Stop):
        solve_motion(scene[0], [None] * len(scene[0]), progress=stop)


def test_a_worker_that_fails_is_told_from_photos_that_do(scene, tmp_path, monkeypatch):
    (tmp_path / "worker.py").write_text("raise SystemExit('libcolmap is not there')")
    monkeypatch.setattr(motion, "_WORKER", tmp_path / "worker.py")
    monkeypatch.setattr(motion.importlib.util, "find_spec", lambda name: True)
    with pytest.raises(UserError, match=r"code 1 \(libcolmap is not there\).*doctor"):
        solve_motion(scene[0], [None] * len(scene[0]))


def test_too_few_photos_are_a_user_error_with_advice(scene):
    with pytest.raises(UserError, match=r"7 photos.*at least 8.*share"):
        solve_motion(scene[0][:7], [None] * 7)


def test_without_pycolmap_it_says_what_is_needed(scene, monkeypatch):
    monkeypatch.setattr(motion.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pycolmap.*install\.py.*transforms\.json"):
        solve_motion(scene[0], [None] * len(scene[0]))
