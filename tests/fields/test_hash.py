"""The hash-grid NeRF: opacity, direction, checkpoint."""

import numpy as np
import torch

from backend.fields import restore
from backend.fields.field import Samples
from backend.fields.hash import HashConfig, HashField, TruncatedExp
from backend.fields.hash_encoding import HashEncodingConfig
from backend.fields.occupancy import OccupancyGrid
from tests.synthetic import orbit_camera

CPU = torch.device("cpu")


def small_field() -> HashField:
    torch.manual_seed(3)
    encoding = HashEncodingConfig(levels=4, features=2, log2_entries=12, base=4, finest=32)
    field = HashField(HashConfig(encoding, width=16), OccupancyGrid(1.0, np.ones((16,) * 3, bool), CPU))
    with torch.no_grad():  # untrained tables say nothing
        for parameter in field.encoding.parameters():
            parameter.uniform_(-1, 1)
    return field


def samples(directions: torch.Tensor) -> Samples:
    generator = torch.Generator().manual_seed(0)
    points = torch.rand(len(directions), 3, generator=generator) * 2 - 1
    lengths = torch.full((len(directions),), 0.1)
    return Samples(points, directions, lengths, lengths, torch.tensor([0, len(directions)], dtype=torch.int32))


def test_density_is_the_thickness_per_length_and_knows_no_direction():
    field, along = small_field(), torch.nn.functional.normalize(torch.randn(50, 3), dim=1)
    forward, backward = samples(along), samples(-along)
    thickness, color = field(forward)
    torch.testing.assert_close(thickness, field.density(forward.points) * 0.1)
    torch.testing.assert_close(thickness, field(backward)[0])
    assert not torch.allclose(color, field(backward)[1])


def test_colors_are_colors_and_thickness_is_not_negative():
    thickness, color = small_field()(samples(torch.nn.functional.normalize(torch.randn(200, 3), dim=1)))
    assert (thickness >= 0).all() and (color >= 0).all() and (color <= 1).all()


def test_truncated_exponential_keeps_a_finite_gradient():
    exponent = torch.tensor([-3.0, 0.0, 100.0], requires_grad=True)
    value = TruncatedExp.apply(exponent)
    value.sum().backward()
    assert torch.isfinite(value).all() and torch.isfinite(exponent.grad).all()
    torch.testing.assert_close(value[:2], exponent.detach()[:2].exp())
    torch.testing.assert_close(exponent.grad[:2], exponent.detach()[:2].exp())


def test_a_stored_field_draws_the_same_picture():
    field, camera = small_field(), orbit_camera(40, 5, 24)
    before, after = field.draw(camera), restore("hash", field.arrays(), CPU).draw(camera)
    np.testing.assert_array_equal(before.color, after.color)
    np.testing.assert_array_equal(before.alpha, after.alpha)
