"""A radiance field on a multiresolution hash grid.

(Müller et al. 2022, "Instant Neural Graphics Primitives": hash encoding, two small networks, spherical harmonics
for the direction, occupancy grid, rays that end where nothing behind is seen any more.)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from .directions import harmonics
from .field import Samples
from .hash_encoding import HashEncoding, HashEncodingConfig
from .marched import MarchConfig, MarchedField, grid_of
from .occupancy import OccupancyGrid
from .records import from_array

_LIMIT = 15.0  # exponent beyond which the density grows no further, as in instant-ngp's truncated exponential
_THIN = -1.0  # exponent that an untrained field starts from: nearly transparent


@dataclass(frozen=True)
class HashConfig:
    """Sizes of the networks."""

    encoding: HashEncodingConfig = field(default_factory=HashEncodingConfig)
    march: MarchConfig = field(default_factory=MarchConfig)
    width: int = 64  # hidden units of both networks
    features: int = 15  # that the density network hands to the color network
    color_layers: int = 2  # hidden layers of the color network
    degree: int = 4  # of the spherical harmonics: 1 to 4


class HashField(MarchedField):
    """density = exp(first output of a network on the encoding); color from its other outputs and the direction."""

    def __init__(self, config: HashConfig, grid: OccupancyGrid):
        super().__init__(config, grid)
        self.encoding = HashEncoding(config.encoding, grid.extent)
        self.body = perceptron(self.encoding.width, config.width, 1, 1 + config.features)
        self.color = perceptron(config.features + config.degree**2, config.width, config.color_layers, 3)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], device: torch.device) -> "HashField":
        """The inverse of `arrays`."""
        config, grid = from_array(HashConfig, arrays["config"]), grid_of(arrays, device)
        return cls(config, grid).load(arrays).to(device)

    def forward(self, samples: Samples) -> tuple[torch.Tensor, torch.Tensor]:
        """The field as a Medium: optical thickness (N,) and sRGB color (N, 3) of each stretch."""
        hidden = self.body(self.encoding(samples.points))
        inputs = torch.cat([hidden[:, 1:], harmonics(samples.directions, self.config.degree)], 1)
        return TruncatedExp.apply(hidden[:, 0] + _THIN) * samples.lengths, torch.sigmoid(self.color(inputs))

    def density(self, points: torch.Tensor) -> torch.Tensor:
        """points (N, 3) -> density (N,), optical thickness per normalized length."""
        return TruncatedExp.apply(self.body(self.encoding(points))[:, 0] + _THIN)


class TruncatedExp(torch.autograd.Function):
    """exp whose gradient stays finite."""

    @staticmethod
    def forward(ctx, exponent: torch.Tensor) -> torch.Tensor:
        """Any shape."""
        value = torch.exp(exponent.clamp(max=_LIMIT))
        ctx.save_for_backward(value)
        return value

    @staticmethod
    def backward(ctx, gradient: torch.Tensor) -> torch.Tensor:
        """The same shape."""
        return gradient * ctx.saved_tensors[0]


def perceptron(inputs: int, width: int, layers: int, outputs: int) -> nn.Sequential:
    """`layers` hidden ReLU layers of `width` units, without biases (as in instant-ngp)."""
    sizes = [inputs, *[width] * layers]
    hidden = [part for a, b in pairwise(sizes) for part in (nn.Linear(a, b, bias=False), nn.ReLU())]
    return nn.Sequential(*hidden, nn.Linear(sizes[-1], outputs, bias=False))
