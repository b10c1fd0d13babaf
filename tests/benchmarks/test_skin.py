"""What counts as damage to skin."""

import numpy as np
import pytest

from backend.texture.head_painting import HeadPainter
from benchmarks.skin import fine_difference, marks_left, parse

EVERYWHERE = np.ones((60, 60), bool)


def skin() -> np.ndarray:
    return np.full((60, 60, 3), [0.72, 0.52, 0.42])


def test_light_from_one_side_is_no_damage_and_a_line_is():
    lit = skin() * np.linspace(0.9, 1.1, 60)[None, :, None]
    assert fine_difference(lit, skin(), EVERYWHERE, 8.0) < 0.03
    lined = skin()
    lined[28:32] *= 0.4
    assert fine_difference(lined, skin(), EVERYWHERE, 8.0) > 0.3
    assert fine_difference(skin(), skin(), EVERYWHERE, 8.0) == pytest.approx(0)


def test_only_what_is_judged_counts():
    lined = skin()
    lined[28:32] *= 0.4
    below = EVERYWHERE.copy()
    below[:35] = False
    assert fine_difference(lined, skin(), below, 8.0) == pytest.approx(0)


def test_marks_are_left_for_comparison_alone():
    kept, baked = HeadPainter.without_glasses, object()
    with marks_left():
        assert HeadPainter.without_glasses(None, baked, None, None, None) is baked
    assert HeadPainter.without_glasses is kept


def test_the_command_line():
    assert parse(["a", "b", "--models", "ict,builtin"]).models == ["ict", "builtin"]
