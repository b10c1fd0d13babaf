"""Surface nets give closed, outward, exact meshes, whatever the lattice's spacing."""

import numpy as np
import pytest

from demo import polygonize, solids

EVEN = tuple(np.linspace(-1.6, 1.6, 41) for _ in range(3))
UNEVEN = (1.6 * np.linspace(-1, 1, 41) ** 3 * 0.5 + 0.8 * np.linspace(-1, 1, 41), *EVEN[1:])


def ball(points: np.ndarray) -> np.ndarray:
    return solids.sphere(points, (0.05, -0.02, 0.01), 1.03)


def ring(points: np.ndarray) -> np.ndarray:
    return np.hypot(np.hypot(points[:, 0], points[:, 1]) - 1.0, points[:, 2]) - 0.35


def edge_counts(polygons: np.ndarray) -> np.ndarray:
    edges = np.stack([polygons, np.roll(polygons, -1, axis=1)], -1).reshape(-1, 2)
    return np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)[1]


@pytest.mark.parametrize("lines", [EVEN, UNEVEN])
def test_ball_is_closed_exact_and_faces_outwards(lines):
    vertices, quads = polygonize.surface_nets(ball, lines)
    np.testing.assert_allclose(ball(vertices), 0.0, atol=1e-4)
    assert (edge_counts(quads) == 2).all()
    triangles = vertices[polygonize.triangulate(vertices, quads)]
    volume = np.einsum("ij,ij->i", triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2])).sum() / 6
    assert volume == pytest.approx(4 / 3 * np.pi * 1.03**3, rel=0.02)


@pytest.mark.parametrize(("distance", "euler"), [(ball, 2), (ring, 0)])
def test_topology_is_kept(distance, euler):
    vertices, quads = polygonize.surface_nets(distance, EVEN)
    assert len(vertices) - len(edge_counts(quads)) + len(quads) == euler


def test_skipping_blocks_loses_no_cell():
    def slow(points):  # every lattice cell by brute force
        return ball(points)

    grid = np.stack(np.meshgrid(*EVEN, indexing="ij"), -1)
    inside = slow(grid.reshape(-1, 3)).reshape(grid.shape[:3]) < 0
    corners = [inside[i : i + 40, j : j + 40, k : k + 40] for i in (0, 1) for j in (0, 1) for k in (0, 1)]
    mixed = np.any(corners, axis=0) & ~np.all(corners, axis=0)
    assert len(polygonize.active_cells(ball, EVEN)[0]) == mixed.sum()


def test_biggest_piece_drops_crumbs():
    def two(points):
        return np.minimum(ball(points), solids.sphere(points, (1.4, 1.4, 1.4), 0.1))

    vertices, quads = polygonize.surface_nets(two, EVEN)
    kept, rest = polygonize.biggest_piece(len(vertices), quads)
    assert len(kept) < len(vertices) and rest.max() == len(kept) - 1
    assert np.abs(ball(vertices[kept])).max() < 0.01
