"""Compositing against a slow reference, finite differences, closed forms and bounds."""

import math
from itertools import pairwise

import pytest
import torch

from backend.kernels.composite import DARK, composite, sample_weights

COUNTS = [5, 0, 1, 40, 3, 0, 12]  # samples of each ray
ALL = sum(COUNTS)
OFFSETS = torch.tensor([0, *COUNTS], dtype=torch.int32).cumsum(0, dtype=torch.int32)


def packed(random, count=ALL, thick=0.6):
    """thickness, color, distances: `thick` on average, so that the ray with 40 samples gets dark before it ends."""
    thickness = 2 * thick * torch.rand(count, generator=random)
    return thickness, torch.rand(count, 3, generator=random), 3 + torch.rand(count, generator=random).cumsum(0)


def reference(thickness, color, distances, offsets):
    """The sums of the file's glossary, ray by ray in float64."""
    rows = []
    for first, end in pairwise(offsets.tolist()):
        tau = thickness[first:end]
        reached = torch.exp(-torch.cat([tau.new_zeros(1), tau]).cumsum(0)[:-1])
        weights = reached * -torch.expm1(-tau) * (reached.detach() >= DARK)
        rows.append(((weights[:, None] * color[first:end]).sum(0), weights.sum(), weights @ distances[first:end]))
    return tuple(torch.stack(part) for part in zip(*rows, strict=True))


def total(outputs, upstream):
    return sum((out * g.to(out)).sum() for out, g in zip(outputs, upstream, strict=True))


def test_values_and_gradients_match_the_reference(device, random):
    thickness, color, distances = packed(random)
    upstream = [torch.randn(len(COUNTS), *shape, generator=random) for shape in [(3,), (), ()]]
    ours = [part.clone().to(device).requires_grad_() for part in (thickness, color)]
    outputs = composite(*ours, distances.to(device), OFFSETS.to(device))
    total(outputs, upstream).backward()
    slow = [part.double().requires_grad_() for part in (thickness, color)]
    expected = reference(*slow, distances.double(), OFFSETS)
    total(expected, upstream).backward()
    for out, value in zip(outputs, expected, strict=True):
        torch.testing.assert_close(out.detach().cpu().double(), value.detach(), atol=1e-5, rtol=1e-5)
    for mine, theirs in zip(ours, slow, strict=True):
        torch.testing.assert_close(mine.grad.cpu().double(), theirs.grad, atol=2e-5, rtol=1e-4)
        assert theirs.grad.any()


def test_gradients_match_finite_differences(device, random):
    thickness, color, distances = (part.to(device) for part in packed(random, 12, thick=0.2))
    offsets = torch.tensor([0, 7, 12], dtype=torch.int32, device=device)
    upstream = [torch.randn(2, *shape, generator=random) for shape in [(3,), (), ()]]
    thickness, color = thickness.requires_grad_(), color.requires_grad_()
    total(composite(thickness, color, distances, offsets), upstream).backward()

    def slope(parameter, index, size=1e-2):
        values = []
        for shift in (size, -size):
            moved = parameter.detach().clone()
            moved.view(-1)[index] += shift
            arguments = (moved, color.detach()) if parameter is thickness else (thickness.detach(), moved)
            values.append(total(composite(*arguments, distances, offsets), upstream))
        return float(values[0] - values[1]) / (2 * size)

    for parameter in (thickness, color):
        measured = torch.tensor([slope(parameter, index) for index in range(parameter.numel())])
        torch.testing.assert_close(parameter.grad.cpu().view(-1), measured, atol=5e-3, rtol=5e-3)


def test_a_homogeneous_medium_has_the_closed_form(device):
    sigma, length, count = 1.7, 2.0, 300
    thickness = torch.full((count,), sigma * length / count, device=device)
    color = torch.tensor([0.2, 0.5, 0.9], device=device).expand(count, 3)
    distances = ((torch.arange(count, device=device) + 0.5) * length / count).float()
    offsets = torch.tensor([0, count], dtype=torch.int32, device=device)
    collected, alpha, depth = composite(thickness, color, distances, offsets)
    opacity = 1 - math.exp(-sigma * length)
    # The mean of t against sigma exp(-sigma t) on [0, length]:
    mean = (1 - math.exp(-sigma * length) * (1 + sigma * length)) / sigma
    assert alpha.item() == pytest.approx(opacity, abs=1e-5)
    torch.testing.assert_close(collected[0], opacity * color[0], atol=1e-5, rtol=0)
    assert depth.item() == pytest.approx(mean, abs=1e-4)


def test_what_is_in_front_hides_what_is_behind(device):
    thickness = torch.tensor([20.0, 20.0], device=device)
    color = torch.tensor([[1.0, 0, 0], [0, 0, 1.0]], device=device, requires_grad=True)
    distances = torch.tensor([1.0, 2.0], device=device)
    offsets = torch.tensor([0, 2], dtype=torch.int32, device=device)
    seen, alpha, depth = composite(thickness, color, distances, offsets)
    torch.testing.assert_close(seen.detach()[0], torch.tensor([1.0, 0, 0], device=device), atol=1e-6, rtol=0)
    assert (alpha.item(), depth.item()) == pytest.approx((1, 1), abs=1e-6)
    seen.sum().backward()
    assert color.grad[0].all()
    assert not color.grad[1].any()


def test_weights_sum_to_alpha_and_are_those_of_the_colors(device, random):
    thickness, color, distances = (part.to(device) for part in packed(random))
    offsets = OFFSETS.to(device)
    color.requires_grad_()
    seen, alpha, _ = composite(thickness, color, distances, offsets)
    weights = sample_weights(thickness, offsets)
    rows = [part.sum() for part in weights.split(COUNTS)]
    torch.testing.assert_close(torch.stack(rows), alpha, atol=1e-6, rtol=0)
    seen.sum().backward()
    torch.testing.assert_close(color.grad, weights[:, None].expand(-1, 3))


def test_stopping_early_loses_less_than_it_says(device, random):
    thickness, _, _ = packed(random, 200, thick=0.3)
    offsets = torch.tensor([0, 200], dtype=torch.int32)
    weights = sample_weights(thickness.to(device), offsets.to(device)).cpu()
    lost = 1 - math.exp(-float(thickness.sum())) - float(weights.sum())
    last = int(weights.nonzero().max())
    assert last < 100
    assert 0 <= lost < DARK + 1e-6
    assert float(weights[: last + 1].min()) > 0


def test_rays_without_samples_collect_nothing(device):
    nothing = torch.zeros(0, device=device)
    offsets = torch.zeros(4, dtype=torch.int32, device=device)
    color = torch.zeros((0, 3), device=device, requires_grad=True)
    outputs = composite(nothing, color, nothing, offsets)
    assert [tuple(out.shape) for out in outputs] == [(3, 3), (3,), (3,)]
    assert not any(out.any() for out in outputs)
    total(outputs, outputs).backward()
    assert color.grad.shape == (0, 3)
    assert len(composite(nothing, color, nothing, offsets[:1])[1]) == 0


def test_extreme_thickness_gives_finite_gradients(device):
    thickness = torch.tensor([0.0, 1e30, 5.0], device=device, requires_grad=True)
    offsets = torch.tensor([0, 3], dtype=torch.int32, device=device)
    seen, alpha, depth = composite(thickness, torch.ones((3, 3), device=device), torch.ones(3, device=device), offsets)
    (seen.sum() + alpha.sum() + depth.sum()).backward()
    assert alpha.item() == 1
    assert thickness.grad.isfinite().all()


def test_many_rays_are_the_same_however_they_are_shared_out(device, random):
    """Enough rays for several threads: each is what it is alone, and all are the same again."""
    rays = 3000
    counts = torch.randint(0, 9, (rays,), generator=random)
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), counts.cumsum(0)]).int()
    parts = [part.to(device) for part in packed(random, int(offsets[-1]))]
    together = composite(*parts, offsets.to(device))
    again = composite(*parts, offsets.to(device))
    assert all(torch.equal(a, b) for a, b in zip(together, again, strict=True))
    for ray in range(0, rays, 250):
        first, end = offsets[ray : ray + 2].tolist()
        own = torch.tensor([0, end - first], dtype=torch.int32, device=device)
        alone = composite(*(part[first:end] for part in parts), own)
        assert all(torch.equal(a[0], b[ray]) for a, b in zip(alone, together, strict=True))


def test_wrong_types_and_shapes_are_named(device, random):
    thickness, color, distances = (part.to(device) for part in packed(random))
    offsets = OFFSETS.to(device)
    with pytest.raises(TypeError, match="thickness"):
        composite(thickness.double(), color, distances, offsets)
    with pytest.raises(TypeError, match="offsets"):
        composite(thickness, color, distances, offsets.long())
    with pytest.raises(ValueError, match="color"):
        composite(thickness, color[:, :2], distances, offsets)
    with pytest.raises(ValueError, match="colors for"):
        composite(thickness, color[1:], distances, offsets)
    with pytest.raises(ValueError, match="distances"):
        composite(thickness, color, distances[1:], offsets)
