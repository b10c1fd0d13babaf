"""Smoothing over time: no delay, gaps bridged, what is slow unchanged."""

import numpy as np
import pytest

from backend.head.fitting.smoothing import bridged, smoothed

FPS, CUTOFF = 30.0, 6.0


def wave(frequency: float, count: int = 300) -> np.ndarray:
    return np.sin(2 * np.pi * frequency * np.arange(count) / FPS)[:, None]


def everywhere(values: np.ndarray) -> np.ndarray:
    return np.ones(len(values), bool)


@pytest.mark.parametrize(("frequency", "left"), [(0.5, 1.0), (CUTOFF, 0.5), (14.0, 0.08)])
def test_what_is_faster_than_the_cutoff_goes(frequency, left):
    values = wave(frequency)
    found = smoothed(values, everywhere(values), FPS, CUTOFF)[50:-50]
    assert (found * values[50:-50]).sum() / (values[50:-50] ** 2).sum() == pytest.approx(left, abs=0.05)


def test_a_peak_stays_where_it_is():
    values = np.exp(-((np.arange(101) - 50) ** 2) / 20.0)[:, None]
    found = smoothed(values, everywhere(values), FPS, CUTOFF)[:, 0]
    assert found.argmax() == 50
    np.testing.assert_allclose(found, found[::-1], atol=1e-9)


def test_straight_lines_are_smooth_already():
    values = np.stack([np.linspace(0, 1, 20), np.full(20, 3.0)], 1)
    np.testing.assert_allclose(smoothed(values, everywhere(values), FPS, CUTOFF), values, atol=1e-9)


def test_gaps_are_bridged_and_ends_held():
    values, seen = np.array([[9.0], [1], [9], [9], [4], [9]]), np.array([0, 1, 0, 0, 1, 0], bool)
    np.testing.assert_allclose(bridged(values, seen)[:, 0], [1, 1, 2, 3, 4, 4])
    assert np.abs(smoothed(values, seen, FPS, CUTOFF)).max() < 5


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_frames_to_smooth_stay(count):
    values = np.arange(count, dtype=float)[:, None]
    np.testing.assert_array_equal(smoothed(values, everywhere(values), FPS, CUTOFF), values)
