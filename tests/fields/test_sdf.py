"""The signed distance field: its start, its gradient, and what it means for light."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.fields import restore
from backend.fields.field import Rays, Samples
from backend.fields.hash_encoding import HashEncodingConfig
from backend.fields.marched import MarchConfig, MarchedField
from backend.fields.occupancy import OccupancyGrid
from backend.fields.sdf import SdfConfig, SdfField
from backend.fields.volume import collect
from backend.mesh.lattice import cube_centers
from tests.synthetic import orbit_camera

EXTENT, RADIUS = 1.1, 0.6
CPU = torch.device("cpu")


def sphere(density: str = "neus", sharpness: float = 200.0, step: float = 0.01) -> SdfField:
    """An untrained field that starts as a sphere."""
    torch.manual_seed(5)
    start = np.linalg.norm(cube_centers(48, EXTENT), axis=-1).astype(np.float32) - RADIUS
    encoding = HashEncodingConfig(levels=4, features=2, log2_entries=12, base=4, finest=32, smooth=True)
    config = SdfConfig(encoding, MarchConfig(step=step, hidden=np.inf), density, width=16, sharpness=sharpness)
    grid = OccupancyGrid(EXTENT, np.ones((32,) * 3, bool), CPU)
    return SdfField(config, grid, torch.from_numpy(start))


def points_on_shells(radii: list[float], count: int = 500) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    directions = torch.nn.functional.normalize(torch.randn(len(radii), count, 3, generator=generator), dim=-1)
    return directions * torch.tensor(radii)[:, None, None], directions


@pytest.mark.parametrize("radius", [0.4, 0.6, 0.75])
def test_untrained_distance_is_the_start(radius):
    points, _ = points_on_shells([radius])
    distance = sphere().distance(points[0])
    torch.testing.assert_close(distance, torch.full_like(distance, radius - RADIUS), atol=0.01, rtol=0)


def test_gradient_points_outward_with_unit_length():
    points, directions = points_on_shells([0.6])
    gradient = sphere().gradient(points[0], 0.05)
    torch.testing.assert_close(gradient, directions[0], atol=0.06, rtol=0)


@pytest.mark.parametrize("density", ["neus", "volsdf"])
def test_rays_stop_at_the_surface(density):
    field = sphere(density)
    rays = Rays(torch.tensor([[0.0, -3, 0], [0.3, -3, 0.1]]), torch.tensor([[0.0, 1, 0], [0.0, 1, 0]]))
    seen = collect(field, field.sample(rays))
    hit = 3 - torch.sqrt(RADIUS**2 - torch.tensor([0.0, 0.3**2 + 0.1**2]))
    torch.testing.assert_close(seen.alpha, torch.ones(2), atol=5e-3, rtol=0)
    torch.testing.assert_close(seen.depth / seen.alpha, hit, atol=0.03, rtol=0)


def test_rays_beside_the_surface_see_nothing():
    field = sphere()
    rays = Rays(torch.tensor([[0.8, -3.0, 0.0]]), torch.tensor([[0.0, 1, 0]]))
    assert collect(field, field.sample(rays)).alpha.item() < 1e-3


def test_a_picture_looks_farther_than_training_does():
    """A ray that closely passes one part of the surface must not end there, and miss the next part."""
    field = sphere(step=0.05)
    field.config = replace(field.config, march=replace(field.config.march, hidden=4.0))
    field.refresh(torch.Generator().manual_seed(0), everywhere=True)
    rays = Rays(torch.tensor([[0.0, -3.0, 0.0]]), torch.tensor([[0.0, 1, 0]]))
    trained, drawn = (MarchedField.sample(field, rays, jitter) for jitter in (torch.tensor([0.5]), None))
    assert len(trained.points) < len(drawn.points)


def test_opacity_does_not_depend_on_how_finely_a_ray_is_sampled():
    """NeuS's stretches telescope: what lies between two samples is their distances' business alone."""
    ray = Rays(torch.tensor([[0.1, -3.0, 0.0]]), torch.tensor([[0.0, 1, 0]]))
    coarse, fine = (sphere(sharpness=15.0, step=step) for step in (0.1, 0.01))
    alphas = [collect(field, field.sample(ray)).alpha.item() for field in (coarse, fine)]
    assert alphas[0] == pytest.approx(alphas[1], abs=0.02)


def test_the_last_stretch_of_a_ray_never_reaches_into_the_next_ray():
    field = sphere()
    inside, outside = torch.zeros(2, 3), torch.tensor([[0.0, 0, 1.0], [0.0, 0, 1.05]])
    points = torch.cat([outside, inside])  # two rays of two samples; between them the distance falls
    offsets = torch.tensor([0, 2, 4], dtype=torch.int32)
    thickness, _ = field(Samples(points, points, torch.ones(4), torch.ones(4), offsets))
    assert thickness[1] == 0 and thickness[3] == 0


def test_sharpness_follows_its_parameter():
    field = sphere(sharpness=40.0)
    assert field.sharpness.item() == pytest.approx(40.0, rel=1e-4)


def test_a_stored_field_draws_the_same_picture():
    field = sphere()
    with torch.no_grad():
        for parameter in field.parameters():
            parameter += 0.01 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(2))
    camera = orbit_camera(30, 10, 24)
    before, after = field.draw(camera), restore("sdf", field.arrays(), CPU).draw(camera)
    np.testing.assert_array_equal(before.color, after.color)
    np.testing.assert_array_equal(before.depth, after.depth)
