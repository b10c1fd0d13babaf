import numpy as np
import pytest

from backend.texture.config import TextureConfig
from backend.texture.light import fit_light, shade
from backend.texture.probe import look_at, probe
from backend.texture.transfer import harmonic_rotation, harmonics_of, measure_transfer
from backend.texture.view_stack import stack_views
from tests import synthetic
from tests.texture.subjects import LAUNCHER, ellipsoid, lit_photo, sphere

CONFIG = TextureConfig(size=256)
LIGHT = np.zeros((9, 3))  # white from above and the left
LIGHT[0], LIGHT[2], LIGHT[3], LIGHT[6] = 3.545, 1.3, -0.8, 0.3


def two_tone(points):
    """Skin below, dark hair above: linear albedo (..., 3)."""
    hair = (points[..., 2:] > 0.3) | (points[..., 1:2] > 0.25)
    return np.where(hair, [0.06, 0.045, 0.04], [0.45, 0.25, 0.17])


def captured(with_camera: bool):
    views = [
        lit_photo(synthetic.orbit_camera(30 * k, [0, 50, -40][k % 3]), f"{k:03d}", two_tone, LIGHT, with_camera)
        for k in range(12)
    ]
    stack = stack_views(ellipsoid(), views, CONFIG, LAUNCHER)
    transfer = measure_transfer(ellipsoid(), LAUNCHER)
    found = fit_light(probe(ellipsoid(), stack, CONFIG, LAUNCHER, 3000), ellipsoid(), transfer, stack, CONFIG)
    return stack, transfer, found


@pytest.mark.parametrize("with_camera", [False, True])
def test_the_light_is_told_apart_from_two_albedos(with_camera):
    _, _, found = captured(with_camera)
    assert found.with_camera is with_camera
    true = LIGHT / LIGHT[0]
    np.testing.assert_allclose(found.coefficients / found.coefficients[0], true, atol=0.09)


def test_mean_shading_is_one_and_follows_the_light():
    stack, transfer, found = captured(False)
    weights = look_at(ellipsoid().vertices, ellipsoid().vertex_normals(), stack, CONFIG, LAUNCHER)[1]
    shading = shade(found, transfer, weights, stack)
    seen = weights.sum(1) > 0
    assert abs(shading[seen].mean() - 1) < 0.1
    up = ellipsoid().vertex_normals()[:, 2]
    assert shading[up > 0.8].mean() > 1.3 * shading[up < -0.5].mean()


def test_light_that_the_config_names_is_not_questioned():
    stack, transfer, _ = captured(False)
    evidence = probe(ellipsoid(), stack, CONFIG, LAUNCHER, 1000)
    chosen = TextureConfig(size=256, light="camera")
    assert fit_light(evidence, ellipsoid(), transfer, stack, chosen).with_camera


def test_harmonics_turn_with_their_directions():
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(50, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    turned = harmonics_of(directions @ rotation.T)
    np.testing.assert_allclose(turned, harmonics_of(directions) @ harmonic_rotation(rotation).T, atol=1e-6)


def test_a_convex_surface_meets_the_whole_light():
    """Without occlusion, transfer is the clamped-cosine convolution: 1, 2/3, 1/4 by band."""
    surface = sphere(3)
    lobes = np.array([1.0] + [2 / 3] * 3 + [1 / 4] * 5)
    expected = harmonics_of(surface.vertex_normals().astype(np.float64)) * lobes
    np.testing.assert_allclose(measure_transfer(surface, LAUNCHER), expected, atol=0.03)


def test_an_occluded_point_meets_less_light():
    outer = sphere(2)
    inside_out = type(outer)(outer.vertices, outer.faces[:, ::-1].copy())
    enclosed = measure_transfer(inside_out, LAUNCHER)
    assert enclosed[:, 0].max() < 0.5 * measure_transfer(outer, LAUNCHER)[:, 0].min()
    np.testing.assert_allclose(enclosed[:, 1:], 0.0, atol=1e-6)
