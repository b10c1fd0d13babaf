"""The pool of training pixels."""

from dataclasses import replace

import numpy as np
import torch

from backend.fit.pixels import PixelPool
from tests.synthetic import orbit, pattern

CPU = torch.device("cpu")


def test_every_pixel_comes_once_before_any_comes_twice():
    pool = PixelPool(orbit(2, 32), 32, CPU, seed=0)
    seen = torch.cat([pool.batch(100).rays.directions for _ in range(len(pool) // 100)])
    assert len(torch.unique(seen, dim=0)) == len(seen)


def test_a_batch_may_be_larger_than_the_pool():
    pool = PixelPool(orbit(2, 16), 16, CPU, seed=0)
    assert len(pool.batch(3 * len(pool)).mask) == 3 * len(pool)


def test_rays_meet_the_subject_where_the_photo_shows_it():
    pool = PixelPool(orbit(4, 64), 64, CPU, seed=1)
    batch = pool.batch(500)
    radii = torch.tensor([0.62, 0.5, 0.72])
    o, d = batch.rays.origins / radii, batch.rays.directions / radii
    a, b, c = (d * d).sum(1), (o * d).sum(1), (o * o).sum(1) - 1
    inside = batch.mask > 0.99
    near = (-b - (b * b - a * c).clamp_min(0).sqrt()) / a
    points = batch.rays.origins + near[:, None] * batch.rays.directions
    error = batch.color[inside].numpy() - pattern(points[inside].numpy())
    assert np.abs(error).mean() < 0.03


def test_far_background_is_left_out_and_weights_are_kept():
    heavy = [replace(view, weight=2.5) for view in orbit(2, 64)]
    pool = PixelPool(heavy, 64, CPU, seed=0)
    batch = pool.batch(len(pool))
    assert len(pool) < 2 * 64 * 64
    assert (batch.weight == 2.5).all()
    assert (batch.mask < 0.5).any() and (batch.mask > 0.5).any()


def test_photos_are_shrunk_but_never_enlarged():
    assert len(PixelPool(orbit(1, 64), 32, CPU, seed=0)) < 0.5 * len(PixelPool(orbit(1, 64), 64, CPU, seed=0))
    assert len(PixelPool(orbit(1, 64), 999, CPU, seed=0)) == len(PixelPool(orbit(1, 64), 64, CPU, seed=0))


def test_trust_comes_with_its_pixel_and_is_full_where_none_is_given():
    trust = np.tile(np.linspace(0, 1, 32, dtype=np.float32), (32, 1))
    first, second = orbit(2, 32)
    pool = PixelPool([replace(first, trust=trust, photo=np.repeat(trust[..., None], 3, -1)), second], 32, CPU, seed=0)
    batch = pool.batch(len(pool))
    own = batch.clear < 1
    assert own.any() and (~own).any()
    torch.testing.assert_close(batch.clear[own], batch.color[own, 0])
