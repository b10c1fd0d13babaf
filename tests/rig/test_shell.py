"""What is lifted off a ball keeps the order of its layers."""

import numpy as np

from backend.rig.shell import cartesian, samples, spherical, spread


def directions(count: int) -> np.ndarray:
    """Unit vectors (count, 3) about the front."""
    angles = np.random.default_rng(1).uniform(-0.6, 0.6, (2, count))
    return cartesian(*angles, np.ones(count))


def test_spherical_coordinates_go_round():
    points = directions(50) * np.linspace(0.01, 0.02, 50)[:, None]
    np.testing.assert_allclose(cartesian(*spherical(points)), points, atol=1e-12)


def test_layers_over_one_another_are_lifted_alike():
    inner = 0.012 * directions(200)
    need = np.where(np.arange(200) == 7, 0.001, 0.0)
    np.testing.assert_allclose(spread(need, inner, inner), spread(need, inner, 1.2 * inner), atol=1e-12)


def test_nothing_is_lifted_less_than_it_needs_and_what_is_far_stays():
    points = 0.012 * directions(300)
    need = np.random.default_rng(2).uniform(0, 0.001, 300) * (points[:, 0] > 0.004)
    lift = spread(need, points, points)
    assert (lift >= need - 1e-12).all()
    assert lift.max() <= need.max() + 1e-12
    assert (lift[points[:, 0] < -0.002] == 0).all()


def test_samples_of_a_triangle_hold_its_corners_edges_and_middle():
    corners = np.array([[0.0, 0, 0], [6, 0, 0], [0, 6, 0]])
    points = samples(corners, np.array([[0, 1, 2]]))
    expected = {(0, 0), (6, 0), (0, 6), (3, 0), (0, 3), (3, 3), (2, 2)}
    assert {tuple(point[:2]) for point in points} == expected
