import numpy as np
import pytest
from scipy import ndimage

from backend.capture.distortion import Distortion, largest_valid, undistort
from backend.scene import Camera

LENSES = [
    Distortion(k1=-0.15, k2=0.03, p1=0.002, p2=-0.001),
    Distortion(k1=0.12, k2=-0.02, p1=-0.001, p2=0.002),
    Distortion(k1=-0.3, k3=0.01),
]


def camera(width=120, height=90):
    return Camera(width, height, 130.0, 125.0, 63.0, 41.0, np.eye(4))


@pytest.mark.parametrize("lens", LENSES)
def test_a_projected_point_is_found_where_the_pinhole_camera_says(lens):
    # The photo's own pixel coordinates as its colors: the undistorted photo then tells where each pixel came from.
    photographed = camera()
    x, y = np.meshgrid(np.arange(120) + 0.5, np.arange(90) + 0.5)
    (coordinates,), pinhole = undistort([np.stack([x, y], -1) / 120], photographed, lens)
    points = np.random.default_rng(0).uniform([-0.35, -0.25, -1], [0.35, 0.25, -1], (500, 3))
    pixels, _ = pinhole.project(points)
    # OpenCV's axes: y downwards.
    ideal = np.stack([points[:, 0], -points[:, 1]], -1)
    expected = lens.apply(ideal) * (photographed.fl_x, photographed.fl_y) + (photographed.cx, photographed.cy)
    inside = (pixels > 6).all(1) & (pixels < np.array([pinhole.width, pinhole.height]) - 6).all(1)
    inside &= (expected > 6).all(1) & (expected < np.array([120, 90]) - 6).all(1)
    at = pixels[inside].T[::-1] - 0.5
    found = np.stack([ndimage.map_coordinates(coordinates[..., k], at, order=3) for k in range(2)], -1) * 120
    assert inside.sum() > 300
    np.testing.assert_allclose(found, expected[inside], atol=1e-3)  # pixels


def test_without_distortion_nothing_changes():
    photo = np.random.default_rng(0).random((90, 120, 3), np.float32)
    (same,), unchanged = undistort([photo], camera(), Distortion())
    assert same is photo and (unchanged.width, unchanged.height, unchanged.cx) == (120, 90, 63.0)


@pytest.mark.parametrize("lens", LENSES)
def test_every_pixel_that_is_kept_was_photographed(lens):
    (white,), cropped = undistort([np.ones((90, 120), np.float32)], camera(), lens)
    np.testing.assert_allclose(white, 1.0, atol=1e-6)
    assert white.shape == (cropped.height, cropped.width)
    assert cropped.width > 70 and cropped.height > 50


def test_the_crop_keeps_the_principal_ray():
    _, cropped = undistort([np.ones((90, 120), np.float32)], camera(), Distortion(k1=0.2))
    middle = cropped.rays(np.array([cropped.cx, cropped.cy]))
    np.testing.assert_allclose(middle, [0, 0, -1], atol=1e-12)
    assert cropped.width < 120 and (cropped.fl_x, cropped.fl_y) == (130.0, 125.0)


def test_beyond_its_fold_a_model_is_not_believed():
    lens = Distortion(k1=-1.0)
    assert lens.reach() == pytest.approx(np.sqrt(1 / 3))
    wide = Camera(200, 200, 60.0, 60.0, 100.0, 100.0, np.eye(4))
    _, cropped = undistort([np.ones((200, 200), np.float32)], wide, lens)
    corner = np.hypot(cropped.width / 2, cropped.height / 2) / 60
    assert corner <= lens.reach() + 0.05


def test_the_largest_rectangle_holds_only_true():
    valid = np.hypot(*np.meshgrid(np.linspace(-1, 1, 80), np.linspace(-1, 1, 60))) < 1
    left, top, right, bottom = largest_valid(valid)
    assert valid[top:bottom, left:right].all() and (right - left) * (bottom - top) > 0.4 * valid.size
