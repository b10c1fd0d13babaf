import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt, label

from backend.texture.flatten import signed_areas
from backend.texture.pack import pack
from backend.texture.unwrap_worker import lay_out
from tests.texture.subjects import sphere


def drawn(uvs: np.ndarray, faces: np.ndarray, size: int) -> np.ndarray:
    """Texels whose centers lie on a chart (T, T), slowly."""
    covered = np.zeros((size, size), bool)
    rows, columns = np.indices((size, size)) + 0.5
    for a, b, c in uvs[faces] * size:
        low = np.maximum(np.floor(np.minimum(np.minimum(a, b), c)).astype(int), 0)
        high = np.ceil(np.maximum(np.maximum(a, b), c)).astype(int) + 1
        window = np.s_[low[1] : high[1], low[0] : high[0]]
        p = np.stack([columns[window], rows[window]], -1)

        def side(s, e, p=p):
            return (e[0] - s[0]) * (p[..., 1] - s[1]) - (e[1] - s[1]) * (p[..., 0] - s[0])

        covered[window] |= (side(a, b) >= 0) & (side(b, c) >= 0) & (side(c, a) >= 0)
    return covered


@pytest.mark.parametrize("size,gutter", [(256, 4), (512, 8)])  # texels
def test_charts_keep_their_gutters(size, gutter):
    surface = sphere()
    layout = lay_out(surface.vertices, surface.faces)
    uvs = pack(layout, size, gutter)
    pieces, count = label(drawn(uvs, layout.faces, size), np.ones((3, 3)))
    assert count == len(np.unique(layout.charts))
    for piece in range(1, count + 1):
        away = distance_transform_edt(pieces != piece)
        others = (pieces != piece) & (pieces > 0)
        assert away[others].min() >= 2 * gutter - 1  # texel centers, a texel of rounding
    edge = np.ones((size, size), bool)
    edge[gutter - 1 : 1 - gutter, gutter - 1 : 1 - gutter] = False
    assert not (pieces[edge] > 0).any()


def test_packing_keeps_shapes_and_never_mirrors():
    surface = sphere()
    layout = lay_out(surface.vertices, surface.faces)
    uvs = pack(layout, 512, 8)
    ratio = signed_areas(uvs[layout.faces].astype(np.float64)) / signed_areas(layout.uvs[layout.faces])
    assert ratio.min() > 0
    np.testing.assert_allclose(ratio, np.median(ratio), rtol=0.02)
    assert uvs.dtype == np.float32


def test_charts_fill_a_fair_share_of_the_map():
    surface = sphere()
    layout = lay_out(surface.vertices, surface.faces)
    assert signed_areas(pack(layout, 1024, 8)[layout.faces].astype(np.float64)).sum() > 0.35
