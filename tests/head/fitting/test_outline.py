"""The rim of a head that is drawn too small or too large is pulled to the edge of the mask, and only across it."""

import numpy as np
import pytest

from backend.head.fitting.outline import Outline, outline_of
from backend.head.fitting.sight import look
from tests.head.fitting.soft_heads import RADII, ellipsoid, portrait_camera

CAMERA = portrait_camera(20.0, 0.0, 320)
POINTS, POLYGONS = ellipsoid(96, 64)
FACES = np.concatenate([POLYGONS[:, :3], POLYGONS[POLYGONS[:, 3] >= 0][:, [0, 2, 3]]])
USABLE = np.ones(len(FACES), bool)


def _miss(pixels: np.ndarray) -> np.ndarray:
    """How far the rays of pixels pass from the middle of the head, where its outline is 1."""
    origin, rays = CAMERA.position / RADII, CAMERA.rays(pixels) / RADII
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    return np.linalg.norm(origin - (rays @ origin)[:, None] * rays, axis=1)


def outside(pixels: np.ndarray) -> np.ndarray:
    """How far pixels (M, 2) lie outside of the true head's outline, in pixels, to first order."""
    miss = _miss(pixels)
    nearer = pixels + 0.01 * (160 - pixels) / np.linalg.norm(pixels - 160, axis=1, keepdims=True)
    return (miss - 1) / ((miss - _miss(nearer)) / 0.01)


def mask() -> np.ndarray:
    rows, columns = np.indices((320, 320)) + 0.5
    pixels = np.stack([columns, rows], -1).reshape(-1, 2)
    return (outside(pixels) < 0).reshape(320, 320).astype(np.float32)


def compared(scale: float, sigma: float = 1.5, usable=USABLE, loose: float = 3.0):
    outline = Outline(MASK, np.full((320, 320), sigma), loose)
    return outline_of(look(POINTS * scale, FACES, CAMERA), FACES, outline, usable)


MASK = mask()


@pytest.mark.parametrize("scale", [0.93, 1.0, 1.08])
def test_targets_lie_on_the_edge_of_the_mask(scale):
    seen = compared(scale)
    own = CAMERA.project(((POINTS * scale)[seen.corners] * seen.weights[..., None]).sum(1))[0]
    assert seen.count > 100
    assert np.abs(outside(own)).mean() == pytest.approx(abs(scale - 1) * 110, abs=2.5)  # pixels that it is off
    # A rim pixel's center lies half a pixel inside of the model's own outline, and so does its target.
    away = outside(seen.target) + 0.5
    assert np.abs(away).max() < 1.2
    assert abs(away.mean()) < 0.35


def test_a_head_that_fits_stays_where_it_is():
    seen = compared(1.0)
    own = CAMERA.project((POINTS[seen.corners] * seen.weights[..., None]).sum(1))[0]
    pull = outside(seen.target) - outside(own)
    assert abs(pull.mean()) < 0.15


@pytest.mark.parametrize("scale", [0.93, 1.08])
def test_only_the_way_across_the_outline_counts(scale):
    seen = compared(scale, sigma=2.0)
    own = CAMERA.project(((POINTS * scale)[seen.corners] * seen.weights[..., None]).sum(1))[0]
    residual = np.einsum("mij,mj->mi", seen.whiten, own - seen.target)
    assert (residual[:, 1] == 0).all()
    across = np.linalg.norm(own - seen.target, axis=1)
    np.testing.assert_allclose(np.abs(residual[:, 0]), across / 2.0, atol=0.05)


def test_hair_says_nothing_of_a_head_within_it():
    assert compared(0.95, sigma=np.inf).count == 0
    outline = Outline(MASK, np.full((320, 320), 1.5), 3.0)
    outline.sigma[:, :160] = np.inf
    seen = outline_of(look(POINTS * 0.95, FACES, CAMERA), FACES, outline, USABLE)
    assert seen.count > 50 and seen.target[:, 0].min() > 158


def test_a_head_that_leaves_its_hair_is_pulled_back_loosely():
    seen = compared(1.06, sigma=np.inf, loose=3.0)
    assert seen.count > 100
    np.testing.assert_allclose(np.linalg.norm(seen.whiten, axis=(1, 2)), 1 / 3.0, rtol=1e-6)
    assert np.abs(outside(seen.target) + 0.5).max() < 1.2


def test_triangles_that_are_not_usable_are_left_out():
    above = POINTS[FACES][..., 2].mean(1) > 0
    seen = compared(0.95, usable=above)
    assert 50 < seen.count < 0.6 * compared(0.95).count
    assert (POINTS[seen.corners][..., 2].mean(1) > 0).all()


def test_a_far_outline_belongs_to_something_else():
    assert compared(0.5).count == 0
