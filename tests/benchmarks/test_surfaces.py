import numpy as np
import pytest
import warp as wp

from backend.scene import Surface
from benchmarks.kernel_clock import timed_kernels
from benchmarks.surfaces import directions_around, face_normals, nearest, seen_by, spread
from tests.asset.subjects import CENTER, RADIUS, ball, camera


def test_distances_to_a_triangle_are_exact_at_its_face_edges_and_corners():
    triangle = Surface(np.array([[0, 0, 0], [4, 0, 0], [0, 4, 0]], np.float32), np.array([[0, 1, 2]], np.int32))
    points = np.array([[1, 1, 3], [1, 1, 0], [2, -5, 0], [-3, -4, 0], [4, 4, 0], [7, 0, 4]], float)
    np.testing.assert_allclose(nearest(triangle, points)[0], [3, 0, 5, 5, np.sqrt(8), 5], atol=1e-6)


def test_the_nearest_face_is_the_one_that_a_point_was_spread_on():
    surface = ball(3)
    points, faces = spread(surface, 500, np.ones(len(surface.faces), bool), seed=0)
    lifted = points + 0.01 * RADIUS * face_normals(surface)[faces]
    distances, found = nearest(surface, lifted)
    assert (found == faces).mean() > 0.9  # across an edge the neighbor may be as near
    np.testing.assert_allclose(distances, 0.01 * RADIUS, rtol=0.02)


def test_points_spread_evenly_over_the_faces_in_use():
    surface = ball(4)
    upper = surface.vertices[surface.faces].mean(1)[:, 2] > CENTER[2]
    points, faces = spread(surface, 20_000, upper, seed=0)
    assert upper[faces].all()
    # Archimedes: a sphere's area is even in height.
    np.testing.assert_allclose(np.histogram((points[:, 2] - CENTER[2]) / RADIUS, 4, (0, 1))[0] / 5000, 1, atol=0.06)


def test_a_camera_sees_the_near_cap_of_a_ball():
    surface, eye = ball(4), camera(0.0, 480, 400)
    points, faces = spread(surface, 5000, np.ones(len(surface.faces), bool), seed=0)
    seen = seen_by([eye], surface, points, face_normals(surface)[faces]) == 1
    assert seen.mean() == pytest.approx((1 - RADIUS / 0.6) / 2, abs=0.02)
    toward = (points[:, 0] - CENTER[0]) / RADIUS
    horizon = RADIUS / np.linalg.norm(eye.position - CENTER)  # the tangent cone touches the sphere at this height
    assert seen[toward > horizon + 0.2].all() and not seen[toward < horizon - 0.05].any()


def test_an_inner_shell_is_not_seen_from_outside():
    outer, inner = ball(3), ball(3)
    nested = Surface(
        np.concatenate([outer.vertices, (inner.vertices - CENTER) * 0.7 + CENTER]).astype(np.float32),
        np.concatenate([outer.faces, inner.faces + len(outer.vertices)]).astype(np.int32),
    )
    points, faces = spread(nested, 4000, np.ones(len(nested.faces), bool), seed=0)
    seen = seen_by(directions_around(nested, side=128), nested, points, face_normals(nested)[faces]) > 0
    outside = faces < len(outer.faces)
    assert seen[outside].all() and not seen[~outside].any()


def test_the_kernel_clock_counts_launches_and_puts_the_real_launch_back():
    launch = wp.launch
    surface = ball(2)
    with timed_kernels() as clock:
        nearest(surface, np.zeros((10, 3)))
        nearest(surface, np.zeros((10, 3)))
    (name,) = clock.launches
    assert clock.launches[name] == 2 and clock.seconds[name] > 0
    assert wp.launch is launch
    with pytest.raises(ZeroDivisionError), timed_kernels():
        _ = 1 / 0
    assert wp.launch is launch
