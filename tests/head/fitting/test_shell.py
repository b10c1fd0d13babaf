"""The thin plate keeps what is even, meets what is known, and is zero where it must not move."""

import numpy as np

from backend.head.fitting.shell import Points, Shell
from tests.head.fitting.soft_heads import RADII, ellipsoid

VERTICES, POLYGONS = ellipsoid(48, 30)
FACES = np.concatenate([POLYGONS[:, :3], POLYGONS[POLYGONS[:, 3] >= 0][:, [0, 2, 3]]])
SHELL = Shell(VERTICES, FACES)
NOTHING = np.zeros(len(VERTICES))


def at(vertices: np.ndarray, value: np.ndarray) -> Points:
    corners = np.repeat(vertices[:, None], 3, 1)
    return Points(corners, np.tile([1.0, 0, 0], (len(vertices), 1)), value, np.full(len(vertices), 100.0))


def test_areas_sum_to_that_of_the_ellipsoid():
    a, b, c = RADII**1.6075  # Thomsen's formula, within 1.1 %
    area = 4 * np.pi * ((a * b + a * c + b * c) / 3) ** (1 / 1.6075)
    np.testing.assert_allclose(SHELL.area.sum(), area, rtol=0.02)


def test_smoothing_keeps_what_is_even_and_the_mean():
    values = np.stack([np.full(len(VERTICES), 3.0), np.random.default_rng(0).normal(size=len(VERTICES))], 1)
    smooth = SHELL.smooth(values, 0.02)
    np.testing.assert_allclose(smooth[:, 0], 3.0, rtol=1e-6)
    np.testing.assert_allclose(SHELL.area @ smooth, SHELL.area @ values, rtol=1e-6)
    assert smooth[:, 1].std() < 0.5 * values[:, 1].std()


def test_what_is_known_everywhere_is_met():
    wave = 0.02 + 0.01 * np.sin(30 * VERTICES[:, 2])
    found = SHELL.bend(NOTHING == 0, at(np.arange(len(VERTICES)), wave), NOTHING, NOTHING, 0.02, 0.02)
    assert np.abs(found - wave).max() < 0.001


def test_nothing_moves_that_is_not_free_and_the_prior_holds_where_nothing_is_known():
    free = VERTICES[:, 2] > 0
    top = np.argmax(VERTICES[:, 2], keepdims=True)
    found = SHELL.bend(free, at(top, np.array([0.02])), NOTHING + 0.01, NOTHING + 1e5, 0.02, 0.02)
    assert not found[~free].any()
    np.testing.assert_allclose(np.median(found[VERTICES[:, 2] > 0.03]), 0.01, rtol=0.1)
    assert found[top[0]] > 0.015
