import numpy as np
import pytest

from backend.pictures.raster import resolve, sample
from backend.pictures.shade import draw_clay, draw_unlit, fetch
from tests.asset.subjects import CENTER, RADIUS, ball, camera
from tests.pictures.subjects import colored_ball


@pytest.mark.parametrize("angle", [0.0, 1.3])
def test_cover_of_a_ball_has_the_area_of_its_outline(angle):
    eye = camera(angle, 120, 100)
    cover = draw_clay(ball(4), eye)[1]
    distance = np.linalg.norm(eye.position - CENTER)
    # A sphere seen from outside is a cone of half angle asin(r / d); the camera looks at its center: a circle.
    radius = np.tan(np.arcsin(RADIUS / distance))
    assert cover.sum() == pytest.approx(np.pi * radius**2 * eye.fl_x * eye.fl_y, rel=0.01)


def test_samples_lie_where_the_camera_projects_them():
    eye, surface = camera(0.4, 60, 50), ball(3)
    samples = sample(surface, eye)
    points = samples.gather(surface.vertices.astype(float), surface.faces)
    rows, columns = np.nonzero(samples.hit)
    pixels, depth = samples.camera.project(points)
    np.testing.assert_allclose(pixels, np.stack([columns, rows], 1) + 0.5, atol=2e-3)
    assert depth.max() < 0.6  # the far half of the ball is hidden


def test_a_ball_is_drawn_in_the_colors_of_its_texture():
    textured, eye = colored_ball(), camera(0.0, 120, 100)
    drawn, cover = draw_unlit(textured, eye, background=0.0)
    rows, columns = np.nonzero(cover == 1)
    rays = eye.rays(np.stack([columns, rows], 1) + 0.5)
    offset = eye.position - CENTER  # |offset + t ray| = radius
    half = rays @ offset
    reach = -half - np.sqrt(half**2 - offset @ offset + RADIUS**2)
    spot = (offset + reach[:, None] * rays) / RADIUS
    inner = spot[:, 0] > 0.3  # away from the rim, where a pixel spans many texels
    np.testing.assert_allclose(drawn[rows, columns][inner, :2], spot[inner][:, 1:] * 0.45 + 0.5, atol=0.02)
    np.testing.assert_allclose(drawn[rows, columns, 2], 0.25, atol=1e-5)
    albedo = draw_unlit(textured, eye, background=0.0, albedo=True)[0]
    np.testing.assert_allclose(albedo[cover == 1], 1 - drawn[cover == 1], atol=1e-5)


def test_background_shows_where_nothing_covers_it():
    behind = np.random.default_rng(0).random((40, 48, 3)).astype(np.float32)
    drawn, cover = draw_clay(ball(2), camera(), behind)
    assert (cover == 0).any() and (cover == 1).any() and ((cover > 0) & (cover < 1)).any()
    np.testing.assert_array_equal(drawn[cover == 0], behind[cover == 0])


def test_clay_is_lit_from_the_upper_left_and_never_clipped():
    drawn, cover = draw_clay(ball(4), camera(0.7, 120, 100))
    rows, columns = np.nonzero(cover == 1)
    light = drawn[rows, columns].mean(1)
    upper_left = (rows < rows.mean()) & (columns < columns.mean())
    lower_right = (rows > rows.mean()) & (columns > columns.mean())
    assert light[upper_left].mean() > light[lower_right].mean() + 0.2
    assert light.min() > 0.02 and light.max() < 0.99


def test_a_surface_behind_the_camera_is_not_drawn():
    eye = camera()
    turned = np.diag([-1.0, 1.0, -1.0, 1.0])
    away = type(eye)(eye.width, eye.height, eye.fl_x, eye.fl_y, eye.cx, eye.cy, eye.camera_to_world @ turned)
    assert draw_clay(ball(2), away)[1].max() == 0
    assert draw_unlit(colored_ball(), away)[1].max() == 0


def test_fetch_returns_texels_at_their_centers_and_means_between_them():
    texture = np.random.default_rng(0).random((4, 6, 3)).astype(np.float32)
    rows, columns = np.indices((4, 6))
    centers = np.stack([(columns + 0.5) / 6, 1 - (rows + 0.5) / 4], -1).reshape(-1, 2)
    np.testing.assert_allclose(fetch(texture, centers), texture.reshape(-1, 3), atol=1e-6)
    between = np.array([[2 / 6, 1 - 1 / 4]])
    np.testing.assert_allclose(fetch(texture, between)[0], texture[:2, 1:3].mean((0, 1)), atol=1e-6)
    np.testing.assert_allclose(fetch(texture, np.array([[-1.0, 2.0]]))[0], texture[0, 0], atol=1e-6)


def test_resolve_is_the_mean_of_a_pixels_samples():
    values = np.random.default_rng(0).random((6, 8, 3))
    np.testing.assert_allclose(resolve(values), values.reshape(3, 2, 4, 2, 3).mean((1, 3)))
