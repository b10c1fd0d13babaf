"""What several photos show of the same points of a surface, each point seen through one photo's pixels.

Photos are compared as means over small windows: finer texture, which a coarse surface would confuse, cancels out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from ..kernels.box_filter import box_sum
from ..kernels.renderer import Renderer
from ..kernels.reproject import reproject
from .targets import Target

BLUR = 1 / 48  # radius of the windows in pictures' longer sides
_SQUARE = 0.2  # weight of the reprojection below which a point is seen too flat to be compared


@dataclass(frozen=True)
class Scene:
    """A surface and what each view sees of it.

    vertices (V, 3), faces (F, 3); depths: one (H, W) per target; witnesses: for each target those that it is
    compared with; tolerance: see `kernels.reproject.reproject`.
    """

    vertices: torch.Tensor
    faces: torch.Tensor
    targets: Sequence[Target]
    depths: Sequence[torch.Tensor]
    witnesses: Sequence[Sequence[int]]
    tolerance: float
    renderer: Renderer


def ranked_looks(scene: Scene, index: int, rast: torch.Tensor, channel: str) -> tuple[torch.Tensor, torch.Tensor]:
    """What view `index` shows of a channel of Target (H, W), and what it and its witnesses show of the same points,
    ascending (K, H, W); inf where one does not see the point."""
    target = scene.targets[index]
    own = _blurred(target, channel)
    seen = [torch.where(rast[..., 3] > 0, own, torch.full_like(own, torch.inf))]
    for number in scene.witnesses[index]:
        source = scene.targets[number]
        looks, weight = reproject(
            scene.vertices, scene.faces, rast, target.lens, source.lens,
            _blurred(source, channel), source.mask, scene.depths[number], scene.tolerance,
        )  # fmt: skip
        seen.append(torch.where(weight > _SQUARE, looks, torch.full_like(looks, torch.inf)))
    return own, torch.stack(seen).sort(0).values


def window_mean(plane: torch.Tensor, weight: torch.Tensor, radius: int) -> torch.Tensor:
    """Weighted mean of plane (H, W) over windows of (2 radius + 1)^2 pixels."""
    sums = box_sum(torch.stack([plane * weight, weight]), radius)
    return sums[0] / sums[1].clamp_min(1e-3)


def _blurred(target: Target, channel: str) -> torch.Tensor:
    return window_mean(getattr(target, channel), target.mask, max(1, round(BLUR * max(target.size))))
