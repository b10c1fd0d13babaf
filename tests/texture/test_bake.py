from dataclasses import replace

import numpy as np
import pytest

from backend.texture.bake import bake
from backend.texture.config import TextureConfig
from backend.texture.optimize import sharpen_to_photos
from backend.texture.row_launch import RowLauncher
from backend.texture.texel_geometry import find_texels, skin_of
from backend.texture.view_stack import stack_views
from tests import synthetic
from tests.texture.subjects import LAUNCHER, SIZE, ellipsoid, ellipsoid_atlas, orbit, texel_points

CONFIG = TextureConfig(size=SIZE, gutter=4)


def baked(views, launcher=LAUNCHER, config=CONFIG):
    surface, atlas = ellipsoid(), ellipsoid_atlas()
    texels = find_texels(skin_of(surface, atlas, launcher), SIZE, launcher)
    stack = stack_views(surface, views, config, launcher)
    return texels, stack, bake(texels, stack, config, launcher)


def errors(texels, photo, confidence):
    """Difference from the known pattern at well-seen texels (N, 3)."""
    rows, columns, points = texel_points(texels, ellipsoid(), ellipsoid_atlas())
    sure = confidence[rows, columns] > 0.5
    return (photo[rows, columns] - synthetic.pattern(points))[sure]


def test_the_known_texture_comes_back():
    texels, _, result = baked(orbit())
    error = errors(texels, result.photo.numpy(), result.confidence.numpy())
    assert len(error) > 0.8 * (texels.owner.numpy() >= 0).sum()
    assert np.sqrt((error**2).mean()) < 0.01
    assert np.abs(error.mean(0)).max() < 0.001


def test_drawing_the_texture_into_the_photos_sharpens_it():
    texels, stack, result = baked(orbit(12, 40))  # pixels as coarse as the pattern's finest waves
    before = np.sqrt((errors(texels, result.photo.numpy(), result.confidence.numpy()) ** 2).mean())
    sharpen_to_photos(result.photo, texels, stack, replace(CONFIG, optimize_epochs=3), LAUNCHER)
    after = np.sqrt((errors(texels, result.photo.numpy(), result.confidence.numpy()) ** 2).mean())
    assert after < 0.8 * before


def test_the_background_does_not_bleed_in():
    """A magenta background that every silhouette pixel is mixed with must not tint the texture."""
    bright = []
    for view in orbit():
        mixed = view.photo + (1 - view.mask)[..., None] * (np.array([1.0, 0.0, 1.0]) - 0.2)
        bright.append(replace(view, photo=np.clip(mixed, 0, 1).astype(np.float32)))
    _, _, plain = baked(orbit())
    _, _, tinted = baked(bright)
    rows, columns = np.nonzero(plain.confidence.numpy() > 0.3)
    change = tinted.photo.numpy()[rows, columns] - plain.photo.numpy()[rows, columns]
    assert np.abs(change).max() < 0.02


def test_one_view_that_disagrees_is_outvoted():
    spoiled = list(orbit())
    spoiled[3] = replace(spoiled[3], photo=np.ones_like(spoiled[3].photo))
    texels, _, result = baked(spoiled)
    error = errors(texels, result.photo.numpy(), result.confidence.numpy())
    assert np.sqrt((error**2).mean()) < 0.09  # averaging would leave more than 0.15
    assert np.median(np.abs(error)) < 0.03


def test_highlights_are_taken_out_of_the_diffuse_color():
    glossy = list(orbit(24, 64))
    for k in range(0, 24, 3):
        glossy[k] = replace(glossy[k], photo=np.clip(glossy[k].photo + 0.1, 0, 1))
    texels, _, result = baked(glossy)
    photo, highlight = result.photo.numpy(), result.highlight.numpy()
    sure = result.confidence.numpy()
    with_light = errors(texels, photo, sure).mean()
    without = errors(texels, photo + highlight, sure).mean()
    assert with_light > 0.01
    assert abs(without) < 0.4 * with_light


def test_what_no_view_sees_has_no_confidence():
    front = [view for view in orbit() if view.camera.position[1] < -1]
    texels, _, result = baked(front)
    rows, columns, points = texel_points(texels, ellipsoid(), ellipsoid_atlas())
    confidence = result.confidence.numpy()[rows, columns]
    assert confidence[points[:, 1] > 0.3].max() == 0
    assert confidence[(points[:, 1] < -0.3)].min() > 0.3


def test_a_view_without_weight_says_nothing():
    silenced = [replace(view, weight=0.0) if k % 2 else view for k, view in enumerate(orbit())]
    _, _, result = baked(silenced)
    _, _, alone = baked([view for k, view in enumerate(orbit()) if k % 2 == 0])
    np.testing.assert_array_equal(result.photo.numpy(), alone.photo.numpy())


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_do_not_change_the_result(threads):
    results = []
    for launcher in (RowLauncher("cpu", 1), RowLauncher("cpu", threads)):
        texels, stack, result = baked(orbit(), launcher)
        sharpen_to_photos(result.photo, texels, stack, CONFIG, launcher)
        results.append(result.photo.numpy())
    np.testing.assert_array_equal(*results)


def blot(view, trust=None):
    """A black blot before the subject's middle, and the trust in it."""
    photo, clear = view.photo.copy(), np.ones_like(view.mask)
    middle = tuple(side // 2 for side in view.mask.shape)
    part = np.s_[middle[0] - 8 : middle[0] + 8, middle[1] - 8 : middle[1] + 8]
    photo[part] = 0
    clear[part] = 1.0 if trust is None else trust
    return replace(view, photo=photo, trust=clear)


def test_what_is_not_trusted_is_not_painted_where_another_view_knows_better():
    def damage(trust):
        texels, _, result = baked([blot(view, trust) if k % 3 else view for k, view in enumerate(orbit())])
        return np.sqrt((errors(texels, result.photo.numpy(), result.confidence.numpy()) ** 2).mean())

    assert damage(0.02) < 0.35 * damage(None)


def test_what_only_untrusted_pixels_show_has_low_confidence():
    alone = orbit()[0]
    trusted, untrusted = (baked([blot(alone, trust)])[2].confidence.numpy() for trust in (None, 0.02))
    lost = untrusted < 0.05 * trusted
    assert lost.sum() > 20 and untrusted[lost].max() < 0.05
    np.testing.assert_array_equal(untrusted > 0, trusted > 0)


def test_full_trust_paints_the_same_texture():
    _, _, plain = baked(orbit())
    _, _, trusting = baked([replace(view, trust=np.ones_like(view.mask)) for view in orbit()])
    np.testing.assert_array_equal(plain.photo.numpy(), trusting.photo.numpy())
