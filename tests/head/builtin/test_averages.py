"""The proportions of the stored mean: what the table says, where the detector's points are known, and no more."""

from dataclasses import replace

import numpy as np
import pytest

from backend.head.builtin import assemble, generate
from backend.head.builtin.averages import proportioned

POINTS = np.array([334, 280, 1, 152, 17])
RNG = np.random.default_rng(0)
SPOTS = np.concatenate([RNG.normal(0, 0.05, (478, 3)), RNG.normal(0, 0.1, (60, 3))])  # landmarks, then other vertices
EYES = np.array([[0.0315, -0.07, 0.01], [-0.0315, -0.07, 0.01]])


@pytest.fixture(scope="module")
def table():
    """Each landmark on a vertex of its own."""
    weights = np.tile(np.array([1, 0, 0], np.float32), (478, 1))
    corners = np.repeat(np.arange(478, dtype=np.int32)[:, None], 3, 1)
    return replace(assemble.landmark_table(), corners=corners, weights=weights, spread=np.full(478, 1e-3, np.float32))


def test_the_generator_comes_back_to_the_stored_mean_but_for_what_landmarks_measured_since_differ():
    with np.load(assemble.MEAN) as stored:
        made, average = generate.averaged(stored["left"].astype(float)), stored["average"]
    away = np.linalg.norm(made - average, axis=1)  # centimeters
    assert np.median(away) < 0.02 and away.max() < 0.25


@pytest.mark.parametrize("point", POINTS)
def test_a_point_that_is_not_settled_pulls_nothing(table, point):
    spread = table.spread.copy()
    spread[point] = np.inf
    unsettled = replace(table, spread=spread)
    elsewhere = table.corners.copy()
    elsewhere[point] = 500
    here = proportioned(SPOTS, EYES, unsettled)
    there = proportioned(SPOTS, EYES, replace(unsettled, corners=elsewhere))
    np.testing.assert_allclose(here, there, atol=1e-12)


@pytest.mark.parametrize("point", POINTS)
def test_a_point_that_is_settled_does(table, point):
    elsewhere = table.corners.copy()
    elsewhere[point] = 500
    here, there = (proportioned(SPOTS, EYES, given) for given in (table, replace(table, corners=elsewhere)))
    assert np.abs(here - there).max() > 1e-4
