"""Draws any medium: samples along rays, what the medium is there, and what the rays collect of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from ..kernels.composite import composite
from ..scene import Camera, Picture
from .field import Medium, Rays, Samples
from .rays import camera_rays

_CHUNK = 4096  # rays that are drawn at a time


@dataclass(frozen=True)
class Collected:
    """What rays collect.

    color  (R, 3) already multiplied by alpha        alpha  (R,) opacity
    depth  (R,) distances along the ray, summed with the samples' weights: depth / alpha is their mean
    """

    color: torch.Tensor
    alpha: torch.Tensor
    depth: torch.Tensor


def collect(medium: Medium, samples: Samples) -> Collected:
    """What rays collect from the medium at their samples, with a gradient to whatever the medium has."""
    thickness, color = medium(samples)
    return Collected(*composite(thickness, color, samples.distances, samples.offsets))


@torch.no_grad()
def draw(
    medium: Medium,
    sample: Callable[[Rays], Samples],
    camera: Camera,
    device: torch.device,
    chunk: int = _CHUNK,
) -> Picture:
    """The medium as the camera sees it; `chunk` rays at a time, so that memory is bounded."""
    rays = camera_rays(camera, device)
    parts = [collect(medium, sample(rays[first : first + chunk])) for first in range(0, len(rays), chunk)]
    color, alpha, depth = (
        torch.cat([getattr(part, name) for part in parts]) for name in ("color", "alpha", "depth")
    )
    forward = torch.tensor(camera.forward, dtype=torch.float32, device=device)
    along = depth / alpha.clamp_min(1e-6) * (rays.directions @ forward)
    depth = torch.where(alpha < 0.5, torch.zeros_like(along), along)

    def plane(values: torch.Tensor) -> np.ndarray:
        return values.reshape(camera.height, camera.width, *values.shape[1:]).cpu().numpy()

    return Picture(plane(color.clamp(0, 1)), plane(alpha), plane(depth))
