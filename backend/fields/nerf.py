"""The classic radiance field: two networks of the encoded position and direction, a coarse and a fine one.

(Mildenhall et al. 2020, "NeRF: Representing Scenes as Neural Radiance Fields for View Synthesis".) Rays are sampled
evenly for the coarse network, and for the fine one there, too, where the coarse one found something.

Glossary: R rays, N samples; the space is the cube [-extent, extent]^3 of the normalized frame.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from ..kernels.composite import composite, sample_weights
from ..scene import Camera, Picture
from .field import Rays, Samples
from .positional import encode, encoded_width
from .records import from_array, to_array
from .sampling import PossibleSpace, inverse_cdf, pack, stratified, stretch_edges
from .volume import Collected, collect, draw

_DRAWN = {"cpu": 1 << 17, "cuda": 1 << 19}  # samples that are drawn at a time


@dataclass(frozen=True)
class NerfConfig:
    """The networks and their samples; the defaults are the paper's."""

    position_octaves: int = 10
    direction_octaves: int = 4
    width: int = 256  # hidden units
    depth: int = 8  # hidden layers
    skip: int = 4  # the hidden layer, counted from 0, behind which the encoded position joins again
    color_width: int = 128  # hidden units of the layer that sees the direction
    coarse: int = 64  # samples of a ray for the coarse network
    fine: int = 128  # samples more for the fine network
    density_scale: float = 25.0  # density per normalized length that an output of about 1 stands for


class NerfNetwork(nn.Module):
    """Density and color at a point; only the color depends on the direction."""

    def __init__(self, config: NerfConfig):
        super().__init__()
        self.config = config
        position, direction = encoded_width(3, config.position_octaves), encoded_width(3, config.direction_octaves)
        inputs = [position] + [config.width + position * (k == config.skip) for k in range(config.depth - 1)]
        self.trunk = nn.ModuleList(nn.Linear(size, config.width) for size in inputs)
        self.density = nn.Linear(config.width + position * (config.skip == config.depth - 1), 1)
        self.feature = nn.Linear(self.density.in_features, config.width)
        self.color_hidden = nn.Linear(config.width + direction, config.color_width)
        self.color = nn.Linear(config.color_width, 3)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, positions: torch.Tensor, directions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """positions (N, 3) in [-1, 1], directions (N, 3) unit -> density (N,) per length, color (N, 3) sRGB."""
        config = self.config
        encoded = encode(positions, config.position_octaves)
        hidden = encoded
        for number, layer in enumerate(self.trunk):
            hidden = functional.relu(layer(hidden), inplace=True)
            if number == config.skip:
                hidden = torch.cat([encoded, hidden], 1)
        # Softplus where the paper has ReLU: a network whose density starts at 0 everywhere would never learn (Barron
        # et al. 2021, "Mip-NeRF", supplement). The shift starts it thin.
        density = functional.softplus(self.density(hidden)[:, 0] - 1) * config.density_scale
        seen = torch.cat([self.feature(hidden), encode(directions, config.direction_octaves)], 1)
        return density, torch.sigmoid(self.color(functional.relu(self.color_hidden(seen), inplace=True)))


class NerfField(nn.Module):
    """A coarse and a fine network inside the space that the visual hull leaves possible."""

    def __init__(self, config: NerfConfig, possible: np.ndarray, extent: float):
        """possible (X, Y, Z) bool: the cells of the cube [-extent, extent]^3 that may hold something."""
        super().__init__()
        self.config = config
        self.coarse, self.fine = NerfNetwork(config), NerfNetwork(config)
        self.space = PossibleSpace(possible, extent)

    @property
    def device(self) -> torch.device:
        """Where the field computes."""
        return self.space.possible.device

    def forward(self, samples: Samples) -> tuple[torch.Tensor, torch.Tensor]:
        """The fine network as a Medium: see field.Medium."""
        return self._ask(self.fine, samples)

    def trace(self, rays: Rays, random: torch.Generator) -> tuple[Collected, Collected]:
        """What the coarse and the fine network collect along rays, with gradients."""
        coarse, samples = self._look(rays, random)
        return coarse, collect(self, samples)

    @torch.no_grad()
    def sample(self, rays: Rays) -> Samples:
        """Where the fine network is asked: where the coarse one was, and more where that one saw something."""
        return self._look(rays, None)[1]

    def draw(self, camera: Camera) -> Picture:
        """What a camera of the normalized frame sees."""
        chunk = _DRAWN[self.device.type] // (self.config.coarse + self.config.fine)
        return draw(self, self.sample, camera, self.device, chunk)

    def arrays(self) -> dict[str, np.ndarray]:
        """Parameters, possible space and config: what `from_arrays` takes."""
        cells = self.space.possible.cpu().numpy()
        return {
            **{name: value.detach().cpu().numpy() for name, value in self.named_parameters()},
            "space.cells": np.packbits(cells),
            "space.shape": np.array(cells.shape, np.int32),
            "space.extent": np.array([self.space.extent], np.float32),
            "config": to_array(self.config),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray], device: torch.device) -> "NerfField":
        """The inverse of `arrays`."""
        shape = arrays["space.shape"]
        cells = np.unpackbits(arrays["space.cells"], count=int(np.prod(shape))).reshape(shape)
        field = cls(from_array(NerfConfig, arrays["config"]), cells, float(arrays["space.extent"][0]))
        with torch.no_grad():
            for name, parameter in field.named_parameters():
                parameter.copy_(torch.from_numpy(arrays[name].copy()))
        return field.to(device)

    def _look(self, rays: Rays, random: torch.Generator | None) -> tuple[Collected, Samples]:
        """What the coarse network collects, and the samples for the fine one.

        Rays that meet no possible space have no samples.
        """
        near, far = self.space.span(rays)
        met = near < far
        near, far, crossing = near[met], far[met], rays[met]
        t = stratified(near, far, self.config.coarse, random)
        edges = stretch_edges(t, near, far)
        samples = pack(crossing, t, edges, met)
        thickness, color = self._ask(self.coarse, samples)
        coarse = Collected(*composite(thickness, color, samples.distances, samples.offsets))
        weights = sample_weights(thickness, samples.offsets).reshape(t.shape)
        t = torch.sort(torch.cat([t, inverse_cdf(edges, weights, self.config.fine, random)], 1), 1).values
        return coarse, pack(crossing, t, stretch_edges(t, near, far), met)

    def _ask(self, network: NerfNetwork, samples: Samples) -> tuple[torch.Tensor, torch.Tensor]:
        density, color = network(samples.points / self.space.extent, samples.directions)
        return density * samples.lengths, color
