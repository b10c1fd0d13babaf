from dataclasses import replace

import numpy as np

from backend.texture.iris import RINGS, read_eyes
from backend.texture.outlines import LEFT_IRIS
from tests.texture.heads import EYE, EYES, IRIS, SCLERA, portrait

OUTER = slice(RINGS // 2, RINGS - 3)


def test_the_iris_has_the_color_of_the_photo():
    eyes = read_eyes([portrait(0)], EYES, EYE)
    assert eyes.measured
    np.testing.assert_allclose(eyes.profile[OUTER], np.tile(IRIS, (RINGS // 2 - 3, 1)), atol=0.02)
    np.testing.assert_allclose(eyes.sclera, SCLERA, atol=0.03)
    np.testing.assert_allclose(eyes.radius, 0.49 * EYE, rtol=0.12)


def test_a_pupil_is_dark_even_where_the_photo_hides_it():
    profile = read_eyes([portrait(0)], EYES, EYE).profile
    assert profile[0].mean() < 0.4 * profile[OUTER].mean()


def test_the_image_of_a_lamp_does_not_end_up_in_the_iris():
    view = portrait(0)
    x, y = view.face.points[LEFT_IRIS].astype(int)
    photo = view.photo.copy()
    photo[y - 2 : y + 1, x - 1 : x + 2] = 1.0
    eyes = read_eyes([replace(view, photo=photo)], EYES, EYE)
    np.testing.assert_allclose(eyes.profile[OUTER], np.tile(IRIS, (RINGS // 2 - 3, 1)), atol=0.04)


def test_without_a_face_the_eyes_are_brown_and_said_not_to_be_measured():
    eyes = read_eyes([replace(portrait(0), face=None)], EYES, EYE)
    assert not eyes.measured
    assert eyes.profile[-1, 0] > eyes.profile[-1, 2]


def test_tiny_eyes_are_not_measured():
    assert not read_eyes([portrait(0, size=64)], EYES, EYE).measured
