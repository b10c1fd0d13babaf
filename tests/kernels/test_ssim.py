"""Structural similarity against a slow reference in float64, value and gradient."""

import torch

from backend.kernels.ssim import WIDTH, ssim


def reference(x, y):
    def mean(plane):
        return torch.nn.functional.avg_pool2d(plane[:, None], WIDTH, 1, WIDTH // 2)[:, 0]

    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    return (2 * mx * my + 1e-4) * (2 * cov + 9e-4) / ((mx**2 + my**2 + 1e-4) * (vx + vy + 9e-4))


def test_score_and_gradient_match_the_reference(device, random):
    x, y = torch.rand(2, 3, 21, 17, generator=random)
    upstream = torch.randn(3, 21, 17, generator=random)
    ours = x.clone().to(device).requires_grad_()
    score = ssim(ours, y.to(device))
    (score * upstream.to(device)).sum().backward()
    slow = x.double().requires_grad_()
    expected = reference(slow, y.double())
    (expected * upstream).sum().backward()
    torch.testing.assert_close(score.detach().cpu().double(), expected.detach(), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(ours.grad.cpu().double(), slow.grad, atol=1e-4, rtol=1e-3)


def test_a_picture_is_most_similar_to_itself(device, random):
    x, other = torch.rand(2, 3, 21, 17, generator=random).to(device)
    torch.testing.assert_close(ssim(x, x), torch.ones_like(x), atol=1e-5, rtol=0)
    assert ssim(x, other).mean() < 0.5
