"""The sculptor's primitives are distances, and their joints are bounded and local."""

import numpy as np
import pytest

from demo import solids

RNG = np.random.default_rng(3)
POINTS = RNG.uniform(-3, 3, (2000, 3))


def slope(function, points: np.ndarray) -> np.ndarray:
    """Length of the central-difference gradient (N,)."""
    eps = 1e-5
    steps = [(function(points + eps * axis) - function(points - eps * axis)) / (2 * eps) for axis in np.eye(3)]
    return np.linalg.norm(steps, axis=0)


@pytest.mark.parametrize(
    "function",
    [
        lambda p: solids.sphere(p, (0.3, 0, 0.1), 1.0),
        lambda p: solids.cone(p, (0, 0, -1), (0.5, 0.2, 1), 0.5, 0.5),
        lambda p: solids.chain(p, np.array([(0, 0, -1), (0, 0, 0), (1, 0, 1.0)]), (0.4, 0.4, 0.4)),
    ],
)
def test_round_solids_measure_distance(function):
    np.testing.assert_allclose(np.quantile(slope(function, POINTS), [0.02, 0.98]), 1.0, atol=1e-5)


def test_ellipsoid_is_zero_on_its_surface_with_unit_slope():
    directions = POINTS / np.linalg.norm(POINTS, axis=1, keepdims=True)
    surface = directions * (2.0, 1.0, 0.5) + (0.1, 0.2, 0.3)

    def function(points):
        return solids.ellipsoid(points, (0.1, 0.2, 0.3), (2.0, 1.0, 0.5))

    np.testing.assert_allclose(function(surface), 0.0, atol=1e-12)
    np.testing.assert_allclose(slope(function, surface), 1.0, atol=1e-6)


def test_turned_ellipsoid_is_the_ellipsoid_of_turned_points():
    axes = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
    straight = solids.ellipsoid(POINTS @ axes.T, (0, 0, 0), (2.0, 1.0, 0.5))
    np.testing.assert_allclose(solids.ellipsoid(POINTS, (0, 0, 0), (2.0, 1.0, 0.5), axes), straight, atol=1e-12)


def test_joints_touch_only_where_both_are_near():
    a, b = RNG.uniform(-2, 2, (2, 5000))
    width = 0.5
    union = solids.blend(a, b, width)
    assert (union <= np.minimum(a, b) + 1e-12).all()
    assert (union >= np.minimum(a, b) - width / 4 - 1e-12).all()
    far = np.abs(a - b) > width
    np.testing.assert_array_equal(union[far], np.minimum(a, b)[far])


def test_carving_and_meeting_never_add_matter():
    a, b = RNG.uniform(-2, 2, (2, 5000))
    assert (solids.carve(a, b, 0.3) >= np.maximum(a, -b) - 1e-12).all()
    assert (solids.meet(a, b, 0.3) >= np.maximum(a, b) - 1e-12).all()


def test_curve_passes_its_knots():
    knots = RNG.normal(size=(5, 4))
    np.testing.assert_allclose(solids.curve(knots, 9)[::2], knots, atol=1e-12)


def test_noise_is_bounded_repeatable_and_smooth():
    points = RNG.uniform(-20, 20, (5000, 3))
    values = solids.noise(points, 4)
    assert np.abs(values).max() <= 1.0 and values.std() > 0.1 and abs(values.mean()) < 0.1
    np.testing.assert_array_equal(values, solids.noise(points, 4))
    assert np.abs(values - solids.noise(points, 5)).mean() > 0.1
    assert np.abs(solids.noise(points + 1e-4, 4) - values).max() < 2e-3
