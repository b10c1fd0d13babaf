"""Structural similarity (Wang et al. 2004) in square windows, with its gradient to one of the pictures.

Glossary (m = mean over the window of a pixel, zero beyond the edges)
    a1 = 2 mx my + c1    a2 = 2 (mxy - mx my) + c2    b1 = mx^2 + my^2 + c1    b2 = (mxx - mx^2) + (myy - my^2) + c2
    ssim = a1 a2 / (b1 b2)
A value x_q changes the score of every window that holds it through mx, mxx and mxy, so that the gradient is three more
window means. Sums of shifted planes are several times faster here than the running sums of box_filter.py: the windows
are small, and torch adds eight pixels at once.
"""

import torch

_C1, _C2 = 0.01**2, 0.03**2
WIDTH = 5  # pixels; as wide as the usual Gaussian window of 1.5 pixels


def _shifted_sum(planes: torch.Tensor, dim: int) -> torch.Tensor:
    """Sums of WIDTH neighbors along `dim`, which shrinks by WIDTH - 1."""
    size = planes.shape[dim]
    pairs = planes.narrow(dim, 0, size - 1) + planes.narrow(dim, 1, size - 1)
    total = pairs.narrow(dim, 0, size - 4) + pairs.narrow(dim, 2, size - 4)
    return total.add_(planes.narrow(dim, 4, size - 4))


def window_mean(planes: torch.Tensor) -> torch.Tensor:
    """planes (..., H, W) -> means over WIDTH x WIDTH windows (..., H, W), zero beyond the edges."""
    margin = WIDTH // 2
    padded = torch.nn.functional.pad(planes, (margin,) * 4)
    return _shifted_sum(_shifted_sum(padded, -1), -2).div_(WIDTH * WIDTH)


class _Ssim(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        mx, my, mxx, myy, mxy = window_mean(torch.stack([x, y, x * x, y * y, x * y]))
        a1, a2 = 2 * mx * my + _C1, 2 * (mxy - mx * my) + _C2
        mx2, my2 = mx * mx, my * my
        b1, b2 = mx2 + my2 + _C1, mxx - mx2 + myy - my2 + _C2
        score = a1 * a2 / (b1 * b2)
        by_mxy = 2 * a1 / (b1 * b2)
        by_mxx = -score / b2
        by_mx = 2 * (my * a2 / (b1 * b2) - mx * score / b1) - my * by_mxy - 2 * mx * by_mxx
        ctx.save_for_backward(x, y, torch.stack([by_mx, by_mxx, by_mxy]))
        return score

    @staticmethod
    def backward(ctx, d_score):
        x, y, by = ctx.saved_tensors
        by_mx, by_mxx, by_mxy = window_mean(by * d_score)
        return by_mx + 2 * x * by_mxx + y * by_mxy, None


def ssim(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """x, y (..., H, W) in [0, 1] -> score of every pixel's window, of their shape. The gradient reaches x only."""
    return _Ssim.apply(x, y)
