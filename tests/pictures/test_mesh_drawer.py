"""The mesh as a Drawer."""

import numpy as np
import pytest

from backend.pictures import draw_unlit, mesh_drawer
from tests.asset.subjects import CENTER, RADIUS, camera
from tests.pictures.subjects import colored_ball


@pytest.fixture(scope="module")
def picture():
    textured = colored_ball()
    return mesh_drawer(textured.surface, textured.atlas, textured.maps.photo)(camera(0.4, 120, 100))


def test_it_draws_what_the_pictures_of_a_result_show(picture):
    for background in (0.0, 0.5, 1.0):
        drawn, cover = draw_unlit(colored_ball(), camera(0.4, 120, 100), background)
        np.testing.assert_allclose(picture.over(background), drawn, atol=1e-6)
        np.testing.assert_array_equal(picture.alpha, cover)


def test_depth_is_that_of_the_ball_along_the_optical_axis(picture):
    eye = camera(0.4, 120, 100)
    rows, columns = np.nonzero(picture.alpha == 1)
    rays = eye.rays(np.stack([columns, rows], 1) + 0.5)
    offset = eye.position - CENTER
    half = rays @ offset
    reach = -half - np.sqrt(np.maximum(half**2 - offset @ offset + RADIUS**2, 0))
    inner = half**2 - offset @ offset + RADIUS**2 > 0.2 * RADIUS**2
    expected = reach * (rays @ eye.forward)
    np.testing.assert_allclose(picture.depth[rows, columns][inner], expected[inner], atol=0.01 * RADIUS)
    assert (picture.depth[picture.alpha < 0.5] == 0).all()


def test_everything_is_float32(picture):
    assert {plane.dtype for plane in (picture.color, picture.alpha, picture.depth)} == {np.dtype(np.float32)}


def test_nothing_in_sight_is_an_empty_picture():
    textured, eye = colored_ball(), camera(0.4)
    eye.camera_to_world[:3, :3] @= np.diag([-1.0, 1.0, -1.0])
    picture = mesh_drawer(textured.surface, textured.atlas, textured.maps.photo)(eye)
    assert not picture.color.any() and not picture.alpha.any() and not picture.depth.any()
