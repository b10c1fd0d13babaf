"""Marching tetrahedra on the body-centered lattice: closed, oriented, exact where it must be."""

import numpy as np
import pytest
import torch
import trimesh

from backend.mesh.lattice import band_lattice, cube_centers
from backend.mesh.marching import marching_tetrahedra

EXTENT = 1.0


def sphere_lattice(resolution, radius):
    centers = cube_centers(resolution, EXTENT)
    lattice = band_lattice(np.abs(np.linalg.norm(centers, axis=-1) - radius) < 6 * EXTENT / resolution, EXTENT)
    return lattice, lattice.points.norm(dim=1) - radius


def as_trimesh(vertices, faces):
    return trimesh.Trimesh(vertices.detach().numpy(), faces.numpy(), process=False)


@pytest.mark.parametrize("margin", [0.0, 0.15])
def test_sphere_is_closed_outward_and_round(margin):
    lattice, distances = sphere_lattice(24, 0.7)
    mesh = as_trimesh(*marching_tetrahedra(lattice, distances, margin))
    assert mesh.is_watertight and mesh.is_winding_consistent and mesh.euler_number == 2
    assert mesh.volume == pytest.approx(4 / 3 * np.pi * 0.7**3, rel=0.02)


def test_any_signs_give_a_closed_surface():
    lattice, distances = sphere_lattice(16, 0.6)
    noise = torch.randn(len(distances), generator=torch.Generator().manual_seed(1))
    # Noise inside the band only: at its border the surface would leave the lattice.
    noisy = torch.where(distances.abs() < 0.1, distances + 0.1 * noise, distances)
    vertices, faces = marching_tetrahedra(lattice, noisy)
    mesh = as_trimesh(vertices, faces)
    assert mesh.is_watertight and mesh.is_winding_consistent


def test_every_tetrahedron_of_a_full_lattice_has_the_same_volume():
    lattice = band_lattice(np.ones((3, 3, 3), bool), EXTENT)
    a, b = lattice.points[lattice.cells[:, 0]], lattice.points[lattice.cells[:, 1]]
    ring = lattice.points[lattice.cells[:, 2:]]
    for k in range(4):
        c, d = ring[:, k], ring[:, (k + 1) % 4]
        volume = torch.linalg.det(torch.stack([b - a, c - a, d - a], 1)) / 6
        torch.testing.assert_close(volume, torch.full_like(volume, lattice.spacing**3 / 12))


def test_plane_is_cut_exactly():
    lattice = band_lattice(np.ones((6, 6, 6), bool), EXTENT)
    normal = torch.tensor([0.36, 0.48, 0.8])
    vertices, _ = marching_tetrahedra(lattice, lattice.points @ normal - 0.123)
    torch.testing.assert_close(vertices @ normal, torch.full((len(vertices),), 0.123), atol=1e-5, rtol=0)


def test_gradient_matches_finite_differences():
    lattice, distances = sphere_lattice(8, 0.6)
    weights = torch.randn(3, generator=torch.Generator().manual_seed(2), dtype=torch.float64)

    def value(d):
        vertices, _ = marching_tetrahedra(lattice, d)
        return (torch.sin(3 * vertices.double()) @ weights).sum()

    leaf = distances.double().requires_grad_()
    value(leaf).backward()
    direction = torch.randn(len(leaf), generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    step = 1e-6
    with torch.no_grad():
        numeric = (value(leaf + step * direction) - value(leaf - step * direction)) / (2 * step)
    assert float(leaf.grad @ direction) == pytest.approx(float(numeric), rel=1e-3)
