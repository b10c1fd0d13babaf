"""A reflection that lies elsewhere in another photo is found; blood, shade and exposure are not taken for one."""

import numpy as np
import pytest

from backend.head.fitting.shine import shining_apart

SIDE = 120
KNOWN = np.ones((SIDE, SIDE), bool)
Y, X = np.mgrid[:SIDE, :SIDE]


def skin() -> np.ndarray:
    """(H, W, 3) in [0, 255], freckled and shaded from left to right."""
    freckles = np.random.default_rng(0).normal(0, 3, (SIDE, SIDE, 1)) * [0.6, 1.0, 1.0]
    shade = 0.7 + 0.5 * X[..., None] / SIDE
    return (shade * [170, 120, 100] + freckles).astype(np.float32)


def spot(x: float, y: float, color=(60, 60, 60), width: float = 5) -> np.ndarray:
    away = (X - x) ** 2 + (Y - y) ** 2
    return (np.exp(-away / (2 * width**2))[..., None] * np.array(color)).astype(np.float32)


@pytest.mark.parametrize("exchanged", [False, True])
def test_a_reflection_is_found_whichever_photo_has_it(exchanged):
    pair = [skin() + spot(40, 60), skin()]
    apart = shining_apart(*(pair[::-1] if exchanged else pair), KNOWN)
    away = np.hypot(X - 40, Y - 60)
    assert apart[away < 5].all() and not apart[away > 25].any()


def test_a_reflection_that_moved_is_found_at_both_places():
    apart = shining_apart(skin() + spot(30, 60), skin() + spot(80, 60), KNOWN)
    assert apart[60, 30] and apart[60, 80] and not apart[60, 55]


@pytest.mark.parametrize(
    "other",
    [skin(), skin() * np.float32(0.7), skin() + spot(40, 60, (60, 10, 10)), skin() - spot(60, 60, (30, 30, 30), 40)],
    ids=["the same", "darker", "blushing", "shaded"],
)
def test_other_differences_are_no_reflection(other):
    assert shining_apart(skin(), other, KNOWN).mean() < 0.005


def test_what_is_not_known_tells_nothing():
    known = X < 70
    apart = shining_apart(skin() + spot(80, 60, (150, 150, 150), 3), skin(), known)
    assert not apart[:, :60].any()
