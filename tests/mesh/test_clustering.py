"""Coarse looks of surfaces: how many triangles, how far from the surface, and what happens to thin parts."""

import numpy as np
import pytest
import trimesh

from backend.mesh.clustering import cluster
from backend.scene import Surface
from tests.synthetic import RADII, off_the_ellipsoid


def ellipsoid(level: int) -> Surface:
    ball = trimesh.creation.icosphere(level)
    return Surface((ball.vertices * RADII).astype(np.float32), ball.faces.astype(np.int32))


@pytest.mark.parametrize("triangles", [200, 2000, 10_000])
def test_about_so_many_triangles_close_to_the_surface(triangles):
    surface = ellipsoid(5)
    coarse = cluster(surface, triangles).mean(surface.vertices)
    assert 0.5 * triangles <= len(coarse.faces) <= triangles
    assert np.abs(off_the_ellipsoid(coarse.vertices)).max() < 6.0 / triangles
    assert len(np.unique(coarse.faces)) == len(coarse.vertices)


def test_triangles_still_look_outward():
    surface = ellipsoid(5)
    coarse = cluster(surface, 2000).mean(surface.vertices)
    corners = coarse.vertices[coarse.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outward = np.einsum("fc,fc->f", normals, corners.mean(1))
    assert outward[outward < 0].sum() > -1e-3 * outward.sum()


def test_two_sheets_close_to_one_another_stay_two():
    outer, inner = ellipsoid(5), ellipsoid(5)
    both = Surface(
        np.concatenate([outer.vertices, 0.98 * inner.vertices]),
        np.concatenate([outer.faces, inner.faces[:, ::-1] + len(outer.vertices)]),
    )
    number = cluster(both, 1000).number
    assert not set(number[: len(outer.vertices)]) & set(number[len(outer.vertices) :])


def test_no_triangle_is_degenerate_or_there_twice():
    faces = np.sort(cluster(ellipsoid(5), 500).faces, axis=1)
    assert (np.diff(faces, axis=1) > 0).all() and len(np.unique(faces, axis=0)) == len(faces)


def test_a_coarse_surface_follows_its_vertices():
    surface = ellipsoid(4)
    clusters, turn = cluster(surface, 500), np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    moved = clusters.mean((surface.vertices @ turn + 3).astype(np.float32))
    np.testing.assert_allclose(moved.vertices, clusters.mean(surface.vertices).vertices @ turn + 3, atol=1e-5)
