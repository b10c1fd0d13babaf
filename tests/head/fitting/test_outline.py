"""The rim of a head that is drawn too small or too large is pulled to the edge of the mask, and only across it."""

from types import SimpleNamespace

import numpy as np
import pytest

from backend.head.fitting.outline import Outline, outline_of
from backend.head.fitting.sight import look
from tests.head.fitting.soft_heads import RADII, ellipsoid, portrait_camera

CAMERA = portrait_camera(20.0, 0.0, 320)
POINTS, POLYGONS = ellipsoid(96, 64)
FACES = np.concatenate([POLYGONS[:, :3], POLYGONS[POLYGONS[:, 3] >= 0][:, [0, 2, 3]]])
USABLE, NO_EARS = np.ones(len(FACES), bool), np.zeros(len(FACES), bool)
PIXEL = 0.001  # metres


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


def compared(scale: float, sigma: float = 1.5, usable=USABLE, loose: float = 3.0, ears=NO_EARS):
    outline = Outline(MASK, np.full((320, 320), sigma), loose)
    return seen_of(scale, outline, usable, ears)


def seen_of(scale: float, outline: Outline, usable=USABLE, ears=NO_EARS):
    skin = SimpleNamespace(faces=FACES, outlined=usable, ears=ears)
    return outline_of(look(POINTS * scale, FACES, CAMERA), skin, outline, PIXEL)


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
    seen = seen_of(0.95, outline)
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


def test_both_sides_of_a_head_are_compared_alike():
    sideways = compared(0.95).target - 160
    left, right, above, below = (sideways[:, 0] < -50, sideways[:, 0] > 50, sideways[:, 1] < -60, sideways[:, 1] > 60)
    assert 0.8 < left.sum() / right.sum() < 1.25 and left.sum() > 30
    assert 0.8 < above.sum() / below.sum() < 1.25 and above.sum() > 30


def test_skin_beside_an_ear_is_hardly_drawn_to_what_may_be_the_ear_of_the_photo():
    middles = POINTS[FACES].mean(1)
    ears = (np.abs(middles[:, 2]) < 0.02) & (np.abs(middles[:, 0]) > 0.8 * np.abs(middles[:, 0]).max())
    eared = compared(0.95, sigma=1.5, ears=ears)
    pixels = CAMERA.project((POINTS[eared.corners] * 0.95 * eared.weights[..., None]).sum(1))[0]
    sight = look(POINTS * 0.95, FACES, CAMERA)
    rows, columns = np.nonzero(sight.covered & ears[sight.face])
    away = np.linalg.norm(pixels[:, None] - np.stack([columns, rows], 1) - 0.5, axis=2).min(1)
    on_ear = (eared.corners[:, None] == FACES[ears]).all(2).any(1)
    sigma = 1 / np.linalg.norm(eared.whiten[:, 0], axis=1)
    near, far = ~on_ear & (away < 10), ~on_ear & (away > 40)  # pixels
    assert on_ear.sum() > 10 and near.sum() > 10 and far.sum() > 10
    np.testing.assert_allclose(sigma[on_ear | far], 1.5)  # an ear's own rim is compared as any other
    np.testing.assert_allclose(sigma[near], 6.0)
