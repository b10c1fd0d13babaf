"""Steps of a known length."""

import itertools

import numpy as np
import pytest

from backend.fit.descent import Descent, batches, falling


def test_a_steady_gradient_moves_by_the_length_whatever_its_size():
    for size in (1e-6, 1.0, 1e6):
        descent, gradient = Descent(), np.full((50, 3), size, np.float32)
        for _ in range(5):
            step = descent.step(gradient, 0.02)
        np.testing.assert_allclose(np.linalg.norm(step, axis=1), 0.02, rtol=1e-3)
        assert (step < 0).all()


def test_quiet_places_stay_quiet_and_wild_ones_are_held():
    gradient = np.ones(1000, np.float32)
    gradient[0], gradient[1] = 1e-5, 30.0
    step = Descent().step(gradient, 1.0)
    assert abs(step[0]) < 1e-4
    assert abs(step[1]) == pytest.approx(2.0)


def test_no_gradient_no_step():
    assert np.abs(Descent().step(np.zeros((4, 3), np.float32), 1.0)).max() == 0


def test_every_view_comes_once_before_any_comes_twice():
    drawn = list(itertools.islice(batches(range(7), 2, np.random.default_rng(0)), 7))
    flat = [view for batch in drawn for view in batch]
    assert sorted(flat[:7]) == sorted(flat[7:]) == list(range(7))


def test_falling_goes_from_start_to_end():
    assert [falling(0.4, 0.1, share) for share in (0, 0.5, 1)] == pytest.approx([0.4, 0.2, 0.1])
