import numpy as np
import pytest

from backend.pictures.contact_sheet import Row, contact_sheet, preview, rows_of
from backend.pictures.shade import draw_clay
from backend.scene import View
from tests.asset.subjects import camera
from tests.pictures.subjects import colored_ball, views_of


def picture(high: int, wide: int, gray: float) -> np.ndarray:
    return np.full((high, wide, 3), gray, np.float32)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6, 7])
def test_every_picture_is_on_the_sheet_once(count):
    grays = np.linspace(0.1, 0.8, 3 * count)
    rows = [Row(*(picture(10 + k, 12, g) for g in grays[3 * k : 3 * k + 3])) for k in range(count)]
    sheet = contact_sheet(rows)
    assert sheet.dtype == np.float32 and sheet.shape[2] == 3
    for k, gray in enumerate(grays):
        assert np.isclose(sheet[..., 0], gray, atol=1e-6).sum() == (10 + k // 3) * 12


def test_rows_show_the_same_view_three_times():
    textured = colored_ball()
    views = views_of(textured, (0.0, 0.1, 3.1))
    rows = rows_of(textured, views, count=2, side=60)
    assert len(rows) == 2
    for row in rows:
        assert row.photo.shape == row.texture.shape == row.clay.shape == (50, 60, 3)
        inside = np.abs(row.clay - 0.93).max(-1) > 0.1
        assert np.abs(row.photo - row.texture)[inside].mean() < 0.04


def test_chosen_views_differ_most():
    textured = colored_ball()
    views = views_of(textured, (0.0, 0.1, 3.1, 0.2))
    rows = rows_of(textured, views, count=2, side=120)
    expected = draw_clay(textured.surface, camera(3.1, 120, 100), 0.93)[0]
    np.testing.assert_allclose(rows[1].clay, expected, atol=1e-5)


@pytest.mark.parametrize("known", [False, True])
def test_preview_holds_the_whole_subject(known):
    textured = colored_ball()
    views = views_of(textured)
    frame = {"front": np.array([0.0, -1.0, 0.0]), "up": np.array([0.0, 0.0, 1.0])} if known else {}
    drawn = preview(textured, views, side=80, **frame)
    assert drawn.shape == (80, 160, 3) and drawn.min() >= 0 and drawn.max() <= 1
    rim = np.concatenate([drawn[0, :80], drawn[-1, :80], drawn[:, 0], drawn[:, 79]])
    assert np.ptp(rim, axis=1).max() < 0.06  # the gray backdrop all around
    assert np.ptp(drawn[40, 40]) > 0.1 and drawn[40, 120].mean() > 0.4  # texture in one half, clay in the other


def test_preview_works_for_a_camera_that_looks_straight_down():
    textured = colored_ball()
    eye = camera()
    pose = np.eye(4)
    pose[:3, 3] = [0.3, -0.2, 1.7]
    view = View("top", np.zeros((40, 48, 3), np.float32), np.zeros((40, 48), np.float32), eye)
    down = type(eye)(eye.width, eye.height, eye.fl_x, eye.fl_y, eye.cx, eye.cy, pose)
    drawn = preview(textured, [type(view)("top", view.photo, view.mask, down)], side=60, up=np.array([0.0, 0.0, 1.0]))
    assert np.isfinite(drawn).all() and np.ptp(drawn[30, 30]) > 0.05
