"""Expressions read from points: exact where points are, bounded, and held by what is known before."""

from dataclasses import replace

import numpy as np
import pytest

from backend.head.fitting.actor import Actor, Habit
from backend.head.fitting.pose import Pose
from backend.head.fitting.reading import Expectation, Sighting, read
from backend.head.fitting.rotation import turned
from backend.scene.rig import ARKIT
from tests.head.fitting.soft_heads import portrait_camera, seen_by, soft_head

NAMES = ("jawOpen", "mouthSmileLeft", "mouthSmileRight")
MODEL = replace(soft_head(expressions=3), expression_names=NAMES)
ACTOR = Actor.of(MODEL, MODEL.vertices)
UNSURE = Expectation.of({}, unsaid=0.5)


def vector(*values: float) -> np.ndarray:
    """The coefficients of NAMES among those of ARKIT."""
    result = np.zeros(len(ARKIT))
    result[[ARKIT.index(name) for name in NAMES]] = values
    return result


def sighting(azimuth: float, expression, error: float = 0.0, **known) -> tuple[Sighting, np.ndarray]:
    """A camera, what it sees of the expression, and the detector's face; error: pixels that all points are off."""
    camera = portrait_camera(azimuth)
    face = seen_by(camera, MODEL, MODEL.shape(np.zeros(4), np.array(expression, float)))
    face = replace(face, points=face.points + np.float32(error) * np.sin(np.arange(478))[:, None].astype(np.float32))
    return Sighting(Pose.of(camera), camera.fl_x, (camera.cx, camera.cy), **known), face


def read_at(azimuths, expression, expected=UNSURE, **known):
    seen = [sighting(azimuth, expression, **known) for azimuth in azimuths]
    return read([replace(camera, marks=(ACTOR.marks(face),)) for camera, face in seen], expected)


@pytest.mark.parametrize("azimuths", [(0,), (-30, 0, 30)])
def test_an_expression_on_the_keys_is_found(azimuths):
    reading = read_at(azimuths, (0.8, 0.0, 0.4), turn=1e-3, shift=1e-4)
    np.testing.assert_allclose(reading.coefficients, vector(0.8, 0.0, 0.4), atol=0.02)


def test_a_camera_that_is_a_guess_is_found_as_well():
    camera, face = sighting(10, (0.0, 0.7, 0.0))
    off = Pose(turned(camera.pose.rotation, np.array([0.05, -0.04, 0.03])), camera.pose.translation + 0.01)
    reading = read([replace(camera, pose=off, marks=(ACTOR.marks(face),))], UNSURE)
    np.testing.assert_allclose(reading.coefficients, vector(0.0, 0.7, 0.0), atol=0.05)
    np.testing.assert_allclose(reading.poses[0].rotation, camera.pose.rotation, atol=0.01)


def test_coefficients_stay_within_their_bounds():
    found = read_at((-20, 20), (1.5, -0.6, 0.2), turn=1e-3, shift=1e-4).coefficients
    assert found.min() >= 0 and found.max() <= 1
    assert found[ARKIT.index("jawOpen")] == pytest.approx(1)


def test_a_tag_decides_where_photos_say_nothing():
    camera, _ = sighting(0, (0, 0, 0))
    told = read([camera], Expectation.of({"jawOpen": 0.6})).coefficients
    np.testing.assert_allclose(told, vector(0.6, 0.0, 0.0), atol=1e-6)


def test_keys_that_a_model_lacks_stay_at_rest():
    found = read_at((0,), (0.5, 0.5, 0.5), turn=1e-3, shift=1e-4).coefficients
    others = [number for number, name in enumerate(ARKIT) if name not in NAMES]
    assert np.abs(found[others]).max() < 1e-9


def test_a_detectors_habits_on_a_face_are_taken_off():
    at_rest = [sighting(azimuth, (0, 0, 0), error=4.0) for azimuth in (-10, 0, 10)]
    still = [np.zeros(len(ARKIT))] * 3
    habit = Habit.of(ACTOR, [face for _, face in at_rest], [camera for camera, _ in at_rest], still)
    camera, face = sighting(2, (0.0, 0.0, 0.8), error=4.0, turn=1e-3, shift=1e-4)
    errors = []
    for known in (None, habit):
        marks = ACTOR.marks(face, known, camera)
        found = read([replace(camera, marks=(marks,))], UNSURE).coefficients
        errors.append(np.abs(found - vector(0.0, 0.0, 0.8)).max())
    assert errors[1] < 0.04 and errors[1] < 0.5 * errors[0]


def test_habits_of_far_views_are_not_believed():
    camera, face = sighting(0, (0, 0, 0), error=4.0)
    habit = Habit.of(ACTOR, [face], [camera], [np.zeros(len(ARKIT))])
    near, far = (habit.expected(sighting(azimuth, (0, 0, 0))[0]) for azimuth in (0, 60))
    assert near[1] == pytest.approx(1) and np.abs(near[0]).max() > 0.01
    assert far[1] < 0.01 and np.abs(far[0]).max() < 0.01 * np.abs(near[0]).max() + 1e-3
