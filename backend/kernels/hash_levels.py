"""The lattices of a multiresolution hash grid, coarse to fine, and where their corners lie in one table.

A level whose lattice has no more corners than a level may have entries gives each corner an entry of its own; a finer
one hashes its corners (Müller et al. 2022, equation 4), and collisions are left to training.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import torch
import warp as wp

from . import warp_runtime  # noqa: F401  (initializes Warp the quiet way)


@dataclass(frozen=True)
class Levels:
    """The lattices; cells shrink by the same factor from each level to the next."""

    count: int
    entries: int  # of one level at most; a power of two
    base: float  # cells along the unit cube's edge, first level
    finest: float  # and last level
    smooth: bool = False  # blend by smoothstep instead of linearly: then the slope has no jumps between cells

    def __post_init__(self):
        if self.count < 1 or not 8 <= self.entries <= 2**24 or self.entries & (self.entries - 1):
            raise ValueError(f"{self.count} levels of {self.entries} entries: at least 1, of a power of two, 8 to 2^24")
        if not 1 < self.base <= self.finest < 2**20:
            raise ValueError(f"1 < base <= finest < 2^20 does not hold for base {self.base}, finest {self.finest}")

    @cached_property
    def scales(self) -> tuple[float, ...]:
        """base * growth^level - 1; a point x in [0, 1] lies at x * scale + 0.5 in units of cells."""
        growth = (self.finest / self.base) ** (1 / max(1, self.count - 1))
        return tuple(float(np.float32(self.base * growth**level - 1)) for level in range(self.count))

    @cached_property
    def sides(self) -> tuple[int, ...]:
        """Corners along an edge, as many as points in [0, 1] touch: the paper's resolution, or one more."""
        return tuple(int(scale + 0.5) + 2 for scale in self.scales)

    @cached_property
    def firsts(self) -> tuple[int, ...]:
        """Where each level begins in the table (L + 1 numbers: the last is E)."""
        sizes = [min(side**3, self.entries) for side in self.sides]
        return tuple(int(first) for first in np.cumsum([0, *sizes]))

    def hashed(self, level: int) -> bool:
        """Whether the level has more corners than entries."""
        return self.sides[level] ** 3 > self.entries


@wp.struct
class Lattice:
    """One level. Corner (i, j, k) has the entry first + i + side * (j + side * k), or first + its hash & mask."""

    scale: wp.float32
    first: wp.uint32
    side: wp.uint32
    mask: wp.uint32
    hashed: wp.bool
    smooth: wp.bool


@lru_cache(maxsize=32)
def lattices(levels: Levels, device: torch.device) -> wp.array:
    """All levels, where the kernels run."""
    rows = np.zeros(levels.count, Lattice.numpy_dtype())
    for level, row in enumerate(rows):
        row["scale"], row["first"], row["side"] = levels.scales[level], levels.firsts[level], levels.sides[level]
        row["mask"], row["hashed"], row["smooth"] = levels.entries - 1, levels.hashed(level), levels.smooth
    array = wp.array(rows, dtype=Lattice, device="cpu" if device.type == "cpu" else wp.device_from_torch(device))
    wp.synchronize_device(array.device)  # copied on Warp's stream, read on torch's
    return array
