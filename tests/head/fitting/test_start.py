"""What landmarks say, and where a head and its cameras stand before anything is fitted."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.head.fitting.photo import HeadPhoto
from backend.head.fitting.pose import Pose
from backend.head.fitting.start import begin, landmarks_of, relief_of
from tests.head.fitting.soft_heads import degrees_apart, portrait_camera, seen_by, soft_head

MODEL = soft_head()
PICTURE = np.zeros((240, 240, 3), np.float32)
AZIMUTHS = (0.0, 22.0, -28.0)


def photo_of(azimuth: float, name: str = "one", vertices=None, **known) -> HeadPhoto:
    camera = portrait_camera(azimuth)
    face = seen_by(camera, MODEL, MODEL.vertices if vertices is None else vertices)
    return HeadPhoto(name, PICTURE, face, **known)


def test_a_photo_without_a_face_says_nothing():
    assert landmarks_of(MODEL, HeadPhoto("none", PICTURE, None)).count == 0


def test_points_that_either_side_does_not_know_are_left_out():
    spread, photo = MODEL.landmarks.spread.copy(), photo_of(0)
    spread[:100] = np.inf
    sigma = photo.face.sigma.copy()
    sigma[90:150] = np.inf
    model = replace(MODEL, landmarks=replace(MODEL.landmarks, spread=spread))
    seen = landmarks_of(model, replace(photo, face=replace(photo.face, sigma=sigma)))
    assert seen.count == 478 - 150
    np.testing.assert_array_equal(seen.corners, MODEL.landmarks.corners[150:])
    np.testing.assert_allclose(seen.target, photo.face.points[150:])


def test_landmarks_are_as_sure_as_the_least_sure_of_model_and_detector():
    photo = photo_of(0)
    usual = landmarks_of(MODEL, photo).whiten[5, 0, 0]
    unsure = landmarks_of(MODEL, replace(photo, face=replace(photo.face, sigma=np.full(478, 30.0)))).whiten[5, 0, 0]
    assert unsure == pytest.approx(1 / 30, rel=0.02) and usual > 5 * unsure
    wide = replace(MODEL, landmarks=replace(MODEL.landmarks, spread=np.full(478, 0.01, np.float32)))
    assert landmarks_of(wide, photo).whiten[5, 0, 0] < 0.5 * usual


def test_landmarks_of_many_photos_of_one_person_tell_no_more_than_those_of_one():
    photo = photo_of(0)
    alone, one_of_nine = (landmarks_of(MODEL, photo, alike).whiten for alike in (1, 9))
    np.testing.assert_allclose(one_of_nine, alone / 3)
    sloped = replace(MODEL, slack=0.005)
    np.testing.assert_allclose(relief_of(sloped, photo, 9).whiten, relief_of(sloped, photo).whiten / 3)


def test_what_disturbs_the_photo_around_a_point_adds_to_its_doubt_unless_a_person_clicked_it():
    trust = np.ones(PICTURE.shape[:2], np.float32)
    photo = photo_of(0)
    x = int(photo.face.points[5, 0])
    trust[:, x - 12 : x + 12] = 0.02
    plain, doubted = landmarks_of(MODEL, photo), landmarks_of(MODEL, replace(photo, trust=trust))
    share = doubted.whiten[:, 0, 0] / plain.whiten[:, 0, 0]
    assert share[5] == pytest.approx(0.02) and np.median(share) == 1
    clicked = replace(photo, trust=trust, face=replace(photo.face, source="clicked"))
    np.testing.assert_array_equal(landmarks_of(MODEL, clicked).whiten, plain.whiten)


def test_cameras_stand_where_the_mean_head_was_photographed():
    photos = [photo_of(azimuth, str(azimuth), focal=480.0) for azimuth in AZIMUTHS]
    start = begin(MODEL, photos)
    assert not start.cameras_known and not start.identity.any() and not start.expressions.any()
    assert start.expressions.shape == (3, 2)
    for shot, azimuth in zip(start.shots, AZIMUTHS, strict=True):
        true = Pose.of(portrait_camera(azimuth))
        assert degrees_apart(shot.pose.rotation, true.rotation) < 0.05
        np.testing.assert_allclose(shot.pose.translation, true.translation, atol=1e-3)
        assert shot.center == (120, 120)


def test_photos_of_one_lens_share_its_focal_length():
    photos = [
        photo_of(0, "a", lens="phone", focal=500.0, deviation=0.05), photo_of(0, "b", lens="camera"),
        photo_of(0, "c", lens="phone", focal=500.0, deviation=0.05), photo_of(0, "d"), photo_of(0, "e"),
    ]  # fmt: skip
    start = begin(MODEL, photos)
    assert [shot.lens for shot in start.shots] == [0, 1, 0, 2, 3]
    assert (start.lenses[0].expected, start.lenses[0].deviation) == (500.0, 0.05)
    assert start.lenses[1].expected == pytest.approx(240 * 85 / 36)  # a portrait lens where nothing is known
    assert start.lenses[1].deviation == pytest.approx(0.2)


@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_given_cameras_place_the_head(scale):
    rotation, translation = Rotation.random(random_state=1).as_matrix(), scale * np.array([0.5, -2.0, 0.3])
    photos = []
    for azimuth in AZIMUTHS:
        camera = portrait_camera(azimuth)
        pose = np.eye(4)
        pose[:3, :3] = rotation @ camera.camera_to_world[:3, :3]
        pose[:3, 3] = scale * rotation @ camera.position + translation
        photos.append(photo_of(azimuth, str(azimuth), camera=replace(camera, camera_to_world=pose)))
    start = begin(MODEL, photos)
    assert start.cameras_known and [lens.deviation for lens in start.lenses] == [0, 0, 0]
    assert start.placement.scale == pytest.approx(scale, rel=2e-3)
    assert degrees_apart(start.placement.rotation, rotation) < 0.05
    np.testing.assert_allclose(start.placement.translation, translation, atol=2e-3 * scale)
    for shot, photo in zip(start.shots, photos, strict=True):
        np.testing.assert_array_equal(shot.pose.rotation, Pose.of(photo.camera).rotation)


def test_one_given_camera_leaves_the_unit_a_metre():
    camera = portrait_camera(15.0)
    start = begin(MODEL, [photo_of(15.0, camera=camera), HeadPhoto("back", PICTURE, None, camera=camera)])
    assert start.placement.scale == 1.0
    np.testing.assert_allclose(start.placement.translation, 0, atol=1e-3)


def test_six_clicked_points_are_enough():
    photo = photo_of(10.0, focal=480.0)
    sigma = np.full(478, np.inf)
    sigma[[33, 263, 13, 152, 400, 61, 17]] = 1.0
    (shot,) = begin(MODEL, [replace(photo, face=replace(photo.face, sigma=sigma))]).shots
    assert degrees_apart(shot.pose.rotation, Pose.of(portrait_camera(10.0)).rotation) < 0.5
