import sys

import cv2
import numpy as np
import pytest
from portraits import bust, needs_mediapipe, record_of

from backend.errors import UserError
from backend.head.faces import detector, regions
from backend.head.faces.landmarks import choose_face, find_faces, has_face_finder, yaw_of


@needs_mediapipe
def test_a_frontal_face_is_found_once_and_surely(front):
    _, face, _ = front
    assert face.points.shape == (478, 2) and face.sigma.shape == face.depth.shape == (478,)
    assert face.confidence > 0.8 and abs(yaw_of(face)) < 5
    assert 100 < face.scale < 150
    assert np.isfinite(face.sigma).mean() > 0.95
    assert face.sigma.min() >= 0.004 * face.scale
    assert np.median(face.sigma[list(regions.RIGHT_EYE)]) < 0.5 * np.median(face.sigma[list(regions.JAW)])


@needs_mediapipe
def test_a_mirrored_photo_gives_mirrored_points(front):
    photo, face, _ = front
    (other,) = find_faces(photo[:, ::-1])
    back = other.points[regions.MIRROR] * (-1, 1) + (photo.shape[1], 0)
    assert np.median(np.linalg.norm(back - face.points, axis=1)) < 0.01 * face.scale


@needs_mediapipe
@pytest.mark.parametrize(("number", "yaw"), [(1, -16), (2, -36), (18, 38)])
def test_yaw_has_the_side_and_about_the_size_of_the_truth(number, yaw):
    (face,) = find_faces(bust(number))
    assert yaw_of(face) == pytest.approx(yaw, abs=8)
    far = regions.SIDE > 0 if yaw > 0 else regions.SIDE < 0  # turned to its left, it hides its left side
    hidden = np.isinf(face.sigma)
    assert hidden[far].sum() >= 3 * hidden[~far].sum() and hidden[far].any()


@needs_mediapipe
def test_a_face_that_fills_the_photo_or_is_small_in_it_has_the_same_points(front):
    photo, face, _ = front
    center = face.points.mean(0).astype(int)
    left, top = center - 80
    (close,) = find_faces(np.ascontiguousarray(photo[top : top + 160, left : left + 160]))
    assert np.median(np.linalg.norm(close.points + (left, top) - face.points, axis=1)) < 0.03 * face.scale
    wide = np.full((1400, 1800, 3), 0.4, np.float32)
    wide[700:956, 300:556] = cv2.resize(photo, (256, 256), interpolation=cv2.INTER_AREA)
    (far,) = find_faces(wide)
    assert np.median(np.linalg.norm((far.points - (300, 700)) * 2 - face.points, axis=1)) < 0.03 * face.scale


@needs_mediapipe
def test_faces_come_from_the_left_and_gray_ones_too(front):
    photo = front[0]
    gray = np.repeat(bust(1, 256).mean(-1, keepdims=True), 3, -1)
    both = np.zeros((512, 768, 3), np.float32)
    both[128:384, :256], both[:, 256:] = gray, photo
    faces = find_faces(both)
    assert len(faces) == 2 and faces[0].points[:, 0].mean() < 256 < faces[1].points[:, 0].mean()
    assert choose_face(faces, None, "both") is faces[1]


@needs_mediapipe
@pytest.mark.parametrize("make", [
    lambda: bust(5),  # a profile
    lambda: bust(10),  # from behind
    lambda: np.random.default_rng(0).random((200, 300, 3)).astype(np.float32),
    lambda: np.zeros((7, 5, 3), np.float32),
])  # fmt: skip
def test_what_shows_no_face_gives_none(make):
    assert find_faces(make()) == []


@needs_mediapipe
def test_the_models_write_nothing(front, capfd):
    find_faces(front[0])
    assert capfd.readouterr() == ("", "")


@needs_mediapipe
def test_a_broken_model_file_falls_back_to_the_bundled_one(front, tmp_path):
    broken = tmp_path / "face_landmarker.task"
    broken.write_bytes(b"no model" * 100)
    (face,) = find_faces(front[0], broken)
    np.testing.assert_allclose(face.points, front[1].points, atol=1e-3)


def test_without_mediapipe_the_message_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    monkeypatch.setattr(detector.importlib.util, "find_spec", lambda name: None)
    detector.mesh_finder.cache_clear()
    assert not has_face_finder()
    with pytest.raises(UserError, match=r"mediapipe.*3\.10.*click"):
        find_faces(np.zeros((32, 32, 3), np.float32))


def test_the_largest_face_is_taken_unless_one_is_numbered():
    faces = [record_of(20), record_of(50), record_of(30)]
    assert choose_face(faces, None, "party") is faces[1]
    assert choose_face(faces, 2, "party") is faces[2]
    for wrong in (-1, 3):
        with pytest.raises(UserError, match=r"party.*3 faces, numbers 0 to 2"):
            choose_face(faces, wrong, "party")
    with pytest.raises(UserError, match="No face"):
        choose_face([], None, "party")
