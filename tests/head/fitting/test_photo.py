"""A photo that is made smaller still shows the same things in the same directions."""

from dataclasses import replace

import numpy as np
import pytest

from backend.head.fitting.photo import HeadPhoto
from backend.scene import Camera, FaceMasks, FaceRecord
from tests.head.fitting.soft_heads import portrait_camera


def photo(width: int = 400, height: int = 300, **known) -> HeadPhoto:
    rng = np.random.default_rng(0)
    picture = rng.uniform(size=(height, width, 3)).astype(np.float32)
    plane = np.zeros((height, width), np.uint8)
    plane[:, : width // 2] = 255
    points = rng.uniform(0, 300, (478, 2)).astype(np.float32)
    masks = FaceMasks(plane, plane, 255 - plane, plane, plane)
    face = FaceRecord(points, np.full(478, 2.0, np.float32), np.ones(478, np.float32), 0.9, masks)
    return HeadPhoto("one", picture, face, trust=np.ones((height, width), np.float32), **known)


@pytest.mark.parametrize("side", [200, 133])
def test_rays_focal_length_and_landmarks_scale_together(side):
    camera = Camera(400, 300, 620.0, 640.0, 210.0, 140.0, portrait_camera(20.0).camera_to_world)
    whole = photo(camera=camera, focal=620.0)
    small = whole.shrunk(side)
    width, height = small.size
    assert max(small.size) == side and (small.camera.width, small.camera.height) == small.size
    factor = np.array([width / 400, height / 300])
    np.testing.assert_allclose(small.face.points, whole.face.points * factor, rtol=1e-5)
    np.testing.assert_allclose(small.camera.rays(small.face.points), camera.rays(whole.face.points), atol=1e-6)
    assert small.focal == pytest.approx(620.0 * side / 400)
    np.testing.assert_allclose(small.face.sigma, whole.face.sigma * np.sqrt(factor.prod()), rtol=1e-5)


def test_planes_shrink_with_the_picture_and_keep_their_means():
    whole = photo(mask=np.full((300, 400), 0.25, np.float32))
    small = whole.shrunk(100)
    assert small.picture.shape == (75, 100, 3) and small.picture.dtype == np.float32
    np.testing.assert_allclose(small.picture.mean((0, 1)), whole.picture.mean((0, 1)), atol=1e-3)
    np.testing.assert_allclose(small.picture[0, 0], whole.picture[:4, :4].mean((0, 1)), atol=1e-5)
    assert small.mask.shape == small.trust.shape == (75, 100)
    np.testing.assert_allclose(small.mask, 0.25)
    for name, plane in vars(small.face.masks).items():
        assert plane.shape == (75, 100) and plane.dtype == np.uint8
        assert plane[0, 0] == vars(whole.face.masks)[name][0, 0]


def test_small_photos_stay_as_they_are():
    whole = photo()
    assert whole.shrunk(400) is whole


def test_the_person_is_the_mask_that_was_given_or_else_the_faces():
    whole = photo()
    np.testing.assert_allclose(whole.person[0, [0, 399]], [1, 0])
    given = np.full((300, 400), 0.5, np.float32)
    assert replace(whole, mask=given).person is given
    assert replace(whole, face=None).person is None
    assert replace(whole, face=replace(whole.face, masks=None)).person is None


def test_what_is_known_of_the_lens_is_believed():
    assert photo().expected_focal[0] == pytest.approx(400 * 85 / 36)  # the classic portrait lens
    assert photo(focal=500.0, deviation=0.1).expected_focal == (500.0, 0.1)
    camera = replace(portrait_camera(0.0), fl_x=123.0)
    assert photo(focal=500.0, camera=camera).expected_focal == (123.0, 0.0)
