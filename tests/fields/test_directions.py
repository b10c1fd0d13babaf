"""Spherical harmonics of directions: an orthonormal basis, in instant-ngp's order and signs."""

import math

import pytest
import torch

from backend.fields.directions import harmonics


def directions(count: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(5)
    return torch.nn.functional.normalize(torch.randn(count, 3, generator=generator), dim=-1)


def test_basis_is_orthonormal():
    basis = harmonics(directions(200_000)).double()
    products = 4 * math.pi * basis.T @ basis / len(basis)
    torch.testing.assert_close(products, torch.eye(16).double(), atol=0.02, rtol=0)


def test_first_bands_have_their_closed_forms():
    x, y, z = directions(100).T
    a, b = math.sqrt(3 / (4 * math.pi)), math.sqrt(15 / (4 * math.pi))
    constant = torch.full_like(x, math.sqrt(1 / (4 * math.pi)))
    zonal = math.sqrt(5 / (16 * math.pi)) * (3 * z * z - 1)
    expected = [constant, -a * y, a * z, -a * x, b * x * y, -b * y * z, zonal, -b * x * z, b / 2 * (x * x - y * y)]
    torch.testing.assert_close(harmonics(directions(100), 3), torch.stack(expected, -1), atol=1e-6, rtol=0)


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
def test_lower_degrees_are_the_beginning_of_higher_ones(degree):
    some = directions(1000)
    assert torch.equal(harmonics(some, degree), harmonics(some)[:, : degree**2])


def test_bands_keep_their_energy_in_every_direction():
    """Unsöld's theorem: the squares of a band's 2l + 1 functions add up to (2l + 1) / 4π everywhere."""
    squares = harmonics(directions(1000)).square()
    for band in range(4):
        energy = squares[:, band**2 : (band + 1) ** 2].sum(1)
        torch.testing.assert_close(energy, torch.full_like(energy, (2 * band + 1) / (4 * math.pi)), atol=1e-5, rtol=0)


def test_no_directions_no_values():
    assert harmonics(torch.zeros(0, 3)).shape == (0, 16)


def test_degrees_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match="degree"):
        harmonics(directions(3), 5)
