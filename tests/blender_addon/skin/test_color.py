"""Color spaces against published values."""

import numpy as np
import pytest

from blender_addon.skin.color import lab_of_linear, linear_of_lab, linear_of_srgb, srgb_of_linear

COLORS = np.random.default_rng(0).uniform(0, 1, (2000, 3))


@pytest.mark.parametrize(
    ("srgb", "lab"),
    [  # the well-known values of sRGB's corners under D65, to two digits
        ((1, 1, 1), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((1, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 1, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 1), (32.30, 79.19, -107.86)),
    ],
)
def test_primaries_have_their_known_lab(srgb, lab):
    np.testing.assert_allclose(lab_of_linear(linear_of_srgb(np.array(srgb, float))), lab, atol=0.03)


def test_a_middle_gray_is_gray():
    """sRGB 119 is L* 50 within rounding, the gray of a gray card."""
    np.testing.assert_allclose(lab_of_linear(linear_of_srgb(np.full(3, 119 / 255))), (50.03, 0, 0), atol=0.01)


def test_round_trips():
    np.testing.assert_allclose(srgb_of_linear(linear_of_srgb(COLORS)), COLORS, atol=1e-6)
    np.testing.assert_allclose(linear_of_lab(lab_of_linear(COLORS)), COLORS, atol=1e-9)
    dark = COLORS * 0.004  # the straight part of Lab's curve
    np.testing.assert_allclose(linear_of_lab(lab_of_linear(dark)), dark, atol=1e-9)
