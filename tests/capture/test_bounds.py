from dataclasses import replace

import numpy as np
import pytest
from synthetic import look_at, ring, views_of

from backend.capture.bounds import enclosing_sphere, place
from backend.capture.rays import nearest_point
from backend.errors import UserError

RADII = np.array([1.0, 0.8, 0.6])


def test_rays_through_one_point_meet_there_despite_a_stray():
    rng = np.random.default_rng(0)
    origins = rng.normal(size=(12, 3)) * 5
    directions = np.array([1.0, 2, 3]) - origins
    directions[0] = rng.normal(size=3)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    np.testing.assert_allclose(nearest_point(origins, directions), [1, 2, 3], atol=0.05)


@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e4])
@pytest.mark.parametrize("center", [(0, 0, 0), (40.0, -7.0, 3.0)])
def test_the_sphere_holds_the_subject_closely_in_any_unit_and_place(unit, center):
    center = np.array(center) * unit
    cameras = ring(center=center, distance=4 * unit)
    bounds = place(views_of(cameras, radii=RADII * unit, center=center)).bounds
    assert np.linalg.norm(bounds.center - center) < 0.08 * unit
    assert 1.02 * unit < bounds.radius < 1.25 * unit


def test_masks_within_the_pictures_need_no_cut():
    assert place(views_of(ring(), radii=RADII)).cut is None


def test_two_views_are_enough():
    bounds = place(views_of(ring(4)[:2], radii=RADII)).bounds
    assert np.linalg.norm(bounds.center) < 0.5 and bounds.radius > 0.9


def test_a_front_and_a_back_photo_meet_in_the_middle():
    origins, directions = np.array([[0, -4.0, 0], [0, 6, 0]]), np.array([[0, 1.0, 0], [0, -1, 0]])
    np.testing.assert_allclose(nearest_point(origins, directions), [0, 1, 0], atol=1e-3)
    with pytest.raises(UserError, match="same way"):
        nearest_point(origins, directions[[0, 0]])


def test_cameras_on_one_side_are_enough():
    cameras = [replace(ring()[0], camera_to_world=look_at((x, -4, z), (0, 0, 0))) for x in (-1, 0, 1) for z in (-1, 1)]
    bounds = place(views_of(cameras, radii=RADII)).bounds
    corners = np.vstack([np.diag(RADII), -np.diag(RADII)])
    assert np.linalg.norm(corners - bounds.center, axis=1).max() < bounds.radius < 4


@pytest.mark.parametrize("tilt", [0.0, 0.4])
@pytest.mark.parametrize("turned", [False, True])
def test_a_subject_that_leaves_the_pictures_is_cut_across(tilt, turned):
    cameras = ring(12, tilt=tilt)
    views = views_of(cameras, radii=(0.7, 0.7, 0.9), endless=True)
    down = np.array([0, 0, -1.0])
    if turned:  # any frame will do: roll the whole world
        rotation = look_at((1, 2, 3), (0, 0, 0))
        views = [replace(view, camera=replace(view.camera, camera_to_world=rotation @ view.camera.camera_to_world))
                 for view in views]  # fmt: skip
        down = rotation[:3, :3] @ down
    placement = place(views)
    assert placement.cut is not None
    assert placement.cut.normal @ down > 0.98
    origin = views[0].camera.position * 0 if not turned else rotation[:3, 3]
    assert 0.7 < (placement.cut.point - origin) @ down < 1.7  # the pictures reach about 1.28 below the middle
    assert placement.bounds.radius < 2.2


def test_close_ups_among_whole_views_make_no_cut():
    cameras = ring(12)
    close = [replace(camera, fl_x=400.0, fl_y=400.0) for camera in cameras[::3]]
    assert place(views_of(cameras + close, radii=RADII)).cut is None


def test_a_mask_full_of_mistakes_is_outvoted():
    views = views_of(ring(24), radii=RADII)
    wrong = np.zeros_like(views[5].mask)
    wrong[:20, :20] = 1
    views[5] = replace(views[5], mask=wrong)
    bounds = place(views).bounds
    assert np.linalg.norm(bounds.center) < 0.15 and 1.0 < bounds.radius < 1.4


def test_a_camera_within_the_subject_is_named():
    views = views_of(ring(12), radii=RADII)
    inner = replace(views[0], name="inner", camera=replace(views[0].camera, camera_to_world=np.eye(4)))
    inner = replace(inner, mask=np.ones_like(inner.mask))
    assert place([*views, inner]).inside == ("inner",)


def test_poses_that_do_not_belong_to_the_masks_are_a_user_error_that_names_views():
    views = views_of(ring(8, side=128, focal=500.0), radii=RADII * 0.3)
    rng = np.random.default_rng(0)
    moved = []
    for view in views:
        mask = np.roll(view.mask, tuple(rng.integers(-64, 64, 2)), (0, 1))
        moved.append(replace(view, mask=mask))
    with pytest.raises(UserError, match=r"contradict.*00"):
        place(moved)


def test_cameras_at_one_place_are_a_user_error():
    views = views_of([ring()[0]] * 3, radii=RADII)
    with pytest.raises(UserError, match="same place"):
        place(views)


def test_the_sphere_is_nearly_the_smallest():
    points = np.random.default_rng(0).normal(size=(500, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    points[:, 0] += 5
    center, radius = enclosing_sphere(points)
    assert radius < 1.03 and np.linalg.norm(points - center, axis=1).max() <= radius + 1e-12
