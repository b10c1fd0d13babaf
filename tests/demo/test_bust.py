"""The bust's shape and paint: life-sized, hollow where a head is hollow, never NaN."""

import numpy as np
import pytest

from demo import bust, face, hair, paint, polygonize

RNG = np.random.default_rng(1)
AROUND = RNG.uniform((-12, -14, -20), (12, 13, 16), (4000, 3))  # centimeters


def march(starts: list, direction: tuple) -> np.ndarray:
    """Where rays (N, 3) from outside first meet the bust, by careful steps along the distance: (N, 3)."""
    points = np.array(starts, float)
    for _ in range(60):
        points = points + 0.6 * bust.distance(points)[:, None] * np.array(direction, float)
    return points


def front(*places: tuple) -> np.ndarray:
    """The bust's y in front at places (x, z)."""
    return march([(x, -13.5, z) for x, z in places], (0, 1, 0))[:, 1]


def test_inside_is_negative_and_outside_positive():
    inside = np.array([(0, 0, 4), (0, -6, -5), (0, 2, -12), (0, 2, -25), (8.6, 1.5, 1.0 - 30)])
    outside = np.array([(0, -14, 0), (0, 0, 16), (12, 0, 0), (0, 13, 0), (0, -9.5, -12), (0, 0, bust.BOTTOM - 1)])
    assert (bust.distance(inside) < 0).all()
    assert (bust.distance(outside) > 0).all()


def test_distance_is_finite_and_grows_no_faster_than_the_polygonizer_allows():
    value = bust.distance(AROUND)
    assert np.isfinite(value).all()
    step = 0.3 * RNG.normal(size=AROUND.shape)
    rate = np.abs(bust.distance(AROUND + step) - value) / np.linalg.norm(step, axis=1)
    assert np.quantile(rate, 0.999) < polygonize.SAFETY


def test_profile_is_a_humans():
    nose, forehead, eye, chin = front((0.05, -2.4), (0.05, 6), (3.15, 1.65), (0.05, -8.8))
    np.testing.assert_allclose((nose, forehead, eye, chin), (-11.9, -9.3, -8.7, -9.8), atol=0.35)


def test_a_head_has_hollows():
    brow, socket, bridge, lip, crease, chin = front(
        (3.15, 3.4), (1.6, 1.7), (0.05, 1.7), (0.05, -6.35), (0.05, -5.93), (0.05, -8.8)
    )
    assert socket > brow + 0.3 and socket > bridge + 0.5
    assert crease > lip + 0.15 and lip < chin
    nostril, beside = march([(0.78, -10.25, -4.3), (0.0, -10.25, -4.3)], (0, 0, 1))
    assert nostril[2] > beside[2] + 0.4


def test_face_is_nearly_but_not_exactly_symmetric():
    half = AROUND[AROUND[:, 1] < -5]
    difference = np.abs(bust.skin(half) - bust.skin(half * (-1, 1, 1)))
    assert 0.005 < difference.mean() < 0.15


def test_lids_open_over_the_pupil_and_close_at_the_corners():
    lower, upper = face.lid_edges(np.array([face.CANTHI[0], 0.0, face.CANTHI[1]]))
    gap = upper - lower
    assert 0.8 < gap[1] < 1.2
    np.testing.assert_allclose(gap[[0, 2]], 0.0, atol=1e-9)


def test_hair_grows_on_top_and_not_on_the_face():
    assert (hair.cover(np.array([(0, 0, 13.0), (5, 8, 8), (-5, 8, 0.0)])) == 1).all()
    assert (hair.cover(np.array([(0, -9, 4.0), (3, -9, -3), (0, -9, -8.0)])) == 0).all()


def test_paint_is_finite_and_within_its_ranges():
    coat = paint.coat(AROUND)
    assert coat.color.shape == (4000, 3) and coat.color.min() > 0 and coat.color.max() < 1
    for name in ("rough", "gloss", "grain", "flesh", "eye"):
        values = getattr(coat, name)
        assert values.min() >= 0 and values.max() <= 1, name


def test_paint_knows_lips_hair_shirt_and_eyes():
    lips, eye, cheek = march([(0.6, -13.5, -6.35), (3.15, -13.5, 1.65), (4, -13.5, -2.5)], (0, 1, 0))
    crown, shirt = march([(0, 1, 16), (9, 2, -10)], (0, 0, -1))
    coat = paint.coat(np.array([lips, eye, crown, shirt, cheek]))
    np.testing.assert_allclose(coat.eye, (0, 1, 0, 0, 0), atol=0.05)
    ratio = coat.color[:, 0] / coat.color[:, 1]  # redness
    assert ratio[0] > ratio[4] > ratio[3] and ratio[3] < 1
    assert coat.color[2].mean() < 0.3 * coat.color[4].mean()


def test_lattice_is_fine_on_the_head_and_holds_the_bust():
    lines = bust.lattice(0.2)
    for line in lines:
        assert (np.diff(line) > 0).all() and np.diff(line).min() == pytest.approx(0.2)
    outer = np.array([[lines[0][i], lines[1][j], lines[2][k]] for i in (0, -1) for j in (0, -1) for k in (0, -1)])
    assert (bust.distance(outer) > 0).all()
    sides = [np.array([[x, y, z] for y in lines[1][::6] for z in lines[2][::6]]) for x in lines[0][[0, -1]]]
    assert (bust.distance(np.concatenate(sides)) > 0).all()
