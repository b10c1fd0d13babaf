"""Where along its ray a field is asked: the stretch that can hold something, even steps in it, finer where it matters.

Glossary: R rays, S samples of a ray, t a distance from the ray's origin. Sample s stands for the stretch between the
edges s and s + 1; edges lie halfway between samples, the first at the ray's near and the last at its far end.
"""

import numpy as np
import torch
from torch import nn

from .field import Rays, Samples


class PossibleSpace(nn.Module):
    """Cells of the cube [-extent, extent]^3 that may hold something; rays are cut down to these."""

    def __init__(self, possible: np.ndarray, extent: float):
        """possible (X, Y, Z) bool."""
        super().__init__()
        self.register_buffer("possible", torch.from_numpy(np.array(possible, bool)))
        self.extent = float(np.float32(extent))  # as a checkpoint keeps it

    def span(self, rays: Rays) -> tuple[torch.Tensor, torch.Tensor]:
        """near, far (R,): from the first possible cell to the last; far <= near where the ray meets none."""
        near, far = cube_span(rays, self.extent)
        steps = 2 * max(self.possible.shape)  # the diagonal is 1.7 sides long: more than one step in a cell
        ticks = (torch.arange(steps, device=near.device) + 0.5) / steps
        length = (far - near).clamp(min=0)
        t = near[:, None] + length[:, None] * ticks
        met = self._holds(rays.origins[:, None] + rays.directions[:, None] * t[..., None]) & (length > 0)[:, None]
        # The first and the last step that meet a possible cell, and half a step beyond.
        number = torch.arange(steps, device=near.device)
        first = torch.where(met, number, steps).amin(1)
        last = torch.where(met, number, -1).amax(1)
        return near + length * first / steps, near + length * (last + 1) / steps

    def _holds(self, points: torch.Tensor) -> torch.Tensor:
        """points (..., 3) -> bool (...,)."""
        sides = torch.tensor(self.possible.shape, device=points.device)
        cell = ((points + self.extent) * (sides / (2 * self.extent))).long()
        x, y, z = torch.minimum(cell.clamp(min=0), sides - 1).unbind(-1)
        return self.possible.reshape(-1)[(x * sides[1] + y) * sides[2] + z]


def cube_span(rays: Rays, extent: float) -> tuple[torch.Tensor, torch.Tensor]:
    """near, far (R,) of the rays' stretch in [-extent, extent]^3 before the camera; far <= near where there is none."""
    flat = rays.directions.abs() < 1e-9
    slope = 1 / torch.where(flat, torch.full_like(rays.directions, 1e-9), rays.directions)
    low, high = (-extent - rays.origins) * slope, (extent - rays.origins) * slope
    return torch.minimum(low, high).amax(1).clamp(min=0), torch.maximum(low, high).amin(1)


def stratified(
    near: torch.Tensor, far: torch.Tensor, count: int, random: torch.Generator | None = None
) -> torch.Tensor:
    """One t in each of `count` equal parts of [near, far] (R,), ascending (R, count): its middle, or anywhere in it
    with `random`. (Mildenhall et al. 2020, eq. 2.)"""
    number = torch.arange(count, device=near.device) + _within((len(near), count), near.device, random)
    return near[:, None] + (far - near)[:, None] * number / count


def stretch_edges(t: torch.Tensor, near: torch.Tensor, far: torch.Tensor) -> torch.Tensor:
    """Samples t (R, S) ascending in [near, far] -> edges (R, S + 1) of their stretches, which fill [near, far]."""
    return torch.cat([near[:, None], (t[:, 1:] + t[:, :-1]) / 2, far[:, None]], 1)


def inverse_cdf(
    edges: torch.Tensor, weights: torch.Tensor, count: int, random: torch.Generator | None = None
) -> torch.Tensor:
    """`count` samples t (R, count), ascending, that fall into the stretches in proportion to their weights (R, S).

    edges (R, S + 1) ascending. Within a stretch they are spread evenly. (Mildenhall et al. 2020, section 5.2.)
    """
    weights = weights + 1e-5  # a ray that meets nothing is sampled evenly
    cdf = torch.cumsum(weights, 1)
    cdf = torch.nn.functional.pad(cdf / cdf[:, -1:], (1, 0))
    number = torch.arange(count, device=edges.device) + _within((len(edges), count), edges.device, random)
    quantile = (number / count).expand(len(edges), count).contiguous()
    upper = torch.searchsorted(cdf, quantile, right=True).clamp(1, weights.shape[1])
    start, end = cdf.gather(1, upper - 1), cdf.gather(1, upper)
    share = ((quantile - start) / (end - start).clamp(min=1e-12)).clamp(0, 1)
    low, high = edges.gather(1, upper - 1), edges.gather(1, upper)
    return low + (high - low) * share


def pack(rays: Rays, t: torch.Tensor, edges: torch.Tensor, met: torch.Tensor) -> Samples:
    """Samples at t (R, S) of the rays, standing for the stretches between edges (R, S + 1).

    met (Q,) bool: which of Q rays these R are; the others get no samples.
    """
    count = t.shape[1]
    return Samples(
        points=(rays.origins[:, None] + rays.directions[:, None] * t[..., None]).reshape(-1, 3),
        directions=rays.directions[:, None].expand(-1, count, -1).reshape(-1, 3),
        lengths=(edges[:, 1:] - edges[:, :-1]).reshape(-1),
        distances=t.reshape(-1),
        offsets=torch.nn.functional.pad(torch.cumsum(met * count, 0), (1, 0)).int(),
    )


def _within(shape: tuple[int, int], device: torch.device, random: torch.Generator | None) -> torch.Tensor | float:
    """Where in its part each sample lies: in the middle, or anywhere."""
    return 0.5 if random is None else torch.rand(shape, device=device, generator=random)
