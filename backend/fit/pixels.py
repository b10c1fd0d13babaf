"""The training photos as a pool of pixels that rays are drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage

from ..fields.field import Rays
from ..fields.rays import camera_rays
from ..scene import View

_RIM = 0.06  # background that is learned from around a mask, as a share of the picture's longer side


@dataclass(frozen=True)
class PixelBatch:
    """Some pixels: their rays, color (R, 3) sRGB as photographed, mask (R,) 0..1, weight (R,) of their view.

    clear (R,) 0..1: how far the color is the subject's own (View.trust); masks are heard whatever lies before the skin.
    """

    rays: Rays
    color: torch.Tensor
    mask: torch.Tensor
    weight: torch.Tensor
    clear: torch.Tensor


class PixelPool:
    """All pixels of the views, shrunk to `side` along their longer side, that lie on the subject or close to it.

    Far background tells nothing that the hull has not told already. Every pixel comes once before any comes twice.
    """

    def __init__(self, views: Sequence[View], side: int, device: torch.device, seed: int):
        views = [view.shrunk(side) for view in views]
        kept = [_near_mask(view.mask) for view in views]
        rays = [
            camera_rays(view.camera, device)[torch.from_numpy(keep).to(device)]
            for view, keep in zip(views, kept, strict=True)
        ]
        self._rays = Rays(torch.cat([r.origins for r in rays]), torch.cat([r.directions for r in rays]))

        def gathered(planes: Sequence[np.ndarray]) -> torch.Tensor:
            flat = [plane.reshape(len(keep), -1)[keep] for plane, keep in zip(planes, kept, strict=True)]
            return torch.from_numpy(np.concatenate(flat).astype(np.float32)).to(device)

        self._color = gathered([view.photo for view in views])
        self._mask = gathered([view.mask for view in views])[:, 0]
        self._weight = gathered([np.full(view.mask.shape, view.weight) for view in views])[:, 0]
        self._clear = gathered([np.ones_like(view.mask) if view.trust is None else view.trust for view in views])[:, 0]
        self._rng = np.random.default_rng(seed)
        self._order, self._next = np.zeros(0, np.int64), 0

    def __len__(self) -> int:
        return len(self._mask)

    def batch(self, count: int) -> PixelBatch:
        """The next `count` pixels in random order."""
        picked = []
        while count > 0:
            if self._next >= len(self._order):
                self._order, self._next = self._rng.permutation(len(self)), 0
            picked.append(self._order[self._next : self._next + count])
            self._next += len(picked[-1])
            count -= len(picked[-1])
        index = torch.from_numpy(np.concatenate(picked)).to(self._mask.device)
        planes = (self._color, self._mask, self._weight, self._clear)
        return PixelBatch(self._rays[index], *(plane[index] for plane in planes))


def _near_mask(mask: np.ndarray) -> np.ndarray:
    """(H * W,) bool: the mask and a rim around it."""
    rim = max(3, round(_RIM * max(mask.shape)))
    return ndimage.binary_dilation(mask > 0.02, iterations=rim).reshape(-1)
