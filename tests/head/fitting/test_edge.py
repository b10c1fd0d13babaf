"""Pixels along an edge: on it, even on all sides, with normals that point inward."""

import numpy as np
import pytest

from backend.head.fitting.edge import edge_of


def disc(middle: tuple[float, float] = (60.3, 64.8), radius: float = 41.0) -> np.ndarray:
    rows, columns = np.indices((128, 128))
    return np.hypot(columns - middle[0], rows - middle[1]) < radius


@pytest.mark.parametrize("every", [1, 2, 3])
def test_all_sides_are_equally_dense(every):
    rows, columns, _ = edge_of(disc(), every, 1.5)
    octants = np.bincount((np.degrees(np.arctan2(rows - 64.8, columns - 60.3)) % 360 // 45).astype(int), minlength=8)
    assert np.abs(octants * every - octants.mean() * every).max() < 0.2 * octants.mean() * every + every
    assert octants.sum() * every == pytest.approx(4 * np.sqrt(2) * 41, rel=0.05)  # one in each row or column


def test_normals_are_unit_and_point_inward():
    rows, columns, inward = edge_of(disc(), 2, 1.5)
    toward = np.stack([60.3 - columns, 64.8 - rows], 1)
    toward /= np.linalg.norm(toward, axis=1, keepdims=True)
    np.testing.assert_allclose(np.linalg.norm(inward, axis=1), 1, atol=1e-6)
    assert ((inward * toward).sum(1) > 0.97).all()


def test_pixels_are_covered_and_have_an_uncovered_neighbor():
    covered = disc()
    rows, columns, _ = edge_of(covered, 2, 1.5)
    assert covered[rows, columns].all()
    around = [covered[rows + down, columns + right] for down, right in ((0, 1), (0, -1), (1, 0), (-1, 0))]
    assert not np.all(around, 0).any()


def test_nothing_covered_has_no_edge():
    rows, columns, inward = edge_of(np.zeros((32, 32), bool), 2, 1.5)
    assert len(rows) == len(columns) == len(inward) == 0
