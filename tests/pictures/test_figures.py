import dataclasses

import numpy as np
import pytest

from backend.pictures.figures import beyond_cut, measure, psnr, silhouette_iou
from backend.pictures.shade import draw_clay
from backend.scene import CutPlane, Surface
from tests.asset.subjects import CENTER, RADIUS, camera
from tests.pictures.subjects import colored_ball, views_of


def test_a_surface_matches_its_own_pictures():
    textured = colored_ball()
    figures = measure(textured, views_of(textured))
    assert figures == {"psnr": 100.0, "iou": 1.0, "views": 2}


def test_a_smaller_ball_has_the_share_of_the_area():
    textured = colored_ball()
    smaller = ((textured.surface.vertices - CENTER) * 0.8 + CENTER).astype(np.float32)
    shrunk = dataclasses.replace(textured, surface=Surface(smaller, textured.surface.faces))
    figures = measure(shrunk, views_of(textured))
    assert figures["iou"] == pytest.approx(0.64, abs=0.015)  # a little less: it is seen under a smaller angle
    assert figures["psnr"] < 25


def test_psnr_of_a_known_error():
    photo = np.full((4, 4, 3), 0.5, np.float32)
    where = np.ones((4, 4), bool)
    assert psnr(photo + 0.1, photo, where) == pytest.approx(20, abs=1e-4)
    where[2:] = False
    photo[2:] = 0
    assert psnr(np.full((4, 4, 3), 0.51), photo, where) == pytest.approx(40, abs=1e-3)
    assert np.isnan(psnr(photo, photo, ~np.ones((4, 4), bool)))


def test_iou_leaves_out_what_is_ignored():
    cover, mask = np.zeros((4, 4)), np.zeros((4, 4))
    cover[:2], mask[1:3] = 1, 1
    assert silhouette_iou(cover, mask) == pytest.approx(1 / 3)
    assert silhouette_iou(cover, mask, mask.astype(bool) & ~cover.astype(bool)) == 0.5
    assert silhouette_iou(np.zeros((2, 2)), np.zeros((2, 2))) == 1


def test_what_was_cut_away_is_not_held_against_the_rest():
    """The upper part of a ball, measured on pictures of the whole ball."""
    whole = colored_ball()
    cut = CutPlane(CENTER - np.array([0, 0, 0.4 * RADIUS]), np.array([0.0, 0.0, -1.0]))
    vertices = whole.surface.vertices.copy()
    vertices[:, 2] = np.maximum(vertices[:, 2], cut.point[2])  # flattened onto the plane
    rest = dataclasses.replace(whole, surface=Surface(vertices, whole.surface.faces))
    views = views_of(whole)
    assert measure(rest, views)["iou"] < 0.9
    assert measure(rest, views, cut)["iou"] > 0.98


def test_a_cut_excuses_nothing_above_it():
    whole = colored_ball()
    cut = CutPlane(CENTER - np.array([0, 0, RADIUS]), np.array([0.0, 0.0, -1.0]))
    narrow = whole.surface.vertices.copy()
    narrow[:, :2] = (narrow[:, :2] - CENTER[:2]) * 0.6 + CENTER[:2]
    narrowed = dataclasses.replace(whole, surface=Surface(narrow.astype(np.float32), whole.surface.faces))
    assert measure(narrowed, views_of(whole), cut)["iou"] < 0.75


def test_beyond_the_cut_is_what_its_rays_reach_before_the_surface():
    textured, eye = colored_ball(), camera(0.0, 60, 50)
    side = CutPlane(CENTER + np.array([0, 0.5 * RADIUS, 0]), np.array([0.0, 1.0, 0.0]))  # everything right of a plane
    ignored = beyond_cut(textured.surface, eye, side)
    columns = eye.project(side.point)[0][0]
    assert not ignored[:, : int(columns) - 2].any()
    bare = draw_clay(textured.surface, eye)[1] == 0
    assert ignored[:, int(columns) + 2 :][bare[:, int(columns) + 2 :]].all()
    assert not ignored[25, 25:31].any()  # the ball's middle lies before the plane
    behind = CutPlane(CENTER - np.array([3 * RADIUS, 0, 0]), np.array([-1.0, 0.0, 0.0]))  # far behind the ball
    assert not beyond_cut(textured.surface, eye, behind).any()


def test_large_photos_are_measured_smaller():
    textured = colored_ball()
    (view,) = views_of(textured, (0.5,), (1100, 300))
    figures = measure(textured, [view])
    assert figures["iou"] > 0.99 and figures["psnr"] > 40
