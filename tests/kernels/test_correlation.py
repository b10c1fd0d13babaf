"""Windowed correlation against a slow reference in float64, value and gradient."""

import torch

from backend.kernels.correlation import correlation

RADIUS, NOISE = 3, 1e-3


def reference(a, b, w):
    def total(plane):
        side = 2 * RADIUS + 1
        return torch.nn.functional.avg_pool2d(plane[None, None], side, 1, RADIUS)[0, 0] * side**2

    n = total(w).clamp_min(1e-6)
    mean_a, mean_b = total(w * a) / n, total(w * b) / n
    var_a, var_b = total(w * a * a) / n - mean_a**2, total(w * b * b) / n - mean_b**2
    return (total(w * a * b) / n - mean_a * mean_b) / torch.sqrt((var_a + NOISE) * (var_b + NOISE))


def pictures(random):
    a, b, w = torch.rand(3, 40, 30, generator=random)
    return a, b, w * (w > 0.3)


def test_score_and_gradient_match_the_reference(device, random):
    a, b, w = pictures(random)
    upstream = torch.randn(40, 30, generator=random)
    ours = b.clone().to(device).requires_grad_()
    zncc, _ = correlation(a.to(device), ours, w.to(device), RADIUS, NOISE)
    (zncc * upstream.to(device)).sum().backward()
    slow = b.double().requires_grad_()
    expected = reference(a.double(), slow, w.double())
    (expected * upstream).sum().backward()
    torch.testing.assert_close(zncc.detach().cpu().double(), expected.detach(), atol=1e-4, rtol=0)
    torch.testing.assert_close(ours.grad.cpu().double(), slow.grad, atol=1e-4, rtol=1e-3)


def test_exposure_and_offset_change_nothing(device, random):
    a, _, w = pictures(random)
    zncc, total = correlation(a.to(device), (0.5 * a + 0.2).to(device), w.to(device), RADIUS, 1e-9)
    assert zncc[total > 1].min() > 0.999


def test_flat_windows_score_nothing(device, random):
    a, _, w = pictures(random)
    zncc, _ = correlation(a.to(device), torch.full((40, 30), 0.5, device=device), w.to(device), RADIUS, NOISE)
    assert zncc.abs().max() < 1e-3
