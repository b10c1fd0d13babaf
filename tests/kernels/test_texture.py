"""Texture lookups against plain float64 torch, for every filter, boundary and odd size."""

import pytest
import torch

from backend.kernels.texture import texture

from . import reference

SHAPES = [(4, 4, 3), (5, 7, 1), (1, 1, 2), (1, 6, 4), (9, 2, 3)]
BOUNDARIES = ["wrap", "clamp"]


def _lookup(random: torch.Generator, shape: tuple[int, int, int]):
    """Texels, coordinates from -1.5 to 2.5, and levels from below the first to beyond the last."""
    tex = torch.rand(*shape, generator=random)
    uv = 4 * torch.rand(6, 11, 2, generator=random) - 1.5
    level = 6 * torch.rand(6, 11, generator=random) - 1
    return tex, uv, level


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("filter", ["nearest", "linear", "linear-mipmap-linear"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_values_and_gradients_match_the_reference(device, random, shape, filter, boundary):
    tex, uv, level = _lookup(random, shape)
    weights = torch.randn(6, 11, shape[2], generator=random)
    level = level if filter == "linear-mipmap-linear" else None
    ours = [each.clone().to(device).requires_grad_() for each in (tex, uv)]
    out = texture(*ours, filter, boundary=boundary, level=None if level is None else level.to(device))
    (out * weights.to(device)).sum().backward()

    slow = [each.double().requires_grad_() for each in (tex, uv)]
    expected = reference.texture(*slow, filter, boundary, None if level is None else level.double())
    (expected * weights).sum().backward()
    torch.testing.assert_close(out.detach().cpu().double(), expected.detach(), atol=1e-5, rtol=0)
    torch.testing.assert_close(ours[0].grad.cpu().double(), slow[0].grad, atol=1e-5, rtol=1e-4)
    slope = torch.zeros_like(slow[1]) if slow[1].grad is None else slow[1].grad
    torch.testing.assert_close(ours[1].grad.cpu().double(), slope, atol=2e-4, rtol=1e-3)


def test_texel_centers_lie_half_a_texel_in(device):
    tex = torch.arange(12.0, device=device).view(3, 4, 1)
    y, x = torch.meshgrid(torch.arange(3), torch.arange(4), indexing="ij")
    uv = torch.stack([(x + 0.5) / 4, (y + 0.5) / 3], -1).to(device)
    for filter in ("nearest", "linear"):
        torch.testing.assert_close(texture(tex, uv, filter), tex, atol=1e-5, rtol=0)


def test_gradient_to_uv_matches_central_differences(device, random):
    """Between texel centers a bilinear lookup is a polynomial, so wide steps are exact to rounding."""
    tex = torch.rand(8, 8, 3, generator=random)
    place = torch.randint(0, 8, (5, 5, 2), generator=random) + 0.3 * torch.rand(5, 5, 2, generator=random) + 0.6
    uv = (place / 8).to(device).requires_grad_()
    weights = torch.randn(5, 5, 3, generator=random)
    (texture(tex.to(device), uv) * weights.to(device)).sum().backward()
    for axis in range(2):
        step = torch.zeros(2, dtype=torch.float64)
        step[axis] = 0.005
        high, low = (reference.bilinear(tex.double(), uv.detach().cpu().double() + s * step, "wrap") for s in (1, -1))
        slope = ((high - low) * weights).sum(-1) / 0.01
        torch.testing.assert_close(uv.grad.cpu()[..., axis].double(), slope, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("size", [(8, 8), (7, 5), (1, 9)], ids=str)
def test_the_coarsest_level_is_the_mean_of_all_texels(device, random, size):
    tex = torch.rand(*size, 3, generator=random).to(device)
    uv = torch.rand(2, 2, 2, generator=random).to(device)
    out = texture(tex, uv, "linear-mipmap-linear", level=torch.full((2, 2), 99.0, device=device))
    torch.testing.assert_close(out, tex.mean((0, 1)).expand(2, 2, 3), atol=1e-6, rtol=0)


def test_a_footprint_of_two_texels_reads_the_first_level(device, random):
    tex = torch.rand(16, 16, 2, generator=random).to(device)
    uv = torch.rand(4, 4, 2, generator=random).to(device)
    angle = torch.rand(4, 4, generator=random) * 6.28
    # du/dx, du/dy, dv/dx, dv/dy of a pixel two texels long and half a texel wide, turned in the picture
    long, short = 2 / 16, 0.5 / 16
    uv_da = torch.stack([long * angle.cos(), -long * angle.sin(), short * angle.sin(), short * angle.cos()], -1)
    by_footprint = texture(tex, uv, "linear-mipmap-linear", uv_da=uv_da.to(device))
    by_level = texture(tex, uv, "linear-mipmap-linear", level=torch.ones(4, 4, device=device))
    torch.testing.assert_close(by_footprint, by_level, atol=1e-5, rtol=0)


def test_texels_unseen_get_no_gradient_and_inputs_that_need_none_are_skipped(device):
    tex = torch.rand(8, 8, 3, device=device, requires_grad=True)
    uv = torch.full((1, 1, 2), 0.5, device=device)
    texture(tex, uv).sum().backward()
    assert (tex.grad != 0).any(-1).sum() == 4
    torch.testing.assert_close(tex.grad.sum(), torch.tensor(3.0, device=device), atol=1e-6, rtol=0)
    uv.requires_grad_()
    texture(tex.detach(), uv).sum().backward()
    assert uv.grad.shape == (1, 1, 2)


def test_broken_coordinates_read_finite_colors(device):
    tex = torch.rand(4, 4, 3, device=device, requires_grad=True)
    values = torch.tensor([torch.nan, torch.inf, -torch.inf, 1e30, -1e30, -1e-9, 1.0], device=device)
    uv = torch.cartesian_prod(values, values)[None].requires_grad_()
    level = torch.full(uv.shape[:2], torch.nan, device=device)
    for boundary in BOUNDARIES:
        for filter in ("nearest", "linear", "linear-mipmap-linear"):
            out = texture(tex, uv, filter, boundary=boundary, level=level if "mipmap" in filter else None)
            out.sum().backward()
            assert out.isfinite().all()
            assert uv.grad.isfinite().all()
            assert tex.grad.isfinite().all()


def test_an_empty_picture_is_empty(device):
    tex = torch.rand(4, 4, 3, device=device, requires_grad=True)
    out = texture(tex, torch.zeros(0, 5, 2, device=device))
    assert out.shape == (0, 5, 3)
    out.sum().backward()
    assert not tex.grad.any()


def test_wrong_arguments_are_named():
    tex, uv = torch.rand(4, 4, 3), torch.rand(2, 2, 2)
    with pytest.raises(TypeError, match="tex"):
        texture(tex.double(), uv)
    with pytest.raises(TypeError, match="uv"):
        texture(tex, uv.double())
    with pytest.raises(ValueError, match="tex"):
        texture(tex[0], uv)
    with pytest.raises(ValueError, match="uv"):
        texture(tex, uv[..., :1])
    with pytest.raises(ValueError, match="filter"):
        texture(tex, uv, "cubic")
    with pytest.raises(ValueError, match="boundary"):
        texture(tex, uv, boundary="mirror")
    with pytest.raises(ValueError, match="either uv_da"):
        texture(tex, uv, "linear-mipmap-linear")
    with pytest.raises(ValueError, match="uv_da"):
        texture(tex, uv, "linear-mipmap-linear", uv_da=torch.zeros(2, 2))
    with pytest.raises(ValueError, match="level"):
        texture(tex, uv, "linear-mipmap-linear", level=torch.zeros(2, 3))


def test_strided_inputs_read_the_same(device, random):
    tex, uv, _ = (each.to(device) for each in _lookup(random, (6, 5, 3)))
    turned = tex.permute(2, 0, 1).contiguous().permute(1, 2, 0)
    assert not turned.is_contiguous()
    torch.testing.assert_close(texture(turned, uv.flip(0)), texture(tex, uv.flip(0).contiguous()), atol=0, rtol=0)
