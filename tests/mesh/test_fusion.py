"""Depth fusion: exact where depth maps are, deeper than the hull, closed, and not holed by a few wrong views."""

from dataclasses import replace

import numpy as np
import pytest

from backend.errors import UserError
from backend.mesh.fusion import fuse
from backend.mesh.hull import hull_distance
from backend.mesh.topology import is_closed
from backend.scene import Picture, View
from tests.synthetic import RADII, off_the_ellipsoid, orbit_camera

SIZE, RESOLUTION, EXTENT = 72, 32, 0.9
SPACING = 2 * EXTENT / RESOLUTION
PIXEL = 4 / (2.4 * SIZE)  # at the origin
BALL, BITE, BITE_AT = 0.7, 0.35, np.array([0.0, -0.75, 0.1])  # a ball that another has bitten a dimple into


def ellipsoid(points):
    """First order only, but exact on the surface and of the right sign."""
    level = np.linalg.norm(points / RADII, axis=-1)
    return (level - 1) * RADII.min()


def dimpled(points):
    return np.maximum(np.linalg.norm(points, axis=-1) - BALL, BITE - np.linalg.norm(points - BITE_AT, axis=-1))


def ball(points):
    return np.linalg.norm(points, axis=-1) - BALL


def cameras(count=24):
    heights = [0, 30, -25]
    return [orbit_camera(360 * k / count, heights[k % 3], SIZE) for k in range(count)]


def picture(shape, camera):
    """Exact depths at pixel centers by sphere tracing."""
    rows, columns = np.indices((camera.height, camera.width)) + 0.5
    rays = camera.rays(np.stack([columns, rows], -1))
    t = np.full(rays.shape[:2], 2.5)
    for _ in range(60):
        t += np.minimum(shape(camera.position + rays * t[..., None]), 0.5)
    alpha = (t < 6).astype(np.float32)
    depth = np.where(alpha > 0, t * (rays @ camera.forward), 0).astype(np.float32)
    return Picture(np.zeros((*alpha.shape, 3), np.float32), alpha, depth)


def fused(pictures, views, hull):
    return fuse(pictures, views, hull, RESOLUTION, EXTENT, 3 * SPACING)


@pytest.fixture(scope="module")
def views():
    return cameras()


@pytest.fixture(scope="module")
def dimple_pictures(views):
    return [picture(dimpled, camera) for camera in views]


def test_ellipsoid_lies_where_the_depth_maps_say(views):
    surface = fused([picture(ellipsoid, camera) for camera in views], views, lambda points: ellipsoid(points) - 0.05)
    off = off_the_ellipsoid(surface.vertices)
    side = np.abs(surface.vertices[:, 2]) < 0.6 * RADII[2]  # the poles are seen at a slant only
    assert is_closed(surface)
    assert np.abs(off[side]).mean() < 0.1 * PIXEL and np.abs(off).mean() < 0.1 * SPACING
    assert abs(off[side].mean()) < 0.05 * PIXEL  # no half pixel, no half cube


def test_off_center_principal_point_moves_nothing(views):
    moved = [replace(camera, width=SIZE + 20, cx=camera.cx + 14, cy=camera.cy - 5) for camera in views]
    surface = fused([picture(ellipsoid, camera) for camera in moved], moved, lambda points: ellipsoid(points) - 0.05)
    side = np.abs(surface.vertices[:, 2]) < 0.6 * RADII[2]
    assert np.abs(off_the_ellipsoid(surface.vertices[side])).mean() < 0.1 * PIXEL


def test_dimple_that_the_hull_fills_comes_out(views, dimple_pictures):
    surface = fused(dimple_pictures, views, ball)
    off = dimpled(surface.vertices)
    within = np.linalg.norm(surface.vertices - BITE_AT, axis=1) < BITE + SPACING
    assert is_closed(surface)
    assert np.abs(ball(surface.vertices[within])).max() > 0.25  # the dimple is 0.3 deep
    assert np.abs(off).mean() < 0.1 * SPACING and np.abs(off).max() < SPACING


def test_unseen_surface_is_the_hulls(views, dimple_pictures):
    # Cameras behind the ball only: nobody sees the dimple.
    behind = [k for k, camera in enumerate(views) if camera.position[1] > 1]
    surface = fused([dimple_pictures[k] for k in behind], [views[k] for k in behind], ball)
    assert is_closed(surface)
    assert np.abs(ball(surface.vertices)).max() < 0.3 * SPACING


def test_wrong_views_make_no_holes(views, dimple_pictures):
    # One view sees through the subject to its far side, another sees something close before it.
    spoiled = list(dimple_pictures)
    spoiled[5] = replace(spoiled[5], depth=spoiled[5].depth + 0.8 * (spoiled[5].depth > 0))
    spoiled[14] = replace(spoiled[14], depth=spoiled[14].depth - 0.5 * (spoiled[14].depth > 0))
    surface = fused(spoiled, views, ball)
    off = dimpled(surface.vertices)
    assert is_closed(surface)
    assert np.abs(off).mean() < 0.2 * SPACING and np.abs(off).max() < 1.5 * SPACING


def test_no_streaks_between_a_near_and_a_far_thing():
    # A small ball before a large one: no view may connect them.
    def pair(points):
        near = np.linalg.norm(points - [0.0, -0.55, 0.0], axis=-1) - 0.15
        return np.minimum(near, np.linalg.norm(points - [0.0, 0.25, 0.0], axis=-1) - 0.45)

    views = cameras(24)
    pictures = [picture(pair, camera) for camera in views]
    masked = [View("", p.color, p.alpha, camera) for p, camera in zip(pictures, views, strict=True)]
    surface = fused(pictures, views, lambda points: hull_distance(points, masked, None))
    assert is_closed(surface)
    assert np.abs(pair(surface.vertices)).max() < SPACING
    assert surface.vertices[:, 1].min() > -0.3  # the largest component is the large ball alone


def test_surface_is_closed_where_the_subject_leaves_the_cube(views):
    def large(points):
        return np.linalg.norm(points, axis=-1) - 1.1

    assert is_closed(fused([picture(large, camera) for camera in views], views, large))


def test_empty_pictures_are_told(views):
    empty = Picture(np.zeros((SIZE, SIZE, 3), np.float32), *np.zeros((2, SIZE, SIZE), np.float32))
    with pytest.raises(UserError, match="field is empty"):
        fused([empty] * len(views), views, ball)
