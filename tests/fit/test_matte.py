"""Gloss leaves the matte light as it is, gray photos are told, overexposed skin says nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.fit.matte import has_color, matte_light, unclipped
from backend.fit.targets import make_targets
from backend.scene.color import to_linear, to_srgb
from tests.synthetic import orbit

SKIN = np.array([0.38, 0.24, 0.19], np.float32)  # linear


@pytest.fixture(scope="module")
def views():
    return orbit(4, 48)


def painted(views, color):
    """The views with a subject of one hue: sRGB, as bright as the photos' own first channel."""
    return tuple(replace(v, photo=to_srgb(to_linear(v.photo[..., :1]) * np.float32(color))) for v in views)


def test_white_gloss_leaves_it_as_it_is():
    skin = SKIN * np.linspace(0.4, 1.2, 64, dtype=np.float32).reshape(8, 8, 1)
    gloss = np.random.default_rng(0).uniform(0, 0.4, (8, 8, 1)).astype(np.float32)
    plain, shining = (matte_light(to_srgb(light)) for light in (skin, skin + gloss))
    np.testing.assert_allclose(shining, plain, atol=1e-4)
    assert np.ptp(plain) > 0.1  # and what the skin shows is still there


def test_shade_scales_it_as_it_scales_the_skin():
    bright, dark = (to_linear(matte_light(to_srgb(SKIN[None, None] * level))) for level in (1.0, 0.5))
    assert dark.item() == pytest.approx(0.5 * bright.item(), rel=1e-3)


def test_skin_of_any_tone_has_color_and_gray_photos_have_none(views):
    assert has_color(painted(views, SKIN / SKIN.max()))
    assert has_color(painted(views, [0.10, 0.055, 0.04]))
    assert not has_color(painted(views, [1.0, 1.0, 1.0]))


def test_what_is_overexposed_is_not_heard():
    photo = np.full((2, 2, 3), 0.5, np.float32)
    photo[0, 1, 0] = 1.0
    np.testing.assert_array_equal(unclipped(photo), [[True, False], [True, True]])


def test_targets_compare_it_where_photos_have_color_only(views):
    device = torch.device("cpu")
    skin, gray = painted(views, SKIN / SKIN.max()), painted(views, [1.0, 1.0, 1.0])
    for shown, differs in ((skin, True), (gray, False)):
        plain, matte = (make_targets(shown, None, 48, device, matte=asked)[0].gray for asked in (False, True))
        assert bool((plain - matte).abs().max() > 0.05) == differs
