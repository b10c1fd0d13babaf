"""The rims of lids and lips are closed loops of edges, where a face opens."""

import numpy as np
import pytest
from people import model_or_skip

from backend.rig.openings import eye_rims, mouth_rim, opening
from backend.scene.head import EYEBALL


@pytest.fixture(scope="module", params=["builtin", "ict"])
def model(request):
    return model_or_skip(request.param)


def rims(model):
    return [*eye_rims(model).values(), mouth_rim(model)]


def test_both_eyes_and_the_mouth_are_found(model):
    assert set(eye_rims(model)) == {"Left", "Right"}
    assert mouth_rim(model) is not None


def test_a_rim_is_a_closed_walk_along_edges(model):
    faces = model.triangles(model.polygons)
    edges = {tuple(edge) for edge in np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), 1).tolist()}
    for rim in rims(model):
        assert len(set(rim.loop.tolist())) == len(rim.loop)
        steps = np.sort(np.stack([rim.loop, np.roll(rim.loop, -1)], 1), 1)
        assert {tuple(step) for step in steps.tolist()} <= edges


def test_sides_share_the_corners_and_the_upper_one_lies_higher(model):
    for rim in rims(model):
        upper, lower = model.vertices[rim.upper], model.vertices[rim.lower]
        assert {rim.upper[0], rim.upper[-1]} == {rim.lower[0], rim.lower[-1]}
        assert upper[0, 0] > upper[-1, 0]  # from the left to the right
        assert upper[1:-1, 2].mean() > lower[1:-1, 2].mean()


def test_left_rim_is_the_mirror_of_the_right_one(model):
    eyes = eye_rims(model)
    assert set(model.mirror[eyes["Left"].loop]) == set(eyes["Right"].loop)
    mouth = mouth_rim(model)
    assert set(model.mirror[mouth.loop]) == set(mouth.loop)


def test_an_eye_rim_lies_before_its_ball_and_no_nostril_is_taken_for_it(model):
    for side, sign in (("Left", 1), ("Right", -1)):
        ball = model.vertices[(model.region == EYEBALL) & (model.vertices[:, 0] * sign > 0)]
        rim = model.vertices[eye_rims(model)[side].loop]
        assert np.linalg.norm(rim.mean(0)[[0, 2]] - ball.mean(0)[[0, 2]]) < 0.006
        assert rim[:, 1].mean() < ball[:, 1].mean()


def test_sides_of_an_opening_have_no_vertex_in_common_away_from_the_corners(model):
    rim = mouth_rim(model)
    place = opening(model, rim, model.vertices, 0.02)
    upper, lower = (np.unique(place.side(side, 0.015, sure=0.001)) for side in (True, False))
    assert len(upper) > 30 and len(lower) > 30
    assert not np.intersect1d(upper, lower).size
    assert np.isin(rim.upper[3:-3], upper).mean() > 0.9 and np.isin(rim.lower[3:-3], lower).mean() > 0.9
