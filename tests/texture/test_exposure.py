from dataclasses import replace

import numpy as np

from backend.scene.color import to_linear, to_srgb
from backend.texture.config import TextureConfig
from backend.texture.exposure import measure_gains
from backend.texture.probe import probe
from backend.texture.view_stack import apply_gains, stack_views
from tests.texture.subjects import LAUNCHER, ellipsoid, orbit

CONFIG = TextureConfig(size=256)


def exposed(gains: np.ndarray):
    return [
        replace(view, photo=to_srgb(to_linear(view.photo) * gain.astype(np.float32)))
        for view, gain in zip(orbit(), gains, strict=True)
    ]


def measured(views):
    stack = stack_views(ellipsoid(), views, CONFIG, LAUNCHER)
    return stack, measure_gains(probe(ellipsoid(), stack, CONFIG, LAUNCHER, 4000))


def test_identical_exposures_have_gains_of_exactly_one():
    _, gains = measured(orbit())
    np.testing.assert_array_equal(gains, np.ones((len(orbit()), 3)))


def test_known_gains_come_back():
    rng = np.random.default_rng(2)
    logs = rng.normal(0, 0.2, (len(orbit()), 3))
    logs -= logs.mean(0)
    _, gains = measured(exposed(np.exp(logs) * 0.6))  # darker, so that nothing clips
    np.testing.assert_allclose(np.log(gains), logs, atol=0.03)


def test_applied_gains_even_the_views_out():
    logs = np.linspace(-0.3, 0.3, len(orbit()))[:, None] * np.ones(3)
    stack, gains = measured(exposed(np.exp(logs) * 0.6))
    apply_gains(stack, gains, CONFIG, LAUNCHER)
    again = measure_gains(probe(ellipsoid(), stack, CONFIG, LAUNCHER, 4000))
    assert np.abs(np.log(again)).max() < 0.01


def test_one_view_alone_keeps_its_exposure():
    stack = stack_views(ellipsoid(), orbit()[:1], CONFIG, LAUNCHER)
    gains = measure_gains(probe(ellipsoid(), stack, CONFIG, LAUNCHER, 1000))
    np.testing.assert_array_equal(gains, np.ones((1, 3)))
