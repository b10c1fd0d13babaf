import json

import numpy as np
import pytest

from backend.scene import Surface
from benchmarks import scores
from benchmarks.scores import f_score, score_photos, score_pictures, score_surface
from benchmarks.truth import HeldOut, Truth, load_held_out, load_truth, training_file
from tests.asset.subjects import CENTER, RADIUS, ball, camera, view
from tests.pictures.subjects import colored_ball, views_of

ALL_AROUND = [camera(angle, 240, 200) for angle in np.linspace(0, 2 * np.pi, 8, endpoint=False)]
TRUTH = Truth(ball(4), -np.inf, None)


@pytest.fixture(autouse=True)
def fewer_points(monkeypatch):
    """Enough for a ball, and quicker."""
    monkeypatch.setattr(scores, "_POINTS", 20_000)


def grown(surface: Surface, by: float) -> Surface:
    """The ball with a radius larger by that many metres."""
    return Surface(((surface.vertices - CENTER) * (1 + by / RADIUS) + CENTER).astype(np.float32), surface.faces)


def test_the_truth_scores_perfectly_against_itself():
    found = score_surface(TRUTH.surface, TRUTH, ALL_AROUND)
    assert found["chamfer"] < 1e-3 and found["f1"] == 1 and "face" not in found


@pytest.mark.parametrize("by", [0.0015, -0.0015])
def test_a_ball_of_another_size_is_off_by_the_difference(by):
    found = score_surface(grown(TRUTH.surface, by), TRUTH, ALL_AROUND)
    assert found["chamfer"] == pytest.approx(1.5, rel=0.02)
    assert found["f1"] == 0 and found["f2"] == 1


def test_what_lies_below_the_floor_is_not_judged():
    truth = Truth(TRUTH.surface, CENTER[2], None)
    vertices = TRUTH.surface.vertices.copy()
    vertices[vertices[:, 2] < CENTER[2] - 0.02] -= [0.05, 0, 0.1]
    assert score_surface(Surface(vertices, TRUTH.surface.faces), truth, ALL_AROUND)["chamfer"] < 0.01


def test_what_no_photo_shows_is_not_asked_for():
    """The lower half is missing; two cameras above see the upper half only."""
    upper = TRUTH.surface.faces[(TRUTH.surface.vertices[TRUTH.surface.faces][..., 2] > CENTER[2] - 0.03).all(1)]
    half = Surface(TRUTH.surface.vertices, upper)
    assert score_surface(half, TRUTH, ALL_AROUND)["completeness"] > 3
    pose = np.eye(4)
    pose[:3, 3] = CENTER + [0, 0, 0.6]
    above = type(ALL_AROUND[0])(200, 200, 300.0, 300.0, 100.0, 100.0, pose)
    assert score_surface(half, TRUTH, [above, above])["completeness"] < 0.01


def test_the_face_is_judged_near_its_landmarks_only():
    nose = CENTER + [0, -RADIUS, 0]
    truth = Truth(TRUTH.surface, -np.inf, nose[None])
    vertices = TRUTH.surface.vertices.copy()
    vertices[vertices[:, 1] > CENTER[1]] += [0, 0.004, 0]
    found = score_surface(Surface(vertices.astype(np.float32), TRUTH.surface.faces), truth, ALL_AROUND)
    assert found["face"] < 0.01 and found["completeness"] > 0.5


def test_f_score_is_the_harmonic_mean_of_both_shares():
    near, far = np.array([0.5, 0.5, 3.0, 3.0]), np.array([0.5])
    assert f_score(near, far, 1.0) == pytest.approx(2 * 0.5 / 1.5)
    assert f_score(far + 9, near, 1.0) == 0


@pytest.mark.parametrize("truth", [None, Truth(ball(4), CENTER[2], None)])
def test_photos_of_the_result_itself_score_perfectly(truth):
    textured = colored_ball()
    held_out = [HeldOut(seen, None) for seen in views_of(textured)]
    assert score_photos(textured, held_out, truth) == {"iou": 1.0, "psnr": 100.0}


def test_held_out_photos_and_truth_are_read(tmp_path):
    seen = view(tmp_path, "a", 0.3)
    (tmp_path / "gt").mkdir()
    frame = {"file_path": "a.png", "mask_path": "a.png", "transform_matrix": seen.camera.camera_to_world.tolist()}
    lens = {"w": 48, "h": 40, "fl_x": 70.0, "fl_y": 71.0, "cx": 25.5, "cy": 19.5, "k1": 0.0}
    (tmp_path / "transforms_test.json").write_text(json.dumps({**lens, "frames": [frame]}))
    (held,) = load_held_out(tmp_path)
    np.testing.assert_allclose(held.view.photo, seen.photo, atol=1e-6)
    np.testing.assert_array_equal(held.view.camera.camera_to_world, seen.camera.camera_to_world)
    assert held.view.camera.cx == seen.camera.cx and held.background is None
    assert training_file(tmp_path).name == "transforms.json"
    assert load_truth(tmp_path) is None
    (tmp_path / "gt" / "neutral.obj").write_text("v 0 0 0\nv 1 0 0\nvt 0 0\nv 1 1 0\nv 0 1 0\nf 1/1 2/1 3/1 -1/1\n")
    (tmp_path / "gt" / "meta.json").write_text('{"neck_plane_z": -0.5}')
    (tmp_path / "gt" / "landmarks.json").write_text('{"landmarks": [{"position": [1, 2, 3]}]}')
    truth = load_truth(tmp_path)
    np.testing.assert_array_equal(truth.surface.faces, [[0, 1, 2], [0, 2, 3]])
    assert truth.floor == -0.5 and truth.landmarks.tolist() == [[1, 2, 3]]
    np.savez(tmp_path / "truth.npz", vertices=ball(1).vertices, faces=ball(1).faces)
    np.testing.assert_array_equal(load_truth(tmp_path).surface.vertices, ball(1).vertices)


def test_distorted_held_out_photos_are_refused(tmp_path):
    view(tmp_path, "a")
    frame = {"file_path": "a.png", "mask_path": "a.png", "transform_matrix": np.eye(4).tolist()}
    lens = {"w": 48, "h": 40, "fl_x": 70.0, "fl_y": 71.0, "cx": 24.0, "cy": 20.0, "k1": 0.1}
    (tmp_path / "transforms_test.json").write_text(json.dumps({**lens, "frames": [frame]}))
    with pytest.raises(SystemExit, match="undistort"):
        load_held_out(tmp_path)


def test_drawn_pictures_are_measured_over_the_subject_and_over_all():
    seen = views_of(colored_ball())[0]
    background = np.full_like(seen.photo, 0.25)
    held = HeldOut(seen, background)
    inside = (seen.mask > 0.5)[..., None]

    def draw(camera, behind):
        return np.where(inside, seen.photo + 0.1, behind)

    found = score_pictures(draw, [held])
    assert found["psnr"] == pytest.approx(20.0, abs=1e-3)
    error = np.mean((draw(seen.camera, background) - seen.photo) ** 2)
    assert found["psnr_whole"] == pytest.approx(-10 * np.log10(error))
    shown = []
    score_pictures(lambda camera, behind: shown.append(behind) or behind, [HeldOut(seen, None)])
    assert shown[0].shape == seen.photo.shape and (shown[0] == 0.5).all()


def test_held_out_photos_shrink_move_and_lie_over_white(tmp_path):
    seen = view(tmp_path)
    held = HeldOut(seen, 1 - seen.photo)
    small = held.shrunk(24)
    assert small.view.photo.shape == small.background.shape == (20, 24, 3)
    np.testing.assert_allclose(small.view.photo + small.background, 1, atol=1e-6)
    np.testing.assert_allclose(small.view.photo[0, 0], seen.photo[:2, :2].mean((0, 1)), atol=1e-6)
    assert HeldOut(seen, None).shrunk(24).background is None
    moved = held.moved(CENTER, RADIUS)
    np.testing.assert_allclose(moved.view.camera.position * RADIUS + CENTER, seen.camera.position)
    white = held.over_white()
    np.testing.assert_allclose(white.view.photo[seen.mask == 1], seen.photo[seen.mask == 1], atol=1e-6)
    assert (white.view.photo[seen.mask == 0] == 1).all() and (white.background == 1).all()
