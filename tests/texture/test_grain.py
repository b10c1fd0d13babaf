import numpy as np
import pytest

from backend.texture.grain import grain_of, plain_grain


def patch(side: int = 48) -> np.ndarray:
    """Colored noise on a slope, as of skin under a lamp."""
    rng = np.random.default_rng(0)
    rows, columns = np.indices((side, side)) / side
    noise = 0.01 * rng.normal(size=(side, side, 1)) * [1.0, 0.6, 0.4]
    return 0.5 + 0.3 * rows[..., None] - 0.1 * columns[..., None] ** 2 + noise


def test_grain_has_the_spread_of_its_patch_and_not_its_shading():
    grain = grain_of(patch(), np.ones((48, 48)), 0.01, 1.0, 0, 1.0)
    np.testing.assert_allclose(grain.tile.mean((0, 1)), 0, atol=1e-6)
    np.testing.assert_allclose(grain.tile.std((0, 1)), [0.01, 0.006, 0.004], rtol=0.1)


def test_channels_stay_together():
    tile = grain_of(patch(), np.ones((48, 48)), 0.01, 1.0, 0, 1.0).tile
    assert np.corrcoef(tile[..., 0].ravel(), tile[..., 2].ravel())[0, 1] > 0.95


def test_strong_grain_is_held_back():
    tile = grain_of(patch() * 20, np.ones((48, 48)), 0.01, 0.02, 0, 1.0).tile
    np.testing.assert_allclose(np.sqrt((tile.std((0, 1)) ** 2).mean()), 0.02, rtol=0.05)


@pytest.mark.parametrize("grain", [plain_grain(0.01, 0.01, 0), grain_of(patch(), np.ones((48, 48)), 0.01, 1, 0, 1.0)])
def test_tiles_repeat_without_a_seam(grain):
    steps = np.abs(np.diff(grain.tile, axis=1)).mean()
    seam = np.abs(grain.tile[:, 0] - grain.tile[:, -1]).mean()
    assert seam < 1.3 * steps
