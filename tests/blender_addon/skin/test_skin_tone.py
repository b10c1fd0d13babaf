"""Statistics of skin, and where the neck is."""

import numpy as np
import pytest

from blender_addon.rigs.neck import neck_weights
from blender_addon.skin.color import lab_of_linear, linear_of_srgb
from blender_addon.skin.skin_tone import may_be_skin, measure

RNG = np.random.default_rng(0)
MEAN, SPREAD = np.array([62.0, 16.0, 18.0]), np.array([6.0, 2.0, 2.5])


@pytest.mark.parametrize("share", [0.0, 0.15, 0.3])  # of the samples that are lips, brows and cloth
def test_a_tone_is_deaf_to_what_is_no_skin(share):
    skin = RNG.normal(MEAN, SPREAD, (20_000, 3))
    other = RNG.normal((20, -10, -20), (15, 5, 5), (int(20_000 * share), 3))
    tone = measure(np.concatenate([skin, other]))
    np.testing.assert_allclose(tone.mean, MEAN, atol=0.7)
    np.testing.assert_allclose(tone.spread, SPREAD, rtol=0.08)


def test_one_flat_color_has_no_spread():
    tone = measure(np.tile(MEAN, (300, 1)))
    np.testing.assert_allclose(tone.mean, MEAN)
    np.testing.assert_allclose(tone.spread, 0, atol=1e-9)


@pytest.mark.parametrize(
    ("srgb", "is_skin"),
    [
        ((236, 200, 180), True), ((198, 134, 66), True), ((141, 85, 36), True), ((74, 48, 35), True),
        ((40, 60, 160), False), ((128, 128, 128), False), ((30, 160, 60), False), ((250, 250, 250), False),
    ],
)  # fmt: skip
def test_skin_of_all_people_is_told_from_cloth(srgb, is_skin):
    assert may_be_skin(lab_of_linear(linear_of_srgb(np.array([srgb]) / 255)))[0] == is_skin


@pytest.mark.parametrize("shoulders", [False, True])
@pytest.mark.parametrize("unit", [1.0, 40.0])  # of the capture, in meters
def test_the_neck_is_the_narrow_part_below_the_head(shoulders, unit):
    """A ball of a head on a tube, with and without shoulders wider than the head."""
    height = np.repeat(np.linspace(-0.22, 0.12, 200), 40)
    angle = np.tile(np.linspace(0, 2 * np.pi, 40, endpoint=False), 200)
    radius = np.maximum(np.sqrt(np.clip(0.1**2 - (height - 0.02) ** 2, 0, None)), np.where(height < 0, 0.05, 0))
    if shoulders:
        radius = np.where(height < -0.16, 0.2, radius)
    vertices = np.stack([radius * np.cos(angle), radius * np.sin(angle), height], 1) * unit + 3.0
    weights = neck_weights(vertices)
    assert weights[height < -0.1].min() > 0.9
    assert weights[height > 0].max() < 0.05
    assert (np.diff(weights[angle == 0]) <= 1e-6).all()


def test_what_has_no_neck_has_no_weights_or_few():
    cube = np.array(np.meshgrid([0, 1], [0, 1], [0, 1])).reshape(3, -1).T
    assert neck_weights(cube).max() == 0
