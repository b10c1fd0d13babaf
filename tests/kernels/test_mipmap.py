"""Mip pyramids of any size, and the footprints that choose a level."""

import pytest
import torch

from backend.kernels.interpolate import interpolate
from backend.kernels.mipmap import build_pyramid, footprint_level, pyramid_levels, uv_derivatives
from backend.kernels.rasterize import rasterize

from . import reference, shapes


@pytest.mark.parametrize("size", [(16, 16), (13, 6), (1, 7), (3, 1), (1, 1)], ids=str)
def test_levels_and_their_gradient_match_dense_area_matrices(device, random, size):
    tex = torch.rand(*size, 3, generator=random)
    ours = tex.clone().to(device).requires_grad_()
    levels = pyramid_levels(*size)
    flat = build_pyramid(ours, levels)
    weights = torch.randn(flat.shape, generator=random)
    (flat * weights.to(device)).sum().backward()

    slow = tex.double().requires_grad_()
    expected = reference.pyramid(slow)
    assert [(rows, columns) for _, columns, rows in levels] == [tuple(each.shape[:2]) for each in expected]
    dense = torch.cat([each.reshape(-1, 3) for each in expected])
    (dense * weights).sum().backward()
    torch.testing.assert_close(flat.detach().cpu().double(), dense.detach(), atol=1e-6, rtol=0)
    torch.testing.assert_close(ours.grad.cpu().double(), slow.grad, atol=1e-5, rtol=0)


def test_uv_derivatives_match_differences_within_a_triangle(device, random):
    """The forward difference between pixels at 64x the resolution, under strong perspective."""
    points = torch.tensor([[-2.0, -1, 0], [2, -1, 0], [0, 2, -6]])
    clip = shapes.perspective(points, 1.5).to(device)
    faces = torch.tensor([[0, 1, 2]], dtype=torch.int32, device=device)
    uvs = torch.rand(3, 2, generator=random).to(device)
    coarse, fine, factor = (8, 12), (8 * 65, 12 * 65), 65  # odd, so that centers coincide
    rast = rasterize(clip, faces, coarse)
    uv_da = uv_derivatives(uvs, faces, clip, faces, rast)
    uv = interpolate(uvs, rasterize(clip, faces, fine), faces)
    middle = factor // 2
    center = uv[middle::factor, middle::factor]
    dx = (uv[middle::factor, middle + 8 :: factor] - uv[middle::factor, middle - 8 :: factor]) * factor / 16
    dy = (uv[middle + 8 :: factor, middle::factor] - uv[middle - 8 :: factor, middle::factor]) * factor / 16
    inner = rast[..., 3] > 0
    for shift in (-1, 1):
        for axis in (0, 1):
            inner &= (rast[..., 3].roll(shift, axis) > 0) & (center != 0).all(-1)
    assert inner.sum() > 10
    expected = torch.stack([dx[..., 0], dy[..., 0], dx[..., 1], dy[..., 1]], -1)
    torch.testing.assert_close(uv_da[inner], expected[inner], atol=2e-4, rtol=1e-2)
    assert not uv_da[rast[..., 3] == 0].any()


def test_the_level_counts_texels_across_the_longer_axis_of_a_footprint(random):
    angle = 6.28 * torch.rand(50, generator=random)
    turn = torch.stack([torch.stack([angle.cos(), -angle.sin()], -1), torch.stack([angle.sin(), angle.cos()], -1)], -2)
    stretch = torch.diag(torch.tensor([8.0, 0.5]))  # texels per pixel
    jacobian = turn @ stretch @ turn.flip(0)
    size = torch.tensor([[40.0], [20.0]])  # columns, rows
    level = footprint_level((jacobian / size).reshape(5, 10, 4), rows=20, columns=40)
    torch.testing.assert_close(level, torch.full((5, 10), 3.0), atol=1e-4, rtol=0)


def test_a_footprint_of_nothing_asks_for_the_finest_level():
    assert footprint_level(torch.zeros(1, 1, 4), 8, 8).item() < 0
