"""Zero-mean normalized cross-correlation of two pictures in small windows, with its gradient to one of them.

Glossary (all sums over the window around a pixel, weighted by w; N = sum of w)
    mean_a, mean_b        weighted means           var_a, var_b, cov   weighted (co)variances
    s = 1 / sqrt((var_a + noise) (var_b + noise))
    zncc = cov * s
A picture's value b_q changes the score of every window p that holds it:
    dzncc_p / db_q = w_q / N_p * ((a_q - mean_a) s - (b_q - mean_b) zncc / (var_b + noise))
so the gradient is four more window sums. Both passes cost the same per pixel for any window size.
"""

import torch
import warp as wp

from .box_filter import box_sum
from .warp_runtime import launch, wrap

wp.set_module_options({"enable_backward": False})


@wp.struct
class Window:
    mean_a: wp.float32
    mean_b: wp.float32
    var_b: wp.float32  # with the noise added
    scale: wp.float32
    zncc: wp.float32


@wp.func
def evaluate(sums: wp.array3d(dtype=wp.float32), y: int, x: int, noise: float) -> Window:
    out = Window()
    total = wp.max(sums[0, y, x], 1.0e-6)
    out.mean_a = sums[1, y, x] / total
    out.mean_b = sums[2, y, x] / total
    var_a = wp.max(sums[3, y, x] / total - out.mean_a * out.mean_a, 0.0) + noise
    out.var_b = wp.max(sums[4, y, x] / total - out.mean_b * out.mean_b, 0.0) + noise
    out.scale = 1.0 / wp.sqrt(var_a * out.var_b)
    out.zncc = (sums[5, y, x] / total - out.mean_a * out.mean_b) * out.scale
    return out


@wp.kernel
def products_kernel(
    a: wp.array2d(dtype=wp.float32),
    b: wp.array2d(dtype=wp.float32),
    weight: wp.array2d(dtype=wp.float32),
    out: wp.array3d(dtype=wp.float32),
):
    y, x = wp.tid()
    w, va, vb = weight[y, x], a[y, x], b[y, x]
    out[0, y, x] = w
    out[1, y, x] = w * va
    out[2, y, x] = w * vb
    out[3, y, x] = w * va * va
    out[4, y, x] = w * vb * vb
    out[5, y, x] = w * va * vb


@wp.kernel
def score_kernel(sums: wp.array3d(dtype=wp.float32), noise: float, zncc: wp.array2d(dtype=wp.float32)):
    y, x = wp.tid()
    if sums[0, y, x] > 0.0:
        zncc[y, x] = evaluate(sums, y, x, noise).zncc


@wp.kernel
def coefficients_kernel(
    sums: wp.array3d(dtype=wp.float32),
    noise: float,
    zncc_gradient: wp.array2d(dtype=wp.float32),
    out: wp.array3d(dtype=wp.float32),
):
    y, x = wp.tid()
    g = zncc_gradient[y, x]
    if g == 0.0 or sums[0, y, x] <= 0.0:
        return
    window = evaluate(sums, y, x, noise)
    g = g / wp.max(sums[0, y, x], 1.0e-6)
    pull = g * window.zncc / window.var_b
    out[0, y, x] = g * window.scale
    out[1, y, x] = pull
    out[2, y, x] = pull * window.mean_b - g * window.scale * window.mean_a


@wp.kernel
def gradient_kernel(
    a: wp.array2d(dtype=wp.float32),
    b: wp.array2d(dtype=wp.float32),
    weight: wp.array2d(dtype=wp.float32),
    coefficients: wp.array3d(dtype=wp.float32),
    out: wp.array2d(dtype=wp.float32),
):
    y, x = wp.tid()
    w = weight[y, x]
    if w > 0.0:
        out[y, x] = w * (
            a[y, x] * coefficients[0, y, x] - b[y, x] * coefficients[1, y, x] + coefficients[2, y, x]
        )


class _Correlation(torch.autograd.Function):
    @staticmethod
    def forward(ctx, gray, sampled, weight, radius, noise):
        planes = torch.empty((6, *gray.shape), device=gray.device)
        pictures = [wrap(gray), wrap(sampled), wrap(weight)]
        launch(products_kernel, gray.shape, [*pictures, wrap(planes)], gray.device)
        sums = box_sum(planes, radius)
        zncc = torch.zeros_like(gray)
        launch(score_kernel, gray.shape, [wrap(sums), noise, wrap(zncc)], gray.device)
        ctx.save_for_backward(gray, sampled, weight, sums)
        ctx.radius, ctx.noise = radius, noise
        total = sums[0].clone()
        ctx.mark_non_differentiable(total)
        return zncc, total

    @staticmethod
    def backward(ctx, zncc_gradient, _):
        gray, sampled, weight, sums = ctx.saved_tensors
        coefficients = torch.zeros((3, *gray.shape), device=gray.device)
        inputs = [wrap(sums), ctx.noise, wrap(zncc_gradient.contiguous()), wrap(coefficients)]
        launch(coefficients_kernel, gray.shape, inputs, gray.device)
        gradient = torch.zeros_like(gray)
        inputs = [wrap(gray), wrap(sampled), wrap(weight), wrap(box_sum(coefficients, ctx.radius)), wrap(gradient)]
        launch(gradient_kernel, gray.shape, inputs, gray.device)
        return None, gradient, None, None, None


def correlation(
    gray: torch.Tensor, sampled: torch.Tensor, weight: torch.Tensor, radius: int, noise: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """gray, sampled, weight (H, W) float32 -> zncc (H, W) in [-1, 1] and the windows' summed weight (H, W).

    Windows have (2 radius + 1)^2 pixels, cut at the picture's edge; `noise` is a variance that is added to
    both, so that windows without contrast score 0 smoothly. The gradient reaches `sampled` only.
    """
    return _Correlation.apply(gray.contiguous(), sampled.contiguous(), weight.contiguous(), radius, float(noise))
