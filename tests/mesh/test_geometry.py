"""Distances, components, subdivision, smoothing: properties of the small pieces."""

import numpy as np
import pytest
import torch
import trimesh

from backend.errors import UserError
from backend.mesh.redistance import lattice_around, signed_distance
from backend.mesh.smoothing import SmoothSolver, laplacian, umbrella
from backend.mesh.subdivide import subdivide
from backend.mesh.topology import area, is_closed, largest_component
from backend.scene import Surface


def ball(radius=0.6, subdivisions=3, center=(0, 0, 0)):
    mesh = trimesh.creation.icosphere(subdivisions=subdivisions, radius=radius)
    return Surface((mesh.vertices + np.array(center)).astype(np.float32), mesh.faces.astype(np.int32))


def joined(*surfaces):
    starts = np.cumsum([0, *(len(s.vertices) for s in surfaces)])
    faces = np.concatenate([s.faces + start for s, start in zip(surfaces, starts, strict=False)])
    return Surface(np.concatenate([s.vertices for s in surfaces]), faces.astype(np.int32))


def test_signed_distance_of_a_ball_is_negative_inside():
    points = torch.tensor([[0.0, 0.0, 0.5], [0.0, 0.0, 0.7], [0.3, 0.0, 0.0], [2.0, 0.0, 0.0]])
    distance = signed_distance(ball(), points, reach=0.5)
    torch.testing.assert_close(distance, torch.tensor([-0.1, 0.1, -0.3, 0.5]), atol=3e-3, rtol=0)


def test_lattice_around_a_ball_holds_its_surface():
    lattice, distances = lattice_around(ball(), 20, 1.06)
    assert (lattice.points.norm(dim=1) - 0.6 - distances).abs().max() < 5e-3
    assert distances.min() < -lattice.spacing and distances.max() > lattice.spacing


def test_islands_and_inner_shells_go():
    shell = ball(0.2)
    inner = Surface(shell.vertices, shell.faces[:, ::-1].copy())
    kept = largest_component(joined(ball(0.1, 2, (2, 0, 0)), ball(0.6), inner))
    assert is_closed(kept) and len(kept.vertices) == len(ball(0.6).vertices)


def test_nothing_left_is_told_to_the_user():
    with pytest.raises(UserError, match=r"transforms\.json"):
        largest_component(Surface(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32)))


def test_a_hole_or_a_turned_triangle_is_not_closed():
    whole = ball()
    turned = whole.faces.copy()
    turned[0] = turned[0, ::-1]
    assert is_closed(whole)
    assert not is_closed(Surface(whole.vertices, whole.faces[1:]))
    assert not is_closed(Surface(whole.vertices, turned))


def test_subdivision_keeps_shape_closedness_and_first_vertices():
    coarse = ball()
    fine, _ = subdivide(coarse)
    assert is_closed(fine) and len(fine.faces) == 4 * len(coarse.faces)
    assert area(fine) == pytest.approx(area(coarse), rel=1e-5)
    np.testing.assert_array_equal(fine.vertices[: len(coarse.vertices)], coarse.vertices)


def test_solver_inverts_its_matrix_and_keeps_the_mean():
    surface, strength = ball(), 9.0
    values = np.random.default_rng(0).normal(size=surface.vertices.shape).astype(np.float32)
    smooth = SmoothSolver(surface.faces, len(values), strength, tolerance=1e-5, iterations=200)(values)
    back = smooth + strength * (laplacian(surface.faces, len(values)) @ smooth)
    np.testing.assert_allclose(back, values, atol=2e-3)
    np.testing.assert_allclose(smooth.mean(0), values.mean(0), atol=1e-4)


def test_umbrella_of_a_constant_is_zero():
    surface = ball()
    constant = np.ones((len(surface.vertices), 1), np.float32)
    assert np.abs(umbrella(surface.faces, len(constant)) @ constant).max() < 1e-6
