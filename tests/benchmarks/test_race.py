import time
from dataclasses import dataclass

import numpy as np
import pytest

from backend.scene import Bounds, Capture, Picture
from benchmarks import race
from benchmarks.race import Budget, Moment, Stopwatch, TimeUp, affordable, hull_box, painter, seconds_until, with_steps
from tests.synthetic import RADII, orbit

GRAY = Picture(np.full((2, 2, 3), 0.25, np.float32), np.full((2, 2), 0.5, np.float32), np.zeros((2, 2), np.float32))


def test_the_clock_stands_still_while_pictures_are_measured():
    def slow(paint) -> dict[str, float]:
        time.sleep(0.5)
        return {"psnr": float(paint(None, 1.0)[0, 0, 0])}

    watch = Stopwatch(slow)
    watch.steps = 3
    time.sleep(0.05)
    watch.look(painter(lambda camera: GRAY))
    assert 0.05 <= watch.seconds < 0.45
    assert watch.moments == [Moment(3, watch.moments[0].seconds, {"psnr": 0.75})]


def test_a_budget_ends_the_fit_and_looks_at_even_times():
    watch = Stopwatch(lambda paint: {})
    budget = Budget(0.4, watch, looks=4)
    with pytest.raises(TimeUp):
        while True:
            time.sleep(0.01)
            budget.field(lambda camera: GRAY)
    assert 0.4 <= watch.seconds < 0.8 and watch.steps > 3
    assert [round(moment.seconds, 1) for moment in watch.moments] == [0.1, 0.2, 0.3]


def test_steps_fill_the_budget_that_is_left_after_the_preparations():
    assert affordable(Moment(100, 12.0, {}), prepared=2.0, budget=50.0) == int((0.97 * 50 - 2) / 0.1)
    assert affordable(Moment(100, 12.0, {}), prepared=2.0, budget=1.0) == 1


@dataclass(frozen=True)
class Plan:
    side: int
    steps: int


@dataclass(frozen=True)
class Fit:
    plan: Plan


def test_only_the_steps_of_a_plan_change():
    assert with_steps(Plan(64, 100), 7) == Plan(64, 7)
    assert with_steps(Fit(Plan(64, 100)), 7) == Fit(Plan(64, 7))


def test_a_target_is_reached_when_it_was_first_seen():
    moments = [Moment(1, 1.0, {"psnr": 10}), Moment(2, 2.0, {"psnr": 20}), Moment(3, 3.0, {"psnr": 19})]
    assert seconds_until(moments, "psnr", 15) == 2.0
    assert seconds_until(moments, "psnr", 25) is None


def test_the_peer_is_measured_at_its_marks_over_white(monkeypatch):
    capture = Capture(orbit(8, 24), Bounds(np.zeros(3), 1.0))
    box = hull_box(capture)
    assert np.all(box.low.numpy() < -0.95 * RADII) and np.all(box.high.numpy() > 0.95 * RADII)
    assert np.all(box.high.numpy() < 1.4 * RADII)
    seen = []
    monkeypatch.setattr(race, "hull_box", lambda capture: box)
    monkeypatch.setattr(race, "train_peer", lambda photos, box, steps, after_step, seed: seen.extend(photos))
    assert race.race_peer(capture, [1], lambda paint: {}, seed=0) == []
    np.testing.assert_allclose(seen[0].photo[0, 0], 1)  # a corner of the first photo shows no subject
