"""Which cells of a cube hold anything: rays are sampled there only.

(Müller et al. 2022, "Instant Neural Graphics Primitives", appendix E.2. Differences: densities are per normalized
length, and cells that the masks rule out never become occupied.)
"""

from collections.abc import Callable, Mapping

import numpy as np
import torch

from ..kernels.ray_march import BLOCK, Cells, walk
from .field import Rays, Samples

_DECAY = 0.95  # of a cell's density with each update: what has vanished is forgotten
_THRESHOLD = 2.0  # density that is enough to be occupied: opacity .01 over 1/200, nerfacc's usual step
_SHARE = 0.25  # of the possible cells, and of the occupied ones, that a partial update looks at
_CHUNK = 1 << 17  # points whose density is asked for at a time


class OccupancyGrid:
    """Cells of the cube [-extent, extent]^3 (normalized frame), indexed x, y, z.

    density   (C, C, C) float32 optical thickness per normalized length, a fading maximum of what was seen
    occupied  (C, C, C) uint8: where rays are sampled; at first all that is possible
    possible  (C, C, C) bool: what may ever become occupied
    """

    def __init__(self, extent: float, possible: np.ndarray, device: torch.device):
        """possible (C, C, C) bool; C is a multiple of 8."""
        self.resolution = len(possible)
        self.extent = float(np.float32(extent))  # as it is stored: a restored field must draw the very same
        if possible.shape != (self.resolution,) * 3 or self.resolution % BLOCK:
            raise ValueError(f"a grid has equal sides that are multiples of {BLOCK}, not {possible.shape}")
        self.possible = torch.from_numpy(np.ascontiguousarray(possible, bool)).to(device)
        self.density = torch.zeros(possible.shape, device=device)
        self._candidates = self.possible.view(-1).nonzero()[:, 0]
        self._occupy(self.possible)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], device: torch.device) -> "OccupancyGrid":
        """The inverse of `arrays`."""
        possible, occupied = (np.unpackbits(arrays[name], axis=2).astype(bool) for name in ("possible", "occupied"))
        grid = cls(float(arrays["extent"][0]), possible, device)
        grid.density[grid.possible] = torch.from_numpy(arrays["density"]).to(device)
        grid._occupy(torch.from_numpy(occupied).to(device))
        return grid

    def arrays(self) -> dict[str, np.ndarray]:
        """extent (1,) float32; possible, occupied (C, C, C / 8) uint8 bits; density of the possible cells (P,)."""
        return {
            "extent": np.array([self.extent], np.float32),
            "possible": np.packbits(self.possible.cpu().numpy(), axis=2),
            "occupied": np.packbits(self.occupied.cpu().numpy(), axis=2),
            "density": self.density[self.possible].cpu().numpy(),
        }

    @torch.no_grad()
    def update(
        self,
        density_at: Callable[[torch.Tensor], torch.Tensor],
        generator: torch.Generator,
        everywhere: bool,
        threshold: float = _THRESHOLD,
        decay: float = _DECAY,
    ) -> None:
        """Look at one random point in each possible cell, or in a quarter of them and a quarter of the occupied.

        density_at: points (N, 3) -> density (N,) per normalized length; generator: on the CPU. Cells become
        max(decay · old, new); those above `threshold`, or above the mean if that is less, are occupied.
        """
        cells = self._candidates if everywhere else self._picked(generator)
        jitter = torch.rand((len(cells), 3), generator=generator)
        seen = torch.zeros_like(self.density).view(-1)
        for part, shift in zip(cells.split(_CHUNK), jitter.split(_CHUNK), strict=True):
            seen[part] = density_at(self._points(part, shift.to(part.device))).to(seen)
        self.density = torch.maximum(self.density * decay, seen.view_as(self.density))
        mean = self.density.sum() / max(len(self._candidates), 1)
        self._occupy(self.density > mean.clamp(max=threshold))  # never where it is impossible: no density there

    def cells(self) -> Cells:
        """The grid as the ray walker reads it."""
        flat = (part.view(-1) for part in (self.density, self.occupied, self._blocks))
        return Cells(self.extent, self.resolution, *flat)

    def _picked(self, generator: torch.Generator) -> torch.Tensor:
        """Cells (N,) of a partial update, in order; each at most once, so that the result is deterministic."""
        chance = torch.rand((2, len(self._candidates)), generator=generator).to(self._candidates.device)
        occupied = self.occupied.view(-1)[self._candidates] > 0
        return self._candidates[(chance[0] < _SHARE) | (occupied & (chance[1] < _SHARE))]

    def _points(self, cells: torch.Tensor, jitter: torch.Tensor) -> torch.Tensor:
        """Points (N, 3) within the cells (N,), by jitter (N, 3) in [0, 1)."""
        side = self.resolution
        corner = torch.stack([cells // (side * side), cells // side % side, cells % side], 1)
        return (corner + jitter) * (2 * self.extent / side) - self.extent

    def _occupy(self, occupied: torch.Tensor) -> None:
        self.occupied = occupied.to(torch.uint8)
        side = self.resolution // BLOCK
        self._blocks = self.occupied.view(side, BLOCK, side, BLOCK, side, BLOCK).amax((1, 3, 5))


def march(
    rays: Rays, grid: OccupancyGrid, step: float, jitter: torch.Tensor | None, most: int, hidden: float = 12.0
) -> Samples:
    """Stretches of the rays, each `step` long (normalized length), whose middles lie in occupied cells of the grid.

    jitter (R,) in [0, 1) places each ray's stretches, by up to one step; None: the first one begins at the cube.
    A ray ends after `most` stretches, and behind the optical thickness `hidden` by the grid's own densities: what
    lies there is not seen, as far as the grid knows (inf: nothing is hidden).
    """
    jitter = torch.full_like(rays.origins[:, 0], 0.5) if jitter is None else jitter
    points, directions, distances, offsets = walk(
        rays.origins, rays.directions, jitter, grid.cells(), step, most, hidden
    )
    return Samples(points, directions, torch.full_like(distances, step), distances, offsets)
