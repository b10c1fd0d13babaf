"""Drawing a medium: an opaque ball is where and what a formula says, in every part of the picture."""

import numpy as np
import pytest
import torch

from backend.fields.field import Rays, Samples
from backend.fields.occupancy import OccupancyGrid, march
from backend.fields.rays import camera_rays
from backend.fields.volume import collect, draw
from backend.scene import Camera
from tests.synthetic import orbit_camera

CPU = torch.device("cpu")
RADIUS, STEP, SIDE, EXTENT = 0.7, 0.02, 32, 1.1
CORNER = torch.tensor([-0.35, 0.0, 0.35])  # seen at the upper left by a camera in front (it looks along +Y)


def opaque_ball(samples: Samples):
    """Red around CORNER, green elsewhere."""
    inside = samples.points.norm(dim=1) < RADIUS
    red = (samples.points - CORNER)[:, [0, 2]].norm(dim=1) < 0.2
    color = torch.where(red[:, None], torch.tensor([0.9, 0.1, 0.0]), torch.tensor([0.1, 0.8, 0.0]))
    return inside * samples.lengths * 1000.0, color


def sampler(most=1000):
    grid = OccupancyGrid(EXTENT, np.ones((SIDE,) * 3, bool), CPU)
    return lambda rays: march(rays, grid, STEP, None, most)


def truth(camera: Camera):
    """depth along the axis (H, W) and mask (H, W) of the ball, by ray casting in float64."""
    rows, columns = np.indices((camera.height, camera.width)) + 0.5
    directions = camera.rays(np.stack([columns, rows], -1))
    b = directions @ camera.position
    root = b * b - camera.position @ camera.position + RADIUS**2
    distance = -b - np.sqrt(np.maximum(root, 0))
    return distance * (directions @ camera.forward), root


@pytest.fixture(scope="module", params=[(0, 0), (130, 35)], ids=["front", "behind, above"])
def view(request):
    camera = orbit_camera(*request.param, size=48)
    return camera, draw(opaque_ball, sampler(), camera, CPU)


def test_depth_is_that_of_the_sphere_within_a_step(view):
    camera, picture = view
    depth, root = truth(camera)
    sure = root > 0.02
    assert sure.sum() > 300
    assert np.abs(picture.depth - depth)[sure].max() < STEP
    # The first sample inside lies half a step behind the surface on average, not before it.
    assert 0 < (picture.depth - depth)[sure].mean() < STEP


def test_the_silhouette_is_that_of_the_sphere(view):
    camera, picture = view
    _, root = truth(camera)
    assert (picture.alpha[root > 0.02] > 0.999).all()
    assert (picture.alpha[root < 0] == 0).all()
    assert not picture.color[root < 0].any()
    assert not picture.depth[root < 0].any()


def test_row_0_is_the_top_and_column_0_the_left():
    picture = draw(opaque_ball, sampler(), orbit_camera(0, 0, size=48), CPU)
    red = picture.color[..., 0] > 0.5
    rows, columns = np.nonzero(red)
    assert red.sum() > 20
    assert rows.max() < 24
    assert columns.max() < 24


def test_the_picture_has_the_right_shapes_types_and_range():
    camera = orbit_camera(20, 10, size=30).resized(30, 20)
    picture = draw(lambda s: (s.lengths, torch.full_like(s.points, 3.0)), sampler(), camera, CPU)
    assert [part.shape for part in (picture.color, picture.alpha, picture.depth)] == [(20, 30, 3), (20, 30), (20, 30)]
    assert {part.dtype for part in (picture.color, picture.alpha, picture.depth)} == {np.dtype(np.float32)}
    assert picture.color.max() == 1


def test_chunks_change_nothing_and_bound_what_is_drawn_at_once():
    camera, sizes = orbit_camera(60, 10, size=24), []

    def counted(rays: Rays):
        sizes.append(len(rays))
        return sampler()(rays)

    whole = draw(opaque_ball, sampler(), camera, CPU)
    parts = draw(opaque_ball, counted, camera, CPU, chunk=100)
    assert sizes == [100] * 5 + [76]
    for one, other in zip(whole.__dict__.values(), parts.__dict__.values(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_depth_is_the_mean_along_the_ray_and_none_where_more_than_half_shines_through():
    """Fog with a closed form: along a ray of length L through the cube, by its weights sigma exp(-sigma t)."""
    camera = orbit_camera(0, 0, size=9)
    length = 2 * EXTENT
    for sigma in (0.2, 2.0):
        picture = draw(lambda s, sigma=sigma: (sigma * s.lengths, torch.ones_like(s.points)), sampler(), camera, CPU)
        opacity = 1 - np.exp(-sigma * length)
        mean = (1 - np.exp(-sigma * length) * (1 + sigma * length)) / sigma / opacity
        assert picture.alpha[4, 4] == pytest.approx(opacity, abs=2e-3)
        assert picture.depth[4, 4] == pytest.approx(4 - EXTENT + mean if opacity > 0.5 else 0, abs=0.02)


def test_drawing_keeps_no_graph():
    scale = torch.tensor(2.0, requires_grad=True)
    states = []

    def medium(samples):
        states.append(torch.is_grad_enabled())
        return scale * samples.lengths, torch.ones_like(samples.points)

    draw(medium, sampler(), orbit_camera(0, 0, size=8), CPU)
    assert states == [False]


def test_what_is_collected_has_a_gradient_to_the_medium():
    """The alpha of fog of density sigma is 1 - exp(-sigma L): its slope is L exp(-sigma L)."""
    sigma = torch.tensor(0.8, requires_grad=True)
    samples = sampler()(camera_rays(orbit_camera(0, 0, size=9), CPU)[torch.tensor([40])])
    alpha = collect(lambda s: (sigma * s.lengths, torch.ones_like(s.points)), samples).alpha
    alpha.sum().backward()
    length = float(samples.lengths.sum())
    assert float(sigma.grad) == pytest.approx(length * np.exp(-0.8 * length), rel=1e-3)
