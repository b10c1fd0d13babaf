"""Mirror pairs: an involution, also where nearest vertices alone would not give one."""

import numpy as np
import pytest

from backend.head.kits.symmetry import mirror_pairs


def halves(rng, count=40, middle=7):
    right = rng.uniform((-0.1, -0.1, -0.1), (-0.005, 0.1, 0.1), (count, 3))
    line = rng.uniform(-0.1, 0.1, (middle, 3)) * [0, 1, 1]
    return np.concatenate([right, right * [-1, 1, 1], line]).astype(np.float32)


def test_pairs_are_found_in_any_order():
    rng = np.random.default_rng(0)
    vertices = halves(rng)
    partner = mirror_pairs(vertices)
    np.testing.assert_array_equal(partner[partner], np.arange(len(vertices)))
    np.testing.assert_array_equal(partner[:40], np.arange(40, 80))
    np.testing.assert_array_equal(partner[80:], np.arange(80, 87))
    order = rng.permutation(len(vertices))
    np.testing.assert_array_equal(order[mirror_pairs(vertices[order])], partner[order])


def test_crowded_vertices_that_are_not_quite_symmetric_are_matched_one_to_one():
    rng = np.random.default_rng(1)
    right = np.array([(-0.05, 0, 0), (-0.05, 0, 0.0002), (-0.05, 0.03, 0)])
    left = right * [-1, 1, 1] + rng.normal(0, 0.00015, right.shape)
    partner = mirror_pairs(np.concatenate([right, left]).astype(np.float32))
    np.testing.assert_array_equal(partner[partner], np.arange(6))
    assert set(partner[:3]) == {3, 4, 5} and partner[2] == 5


def test_a_head_that_is_not_symmetric_is_refused():
    vertices = halves(np.random.default_rng(2))
    vertices[3, 1] += 0.004
    with pytest.raises(ValueError, match="halves"):
        mirror_pairs(vertices)
