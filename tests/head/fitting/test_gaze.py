"""Where eyes look: the iris that a photo shows lies on the eyeball."""

from dataclasses import replace

import numpy as np
import pytest

from backend.head.fitting.gaze import Eyes, look_keys
from backend.head.fitting.pose import Pose
from backend.head.fitting.reading import Sighting
from backend.scene.rig import ARKIT, GAZE
from tests.head.fitting.soft_heads import portrait_camera, seen_by, soft_head

MODEL = soft_head()
EYES = Eyes.of(MODEL, MODEL.vertices)


def seen(yaw: float, pitch: float, azimuth: float = 15.0):
    """A face whose irises are where eyes that look there have them, and the camera."""
    camera = portrait_camera(azimuth)
    face = seen_by(camera, MODEL, MODEL.vertices)
    ahead = np.array([np.sin(yaw) * np.cos(pitch), -np.cos(yaw) * np.cos(pitch), -np.sin(pitch)])
    irises = camera.project(EYES.centers + EYES.radii[:, None] * ahead)[0]
    points = face.points.copy()
    points[[473, 468]] = irises
    return replace(face, points=points), Sighting(Pose.of(camera), camera.fl_x, (camera.cx, camera.cy))


def test_eyeballs_are_found_left_first():
    assert EYES.centers[0, 0] > 0 > EYES.centers[1, 0]
    np.testing.assert_allclose(EYES.radii, 0.012, rtol=0.05)


@pytest.mark.parametrize(("yaw", "pitch"), [(0, 0), (0.4, 0), (-0.3, 0.2), (0.1, -0.35)])
def test_turned_eyes_are_read_from_their_irises(yaw, pitch):
    found = EYES.turns(*seen(yaw, pitch))
    np.testing.assert_allclose(found, [[yaw, pitch]] * 2, atol=0.01)


def test_an_iris_off_the_eyeball_is_read_at_its_rim():
    face, sighting = seen(0, 0)
    points = face.points.copy()
    points[473] += 60
    assert np.isfinite(EYES.turns(replace(face, points=points), sighting)).all()


def test_eyes_that_follow_the_camera_look_toward_it():
    _, sighting = seen(0, 0, azimuth=20.0)
    toward = np.degrees(EYES.toward(sighting))
    assert abs(abs(toward[0, 0]) - 20) < 4
    assert EYES.toward(seen(0, 0, azimuth=-20.0)[1])[0, 0] * toward[0, 0] < 0


def test_turns_become_keys_of_the_way_they_go():
    left = np.radians(GAZE["eyeLookOut"] / 2)
    keys = dict(zip(ARKIT, look_keys(np.array([[[left, 0.0], [left, 0.0]]]))[0], strict=True))
    assert keys["eyeLookOutLeft"] == pytest.approx(0.5) and keys["eyeLookInRight"] == pytest.approx(0.5)
    assert sum(keys.values()) == pytest.approx(1.0)
    down = look_keys(np.full((1, 2, 2), [0.0, 9.0]))[0]
    assert down[ARKIT.index("eyeLookDownLeft")] == down[ARKIT.index("eyeLookDownRight")] == 1 and down.sum() == 2
