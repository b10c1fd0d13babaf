"""What is left of a disturbance's cost, as the table tells it, and what is switched off for comparison."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from backend.fit import objective
from backend.head.fitting import tracks
from benchmarks.disturbance import Cost, parse, table, unguarded


def test_the_command_line():
    options = parse(["a", "b", "--models", "ict", "--guards", "all", "--seeds", "3,4"])
    assert options.clean == Path("a") and options.models == ["ict"]
    assert options.guards == ["all"] and options.seeds == [3, 4]
    with pytest.raises(SystemExit):
        parse(["a", "b", "--guards", "none"])


def test_what_is_left_is_a_share_of_what_is_lost_unguarded():
    assert Cost(clean=0.2, on=0.3, off=0.6).left == pytest.approx(0.25)
    assert Cost(clean=0.2, on=0.2, off=0.6).left == 0


def test_a_mean_row_is_the_share_of_mean_costs():
    costs = {("lattice", "all", 0): Cost(0.2, 0.3, 0.4), ("lattice", "all", 1): Cost(0.2, 0.3, 0.8),
             ("ict", "weights", 0): Cost(0.1, 0.2, 0.3)}  # fmt: skip
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table(costs).splitlines()[2:]]
    assert [row[:3] + row[-1:] for row in rows] == [
        ["lattice", "all", "0", "50"],
        ["lattice", "all", "1", "16.7"],
        ["lattice", "all", "mean", "25"],
        ["ict", "weights", "0", "50"],
    ]


@pytest.mark.parametrize(("guards", "off"), [("weights", False), ("all", True)])
def test_reflections_are_looked_for_unless_all_guards_are_off(guards, off):
    before = objective.highlight_trust, tracks.shining_apart
    dark, bright = np.zeros((24, 24, 3), np.float32), np.zeros((24, 24, 3), np.float32)
    bright[10:14, 10:14] = 200
    with unguarded(guards):
        assert (tracks.shining_apart(dark, bright, np.ones((24, 24), bool)).any()) != off
        if off:
            scene = SimpleNamespace(targets=[SimpleNamespace(mask=torch.zeros(3, 4))])
            assert (objective.highlight_trust(scene, 0) == 1).all()
        else:
            assert objective.highlight_trust is before[0]
    assert (objective.highlight_trust, tracks.shining_apart) == before
