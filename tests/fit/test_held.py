"""What a few views may change: where two of them see the surface, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.fit.context import FitContext
from backend.fit.held import free_share
from backend.kernels.renderer import choose_renderer
from backend.scene import Bounds, Capture, Surface
from tests.synthetic import RADII, orbit_camera, photograph

CONTEXT = FitContext(choose_renderer("warp"), torch.device("cpu"))


@pytest.fixture(scope="module")
def egg():
    angle, height = 2 * np.pi * np.arange(48) / 48, np.pi * np.arange(1, 32) / 32
    rings = [np.c_[np.sin(angle) * np.sin(h), -np.cos(angle) * np.sin(h), np.full(48, np.cos(h))] for h in height]
    vertices = np.concatenate(rings) * RADII
    corner = (np.arange(30)[:, None] * 48 + np.arange(48)).ravel()
    after = (np.arange(30)[:, None] * 48 + (np.arange(48) + 1) % 48).ravel()
    faces = np.concatenate([np.stack([corner, corner + 48, after], 1), np.stack([after, corner + 48, after + 48], 1)])
    return Surface(vertices.astype(np.float32), faces.astype(np.int32))


def capture(*azimuths: float, weight: float = 1.0) -> Capture:
    views = [photograph(orbit_camera(azimuth, 5.0), f"{azimuth}") for azimuth in azimuths]
    return Capture(tuple(replace(view, weight=weight) for view in views), Bounds(np.zeros(3), 1.0))


def test_both_must_see_it(egg):
    share = free_share(egg, capture(-20.0, 20.0), CONTEXT)
    front = egg.vertices[:, 1] / RADII[1] < -0.85
    back = egg.vertices[:, 1] > 0
    assert (share[front] > 0.6).all() and (share[back] == 0).all()
    assert share.min() >= 0 and share.max() <= 1


def test_one_view_alone_frees_nothing(egg):
    assert not free_share(egg, capture(0.0), CONTEXT).any()


def test_a_doubted_view_counts_less(egg):
    full, half = (free_share(egg, capture(-20.0, 0.0, 20.0, weight=weight), CONTEXT) for weight in (1.0, 0.4))
    assert 0 < half.max() < full.max()
    assert 0 < free_share(egg, capture(-20.0, 20.0, weight=0.3), CONTEXT).max() < half.max()
    assert not free_share(egg, capture(-20.0, 20.0, weight=0.0), CONTEXT).any()


def test_what_is_held_stays_and_its_surroundings_move_little(egg):
    held = np.linalg.norm(egg.vertices - [0, -RADII[1], 0], axis=1) < 0.1
    views = capture(-20.0, 20.0)
    free, share = free_share(egg, views, CONTEXT), free_share(egg, views, CONTEXT, held)
    assert held.sum() > 3 and not share[held].any()
    around = np.linalg.norm(egg.vertices - egg.vertices[held].mean(0), axis=1)
    assert (share[(around > 0.1) & (around < 0.16)] < free[(around > 0.1) & (around < 0.16)]).all()
    assert share[around < 0.3].max() > 0.5
