import numpy as np
import pytest

from backend.errors import Cancelled
from backend.scene import silent
from backend.texture import TextureConfig, paint
from tests import synthetic
from tests.texture.subjects import LAUNCHER, SIZE, ellipsoid, ellipsoid_atlas, orbit, texel_points
from tests.texture.test_bake import find_texels, skin_of

CONFIG = TextureConfig(size=SIZE, gutter=4)


def test_all_maps_come_whole_and_the_photo_map_shows_the_pattern():
    steps = []
    result = paint(ellipsoid(), ellipsoid(), ellipsoid_atlas(), orbit(), CONFIG, steps.append)
    maps = result.maps
    for plane, channels in ((maps.photo, 3), (maps.albedo, 3), (maps.normal, 3), (maps.confidence, 1)):
        assert plane.shape == (SIZE, SIZE, channels) and plane.dtype == np.float32
        assert plane.min() >= 0 and plane.max() <= 1
    assert steps == sorted(steps) and steps[-1] == 1.0
    texels = find_texels(skin_of(ellipsoid(), ellipsoid_atlas(), LAUNCHER), SIZE, LAUNCHER)
    rows, columns, points = texel_points(texels, ellipsoid(), ellipsoid_atlas())
    error = maps.photo[rows, columns] - synthetic.pattern(points)
    error = error[maps.confidence[rows, columns, 0] > 0.5]
    assert 10 * np.log10(1 / (error**2).mean()) > 30


def test_the_same_input_gives_the_same_maps():
    first, second = (paint(ellipsoid(), None, ellipsoid_atlas(), orbit(), CONFIG, silent).maps for _ in range(2))
    np.testing.assert_array_equal(first.photo, second.photo)
    np.testing.assert_array_equal(first.albedo, second.albedo)


def test_one_view_paints_what_it_sees_and_invents_the_rest():
    maps = paint(ellipsoid(), None, ellipsoid_atlas(), orbit()[:1], CONFIG, silent).maps
    assert np.isfinite(maps.photo).all() and np.isfinite(maps.albedo).all()
    assert 0.1 < (maps.confidence > 0).mean() < 0.9
    assert maps.photo.std(axis=(0, 1)).min() > 0.01


def test_views_that_see_nothing_leave_a_plain_surface():
    blind = [view for view in orbit()[:3]]
    blind = [type(view)(view.name, view.photo, np.zeros_like(view.mask), view.camera) for view in blind]
    maps = paint(ellipsoid(), None, ellipsoid_atlas(), blind, CONFIG, silent).maps
    assert maps.confidence.max() == 0
    np.testing.assert_allclose(maps.photo, 0.5, atol=1e-3)


def test_cancelling_stops_the_paint():
    def stop(fraction: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        paint(ellipsoid(), None, ellipsoid_atlas(), orbit(), CONFIG, stop)
