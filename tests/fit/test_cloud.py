"""The first cloud: even on the surface, flat on it, and colored by the photos that see it."""

import numpy as np
import pytest
import torch
import trimesh

from backend.fit.cloud import cloud_on, photographed, scattered, turning_z_to
from backend.fit.mcmc import covariances
from backend.scene import Surface
from tests.synthetic import RADII, off_the_ellipsoid, orbit, pattern


@pytest.fixture(scope="module")
def views():
    return orbit(8, 64)


def ellipsoid() -> Surface:
    ball = trimesh.creation.icosphere(4)
    return Surface(np.array(ball.vertices * RADII, np.float32), np.array(ball.faces, np.int32))


def test_points_lie_on_the_surface_and_are_even():
    corners = np.array([[0, 0, 0], [3, 0, 0], [0, 1, 0], [3, 1, 0]], np.float32)
    surface = Surface(corners, np.array([[0, 1, 2], [1, 3, 2]]))
    points, normals = scattered(surface, 900, np.random.default_rng(0))
    assert np.abs(points[:, 2]).max() == 0 and (normals == [0, 0, 1]).all()
    counts = np.histogram2d(points[:, 0], points[:, 1], bins=(9, 3), range=((0, 3), (0, 1)))[0]
    assert counts.sum() == 900 and counts.min() > 15 and counts.max() < 55  # 33 in each


def test_quaternions_turn_z_to_the_normals():
    normals = np.random.default_rng(1).normal(size=(50, 3))
    normals = np.concatenate([normals / np.linalg.norm(normals, axis=1, keepdims=True), [[0, 0, 1], [0, 0, -1]]])
    flat = torch.log(torch.tensor([[1e-9, 1e-9, 1.0]])).expand(len(normals), 3)
    along = covariances(flat, torch.from_numpy(turning_z_to(normals)).float()).numpy()
    np.testing.assert_allclose(along, normals[:, :, None] * normals[:, None], atol=1e-5)


def test_colors_are_those_of_the_photos(views):
    points, normals = scattered(ellipsoid(), 500, np.random.default_rng(2))
    colors = photographed(points, normals, views)
    side = np.abs(points[:, 2]) < 0.4  # the rest is seen at a slant, or not at all
    assert np.abs(colors - pattern(points))[side].mean() < 0.12
    gray = np.abs(pattern(points) - 0.5)[side].mean()
    assert np.abs(colors - pattern(points))[side].mean() < 0.6 * gray


def test_a_cloud_starts_flat_on_the_surface(views):
    cloud = cloud_on(ellipsoid(), views, 400, 2, seed=0)
    assert len(cloud) == 400 and cloud.sh.shape == (400, 9, 3) and (cloud.sh[:, 1:] == 0).all()
    assert np.abs(off_the_ellipsoid(cloud.means.astype(float))).max() < 0.01
    assert all(part.dtype == np.float32 for part in vars(cloud).values())
    assert (cloud.log_scales[:, 2] < cloud.log_scales[:, 0]).all()
    spacing = np.sqrt(4 * np.pi * 0.6**2 / 400)
    assert 0.2 * spacing < np.exp(cloud.log_scales[:, 0]).mean() < 1.2 * spacing


def test_points_may_be_given_instead(views):
    points = np.random.default_rng(3).normal(size=(70, 3)) * 0.3
    cloud = cloud_on(points, views, 400, 0, seed=0)
    np.testing.assert_array_equal(cloud.means, points.astype(np.float32))
    assert cloud.sh.shape == (70, 1, 3)
