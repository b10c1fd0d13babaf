"""What the photos say about a surface: silhouettes, and photo-consistency between views. Per-pixel values.

The photo-consistency is one minus the zero-mean normalized cross-correlation (ZNCC) of a small window in one
photo and of the same surface patch in another: exposure and slow shading differ between photos without
doing harm, no model of the appearance has to be learned on the way, and the gradient is exact from the
first step. (Pons et al. 2007; Vu et al. 2012, "High accuracy and visibility-consistent dense multiview stereo".)
"""

import torch

from ..kernels.correlation import correlation


def silhouette_loss(coverage: torch.Tensor, mask: torch.Tensor, trust: torch.Tensor) -> torch.Tensor:
    """coverage, mask, trust (H, W) in [0, 1] -> trusted squared differences (H, W)."""
    return trust * (coverage - mask).square()


def correlation_loss(
    gray: torch.Tensor, sampled: torch.Tensor, weight: torch.Tensor, radius: int, noise: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """gray, sampled, weight (H, W) -> 1 - ZNCC over (2 radius + 1)^2 windows (H, W), and its weights (H, W).

    Windows with little contrast lose correlation smoothly (the noise variance is added to both variances), so
    that flat skin passes no gradient; `noise` is that variance. Gradients reach `sampled` only.
    """
    zncc, total = correlation(gray, sampled, weight, radius, noise)
    filled = total / (2 * radius + 1) ** 2
    return 1 - zncc, weight * (filled - 0.3).clamp(0, 0.4) / 0.4  # windows that hang over an edge say less
