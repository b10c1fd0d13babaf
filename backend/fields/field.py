"""The one interface of all representations, and the vocabulary of those that are drawn by rays.

Everything is in the normalized frame (the subject lies in the unit sphere); a field may reach farther than that,
as far as its `extent`: photos also show what is not part of the subject's mesh, shoulders for one.

Glossary: R rays, N samples of all rays together, one ray's samples side by side and from front to back.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from ..scene import Camera, Picture


class Field(Protocol):
    """A fitted representation: it can be drawn, and kept in a checkpoint (`fields.restore` is the inverse)."""

    def draw(self, camera: Camera) -> Picture:
        """What a camera of the normalized frame sees."""

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything that is needed to draw it again, as float32, int32 or uint8 arrays."""


@dataclass(frozen=True)
class Rays:
    """origins (R, 3), directions (R, 3) of unit length; float32 on the field's device."""

    origins: torch.Tensor
    directions: torch.Tensor

    def __len__(self) -> int:
        return len(self.origins)

    def __getitem__(self, index) -> "Rays":
        return Rays(self.origins[index], self.directions[index])


@dataclass(frozen=True)
class Samples:
    """Stretches of rays.

    points      (N, 3) the middle of each stretch        directions  (N, 3) unit, of its ray
    lengths     (N,) of each stretch                     distances   (N,) of its middle from the ray's origin
    offsets     (R + 1,) int32: ray r has the samples offsets[r] to offsets[r + 1] - 1
    """

    points: torch.Tensor
    directions: torch.Tensor
    lengths: torch.Tensor
    distances: torch.Tensor
    offsets: torch.Tensor


class Medium(Protocol):
    """What the ray renderer asks of a field: a callable."""

    def __call__(self, samples: Samples) -> tuple[torch.Tensor, torch.Tensor]:
        """Optical thickness (N,), at least 0, of each stretch (opacity = 1 - exp(-thickness)), and color (N, 3)."""
