"""The builtin head's landmarks: weights, symmetry, places that anyone can check."""

import numpy as np
import pytest

from backend.head.builtin import build
from backend.scene import head as regions
from backend.scene.face import LANDMARKS


@pytest.fixture(scope="module")
def model():
    return build()


@pytest.fixture(scope="module")
def points(model):
    """(478, 3) millimeters."""
    table = model.landmarks
    return (model.vertices[table.corners] * table.weights[..., None]).sum(1) * 1000


def test_the_table_is_whole(model):
    table = model.landmarks
    assert table.corners.shape == table.weights.shape == (LANDMARKS, 3) and table.spread.shape == (LANDMARKS,)
    np.testing.assert_allclose(table.weights.sum(1), 1, atol=1e-6)
    assert (table.weights > -1e-6).all() and (table.spread > 0).all() and np.isfinite(table.spread).sum() > 400


def test_the_tip_of_the_nose_is_the_foremost_point(points):
    assert points[:, 1].argmin() in (1, 4)


@pytest.mark.parametrize("pair", [(33, 263), (133, 362), (61, 291), (234, 454), (468, 473), (105, 334), (50, 280)])
def test_pairs_are_mirror_images(points, pair):
    left, right = points[pair[0]], points[pair[1]]
    np.testing.assert_allclose(left * [-1, 1, 1], right, atol=1.5)
    assert left[0] < 0  # the subject's right side comes first


@pytest.mark.parametrize("number", [0, 1, 4, 5, 6, 9, 10, 13, 14, 17, 152, 168, 175, 195, 197, 199])
def test_points_of_the_middle_lie_there(points, number):
    assert abs(points[number, 0]) < 1.0


def test_features_follow_one_another_from_above(points):
    assert (np.diff(points[[10, 9, 168, 4, 2, 0, 13, 17, 152], 2]) < 0).all()


def test_irises_lie_on_the_eyeballs_and_lips_on_the_lips(model, points):
    table = model.landmarks
    for number in (468, 473):
        assert (model.region[table.corners[number]] == regions.EYEBALL).all()
        assert abs(abs(points[number, 0]) - 31.5) < 2
    for number in (0, 17):
        assert regions.LIPS in model.region[table.corners[number]]


def test_corners_of_the_eyes_lie_at_the_lids(points):
    assert 85 < points[263, 0] - points[33, 0] < 100
    assert 28 < points[362, 0] - points[133, 0] < 40
