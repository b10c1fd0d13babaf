import numpy as np

from backend.texture.row_launch import RowLauncher
from backend.texture.texel_geometry import find_texels, skin_of
from tests import synthetic
from tests.texture.subjects import LAUNCHER, SIZE, ellipsoid, ellipsoid_atlas, quad, texel_points


def test_a_square_owns_exactly_the_texels_inside_it_and_two_beyond():
    surface, atlas = quad()
    owner = find_texels(skin_of(surface, atlas, LAUNCHER), 40, LAUNCHER).owner.numpy()
    inside = np.zeros((40, 40), bool)
    inside[2:38, 2:38] = True  # uvs 0.1 to 0.9 are texels 4 to 35
    np.testing.assert_array_equal(owner >= 0, inside)


def test_rows_run_downwards_and_columns_to_the_right():
    surface, atlas = quad()
    texels = find_texels(skin_of(surface, atlas, LAUNCHER), 40, LAUNCHER)
    rows, columns, points = texel_points(texels, surface, atlas)
    np.testing.assert_allclose(points[:, 0], ((columns + 0.5) / 40 - 0.1) / 0.8 - 0.5, atol=1e-5)
    np.testing.assert_allclose(points[:, 1], ((39.5 - rows) / 40 - 0.1) / 0.8 - 0.5, atol=1e-5)


def test_texels_lie_on_the_surface():
    texels = find_texels(skin_of(ellipsoid(), ellipsoid_atlas(), LAUNCHER), SIZE, LAUNCHER)
    points = texel_points(texels, ellipsoid(), ellipsoid_atlas())[2]
    away = np.abs(synthetic.off_the_ellipsoid(points))
    assert np.quantile(away, 0.99) < 0.005
    assert away.max() < 0.05  # two texels beyond a rim leave the surface a little


def test_threads_do_not_change_the_result():
    one, two = (
        find_texels(skin_of(ellipsoid(), ellipsoid_atlas(), launcher), SIZE, launcher).owner.numpy()
        for launcher in (RowLauncher("cpu", 1), RowLauncher("cpu", 2))
    )
    np.testing.assert_array_equal(one, two)
