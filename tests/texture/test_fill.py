import numpy as np
import warp as wp
from scipy.ndimage import distance_transform_edt

from backend.texture.fill import diffuse_over_surface, fill, push_pull
from backend.texture.texel_geometry import find_texels, skin_of
from tests.texture.subjects import LAUNCHER, SIZE, ellipsoid, ellipsoid_atlas, sphere


def filled(colors: np.ndarray, known: np.ndarray) -> np.ndarray:
    weighted = np.concatenate([colors * known[..., None], known[..., None]], -1).astype(np.float32)
    held = LAUNCHER.upload(weighted, wp.vec4)
    push_pull(held, LAUNCHER)
    return held.numpy()


def test_known_texels_stay_and_all_others_get_a_color():
    rng = np.random.default_rng(0)
    colors, known = rng.random((75, 90, 3)), (rng.random((75, 90)) < 0.02).astype(float)
    result = filled(colors, known)
    np.testing.assert_allclose(result[known > 0, :3], colors[known > 0], atol=1e-6)
    assert (result[..., 3] > 0).all()
    assert result[..., :3].min() >= colors[known > 0].min() - 1e-5
    assert result[..., :3].max() <= colors[known > 0].max() + 1e-5


def test_gutters_repeat_their_own_chart():
    """Every texel within the gutter has the color of the nearest texel on a chart."""
    surface, atlas, gutter = ellipsoid(), ellipsoid_atlas(SIZE, 4), 4
    texels = find_texels(skin_of(surface, atlas, LAUNCHER), SIZE, LAUNCHER, gutter)
    on_chart = texels.owner.numpy() >= 0
    colors = np.random.default_rng(1).random((SIZE, SIZE, 3)).astype(np.float32) * on_chart[..., None]
    sure = LAUNCHER.upload(on_chart.astype(np.float32), wp.float32)
    result = fill(LAUNCHER.upload(colors, wp.vec3), sure, texels, surface, atlas, LAUNCHER)
    away, (rows, columns) = distance_transform_edt(~on_chart, return_indices=True)
    ring = (away > 0) & (away <= gutter - 2)  # two of the gutter's texels are baked themselves
    nearest = np.linalg.norm(result - colors[rows, columns], axis=-1) < 1e-5
    assert ring.sum() > 500
    assert nearest[ring].mean() > 0.9  # ties may fall either way
    assert (np.linalg.norm(result, axis=-1) > 0)[ring].all()


def test_nothing_known_gives_no_color_but_no_trouble():
    assert np.isfinite(filled(np.zeros((8, 8, 3)), np.zeros((8, 8)))).all()


def test_a_gap_in_a_smooth_color_is_filled_smoothly():
    surface = sphere(3)
    true = 0.5 + 0.3 * surface.vertices[:, [0, 1, 2]] / 0.8
    seen = (surface.vertices[:, 2] < 0.5).astype(np.float32)
    result = diffuse_over_surface((true * seen[:, None]).astype(np.float32), seen, surface.faces)
    np.testing.assert_allclose(result[seen > 0], true[seen > 0], atol=0.02)
    assert np.abs(result - true)[seen == 0].max() < 0.15  # only the surroundings are known


def test_unseen_texels_take_the_colors_around_them():
    surface, atlas = ellipsoid(), ellipsoid_atlas()
    texels = find_texels(skin_of(surface, atlas, LAUNCHER), SIZE, LAUNCHER)
    known = (texels.owner.numpy() % 7 > 0) & (texels.owner.numpy() >= 0)
    colors = LAUNCHER.upload(known[..., None] * np.array([0.2, 0.6, 0.4], np.float32), wp.vec3)
    confidence = LAUNCHER.upload(known.astype(np.float32), wp.float32)
    result = fill(colors, confidence, texels, surface, atlas, LAUNCHER)
    np.testing.assert_allclose(result, np.broadcast_to([0.2, 0.6, 0.4], result.shape), atol=0.02)
