"""The CSV of Live Link Face: header, timecodes, values, and whole or not at all."""

import csv

import numpy as np
import pytest

from backend.asset.live_link import TURNS, check_animation_target, write_live_link
from backend.errors import UserError
from backend.scene.rig import ARKIT


def written(folder, fps=30.0, count=40):
    rng = np.random.default_rng(0)
    keys, turns = rng.uniform(0, 1, (count, 52)), rng.uniform(-0.5, 0.5, (count, 9))
    write_live_link(folder / "a.csv", fps, keys, turns)
    with open(folder / "a.csv", newline="") as file:
        return list(csv.DictReader(file)), keys, turns


def test_every_value_is_found_under_its_name(tmp_path):
    rows, keys, turns = written(tmp_path)
    assert list(rows[0])[:2] == ["Timecode", "BlendShapeCount"] and len(rows[0]) == 63 and len(rows) == 40
    for row, coefficients, angles in zip(rows, keys, turns, strict=True):
        assert row["BlendShapeCount"] == "61"
        assert [float(row[name[0].upper() + name[1:]]) for name in ARKIT] == pytest.approx(coefficients, abs=1e-6)
        assert [float(row[name]) for name in TURNS] == pytest.approx(angles, abs=1e-6)


@pytest.mark.parametrize(
    ("fps", "rate", "number", "timecode"),
    [
        (30.0, 30, 31, "00:00:01:01.000"),
        (60.0, 60, 59, "00:00:00:59.000"),
        (29.97, 30, 30, "00:00:01:00.030"),
        (12.0, 60, 11, "00:00:00:55.000"),
    ],
)
def test_timecodes_tell_the_time(tmp_path, fps, rate, number, timecode):
    rows, *_ = written(tmp_path, fps, number + 1)
    assert rows[number]["Timecode"] == timecode
    for count, row in enumerate(rows):
        hours, minutes, seconds, frames = row["Timecode"].split(":")
        time = 3600 * int(hours) + 60 * int(minutes) + int(seconds) + float(frames) / rate
        assert time == pytest.approx(count / fps, abs=1e-3)


def test_a_failing_write_leaves_what_was_there(tmp_path):
    (tmp_path / "a.csv").write_text("old")
    with pytest.raises(ValueError):
        write_live_link(tmp_path / "a.csv", 30.0, np.zeros((3, 52)), np.zeros((2, 9)))
    assert (tmp_path / "a.csv").read_text() == "old" and [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_a_folder_is_no_target(tmp_path):
    with pytest.raises(UserError, match="is a folder"):
        check_animation_target(tmp_path)
