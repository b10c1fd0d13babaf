import cv2
import numpy as np
import pytest

from backend.head.faces.crop import Crop


def blob(x, y, side=200):
    rows, columns = np.mgrid[:side, :side] + 0.5
    return np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 50).astype(np.float32)


def center_of(plane):
    rows, columns = np.mgrid[: plane.shape[0], : plane.shape[1]] + 0.5
    return np.array([(columns * plane).sum(), (rows * plane).sum()]) / plane.sum()


def test_points_go_there_and_back():
    crop = Crop.around(np.array([70.0, 90.0]), 80, 300, 0.4)
    points = np.random.default_rng(0).uniform(0, 200, (20, 2))
    np.testing.assert_allclose(crop.out(crop.into(points)), points, atol=1e-9)
    np.testing.assert_allclose(crop.into(np.array([[70.0, 90.0]])), [[150, 150]])


@pytest.mark.parametrize(("side", "size", "roll"), [(80, 240, 0.0), (160, 48, 0.0), (120, 200, 0.7)])
def test_pixels_move_like_points(side, size, roll):
    crop = Crop.around(np.array([95.0, 105.0]), side, size, roll)
    seen = center_of(crop.cut(blob(100.0, 110.0)))
    np.testing.assert_allclose(seen, crop.into(np.array([[100.0, 110.0]]))[0], atol=0.05)
    back = center_of(crop.put(crop.cut(blob(100.0, 110.0)), (200, 200)))
    np.testing.assert_allclose(back, [100, 110], atol=0.1)


def test_a_roll_brings_a_tilted_line_upright():
    photo = np.zeros((200, 200), np.float32)
    down = np.array([np.sin(-0.5), np.cos(-0.5)])  # of a face tilted by half a radian
    ends = np.array([100, 100]) + np.outer([-60, 60], down)
    cv2.line(photo, *(tuple(int(v) for v in end) for end in ends), 1.0, 3)
    upright = Crop.around(np.array([100.0, 100.0]), 100, 100, float(np.arctan2(-down[0], down[1]))).cut(photo)
    assert upright[:, 45:56].sum() > 0.95 * upright.sum() > 0
