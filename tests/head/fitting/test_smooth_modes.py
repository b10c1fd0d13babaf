"""Slack beside a model's own directions: symmetric or opposed, as wide as it says, and nothing that tears or bends."""

from dataclasses import replace

import numpy as np
import pytest

from backend.head.fitting.smooth_modes import SlackConfig, with_slack
from backend.scene.head import EYEBALL
from tests.head.fitting.soft_heads import soft_head

SLACK = 0.003
MODEL = soft_head(slack=SLACK)
MANY = SlackConfig(length=0.05, anchors=400, modes=2000)  # so that nothing is cut off
MIRROR = np.array([-1, 1, 1])


def fields(model=MODEL, config=MANY) -> np.ndarray:
    """The added directions (M, V, 3)."""
    return with_slack(model, config).identity[len(model.identity) :].astype(float)


def is_alike(field: np.ndarray, sign: float) -> bool:
    return np.abs(field[MODEL.mirror] * MIRROR - sign * field).max() < 1e-6


def test_every_mode_is_symmetric_or_opposed():
    alike, opposed = ([is_alike(field, sign) for field in fields()] for sign in (1, -1))
    assert all(one != other for one, other in zip(alike, opposed, strict=True))
    assert 0.3 < np.mean(alike) < 0.7


def test_symmetric_modes_are_the_stronger_ones():
    modes = fields(config=SlackConfig(modes=20))
    assert np.mean([is_alike(mode, 1) for mode in modes]) > 0.7


@pytest.mark.parametrize("asymmetry", [1.0, 0.4])
def test_variance_is_that_of_the_slack(asymmetry):
    variance = (fields(config=replace(MANY, asymmetry=asymmetry)) ** 2).sum(0)
    skin = MODEL.region != EYEBALL
    # Between a point and its mirror image; across the middle a symmetric head moves against itself.
    near = np.exp(-((2 * MODEL.vertices[:, :1]) ** 2) / (2 * MANY.length**2)) * -MIRROR
    expected = SLACK**2 * 0.5 * ((1 - near) + asymmetry**2 * (1 + near))
    np.testing.assert_allclose(variance[skin], expected[skin] if asymmetry < 1 else SLACK**2, rtol=0.03, atol=1e-9)


def test_neighbors_move_alike_and_far_points_apart():
    modes = fields(config=replace(MANY, asymmetry=1.0))[:, MODEL.region != EYEBALL]
    points = MODEL.vertices[MODEL.region != EYEBALL].astype(float)
    covariance = np.einsum("kvc,kc->vc", modes, modes[:, 0])
    squares = ((points - points[0]) ** 2).sum(1)
    expected = SLACK**2 * np.exp(-squares / (2 * MANY.length**2))
    np.testing.assert_allclose(covariance, np.repeat(expected[:, None], 3, 1), atol=0.03 * SLACK**2)


def test_eyeballs_move_as_one_each():
    modes = fields()
    for side in (MODEL.vertices[:, 0] > 0, MODEL.vertices[:, 0] < 0):
        eye = modes[:, (MODEL.region == EYEBALL) & side]
        assert np.abs(eye - eye[:, :1]).max() < 1e-6
        assert np.abs(eye).max() > 0.2 * SLACK


def test_no_slack_leaves_the_model_unchanged():
    model = replace(MODEL, slack=0.0)
    assert with_slack(model) is model


def test_modes_are_added_behind_the_models_own_and_named():
    more = with_slack(MODEL, SlackConfig(modes=30))
    assert len(more.identity) == len(more.identity_names) == len(MODEL.identity) + 30
    assert len(set(more.identity_names)) == len(more.identity_names)
    np.testing.assert_array_equal(more.identity[: len(MODEL.identity)], MODEL.identity)
