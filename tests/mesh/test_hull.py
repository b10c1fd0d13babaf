"""The visual hull: holds the subject, shrinks with views, and is not eaten by one wrong mask."""

from dataclasses import replace

import numpy as np
import pytest

from backend.mesh.hull import carve, hull_distance, mask_distance
from backend.mesh.topology import is_closed
from backend.scene import Bounds, Capture, CutPlane
from tests.synthetic import off_the_ellipsoid, orbit


@pytest.fixture(scope="module")
def views():
    return orbit(12, 64)


def capture_of(views, cut=None):
    return Capture(tuple(views), Bounds(np.zeros(3), 1.0), cut)


def test_mask_distance_is_zero_on_the_outline():
    columns = np.arange(40) + 0.5
    mask = np.tile(columns < 17, (30, 1)).astype(np.float32)
    np.testing.assert_allclose(mask_distance(mask), np.tile(columns - 17, (30, 1)), atol=1e-5)


def test_hull_holds_the_subject_and_little_more(views):
    surface = carve(capture_of(views), 24, 1.06)
    off = off_the_ellipsoid(surface.vertices)
    assert is_closed(surface)
    assert off.min() > -0.02 and off.mean() < 0.05


def test_one_wrong_mask_is_outvoted(views):
    wrong = replace(views[3], mask=np.zeros_like(views[3].mask))
    points = np.zeros((1, 3))
    spoiled = [*views[:3], wrong, *views[4:]]
    assert hull_distance(points, spoiled, None, dissent=0)[0] > 0
    assert hull_distance(points, spoiled, None, dissent=1)[0] < -0.3


def test_cut_plane_is_flat_and_nothing_lies_beyond(views):
    cut = CutPlane(np.array([0, 0, -0.3]), np.array([0, 0, -1.0]))
    surface = carve(capture_of(views, cut), 24, 1.06)
    assert is_closed(surface)
    assert surface.vertices[:, 2].min() == pytest.approx(-0.3, abs=1e-4)


def test_mask_that_leaves_the_picture_carves_nothing_there(views):
    # The lower third of each picture is cropped away: the part below it is unknown, not empty.
    cropped = [
        replace(v, photo=v.photo[:42], mask=v.mask[:42], camera=replace(v.camera, height=42)) for v in views
    ]
    point = np.array([[0.0, 0.0, -0.2]])
    assert hull_distance(point, cropped, None)[0] < 0
