"""What every field drawn by rays is asked for: the photo's color, laid over a background that changes all the time."""

import torch
from torch.nn.functional import smooth_l1_loss

from ..fields.volume import Collected
from .pixels import PixelBatch

_OPAQUE = 0.9  # opacity that is enough
_BETA = 0.1  # color difference above which a pixel pulls no harder (instant-ngp's Huber loss)


def color_loss(seen: Collected, batch: PixelBatch, generator: torch.Generator) -> torch.Tensor:
    """Huber loss (R,) of what rays collected against the batch's pixels, times the views' weights and the pixels' own.

    Subject and prediction are laid over the same random color, so that only the right opacity explains both.
    """
    background = torch.rand(batch.color.shape, generator=generator).to(batch.color.device)
    wanted = batch.mask[:, None] * batch.color + (1 - batch.mask[:, None]) * background
    found = seen.color + (1 - seen.alpha[:, None]) * background
    return smooth_l1_loss(found, wanted, reduction="none", beta=_BETA).mean(1) * batch.weight * batch.clear


def mask_loss(seen: Collected, batch: PixelBatch) -> torch.Tensor:
    """Binary cross-entropy (R,) of the rays' opacity against the mask (NeuS's mask loss), times the views' weights.

    Rays that are nearly opaque are left alone: the last percent pulls all surfaces outward, by a millimeter of a head.
    """
    alpha = seen.alpha.clamp(1e-3, _OPAQUE)
    return torch.nn.functional.binary_cross_entropy(alpha, batch.mask, reduction="none") * batch.weight
