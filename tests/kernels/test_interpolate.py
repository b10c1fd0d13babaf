"""Interpolation: perspective-correct, and the exact adjoint of itself."""

import pytest
import torch

from backend.kernels.interpolate import interpolate
from backend.kernels.rasterize import rasterize

from . import reference, shapes

SIZE = (22, 30)


@pytest.fixture
def drawn(device, random):
    clip, faces = (each.to(device) for each in shapes.triangle_soup(random, 8))
    return clip, faces, rasterize(clip, faces, SIZE)


def test_clip_positions_interpolate_to_the_pixels_they_are_seen_at(drawn):
    """Only perspective-correct weights give back the pixel's own center after division by w."""
    clip, faces, rast = drawn
    seen = rast[..., 3] > 0
    position = interpolate(clip, rast, faces)
    centers = reference.pixel_centers(SIZE).to(rast)
    assert seen.sum() > 100
    torch.testing.assert_close((position[..., :2] / position[..., 3:])[seen], centers[seen], atol=2e-5, rtol=0)
    torch.testing.assert_close((position[..., 2] / position[..., 3])[seen], rast[..., 2][seen], atol=2e-5, rtol=0)


def test_a_constant_stays_and_empty_pixels_are_zero(drawn):
    clip, faces, rast = drawn
    out = interpolate(torch.full((len(clip), 2), 0.3, device=rast.device), rast, faces)
    seen = rast[..., 3] > 0
    assert not out[~seen].any()
    torch.testing.assert_close(out[seen], torch.full_like(out[seen], 0.3), atol=1e-6, rtol=0)


@pytest.mark.parametrize("channels", [1, 3, 7])
def test_values_and_gradients_match_the_reference(drawn, random, channels):
    clip, faces, rast = drawn
    attributes = torch.randn(len(clip), channels, generator=random).to(rast.device).requires_grad_()
    rast = rast.detach().requires_grad_()
    weights = torch.randn(*SIZE, channels, generator=random).to(rast.device)
    ours = interpolate(attributes, rast, faces)
    (ours * weights).sum().backward()

    slow = [each.detach().cpu().double().requires_grad_() for each in (attributes, rast)]
    theirs = reference.interpolate(*slow, faces.cpu())
    (theirs * weights.cpu()).sum().backward()
    torch.testing.assert_close(ours.detach().cpu().double(), theirs.detach(), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(attributes.grad.cpu().double(), slow[0].grad, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(rast.grad.cpu().double(), slow[1].grad, atol=1e-4, rtol=1e-4)
    assert slow[0].grad.any()
    assert slow[1].grad.any()


def test_a_whole_picture_has_the_gradient_of_the_whole_reference(device, random):
    """Positions -> rasterize -> interpolate -> a smooth loss, by autograd on both sides."""
    clip, faces = shapes.triangle_soup(random, 6)
    attributes = torch.randn(len(clip), 3, generator=random)
    target = torch.rand(*SIZE, 3, generator=random)
    ours = clip.clone().to(device).requires_grad_()
    picture = interpolate(attributes.to(device), rasterize(ours, faces.to(device), SIZE), faces.to(device))
    (picture - target.to(device)).square().mean().backward()

    slow = clip.double().requires_grad_()
    picture = reference.interpolate(attributes.double(), reference.rasterize(slow, faces, SIZE), faces)
    (picture - target.double()).square().mean().backward()
    scale = float(slow.grad.abs().max())
    torch.testing.assert_close(ours.grad.cpu().double(), slow.grad, atol=1e-4 * scale, rtol=1e-3)


def test_wrong_types_and_shapes_are_named(drawn):
    clip, faces, rast = drawn
    with pytest.raises(TypeError, match="attributes"):
        interpolate(clip.double(), rast, faces)
    with pytest.raises(TypeError, match="rast"):
        interpolate(clip, rast.double(), faces)
    with pytest.raises(ValueError, match="attributes"):
        interpolate(clip[:, 0], rast, faces)
    with pytest.raises(ValueError, match="rast"):
        interpolate(clip, rast[..., :3], faces)
