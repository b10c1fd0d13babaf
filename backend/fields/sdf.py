"""A signed distance on a hash grid, seen by volume rendering: negative inside, normalized lengths.

(Wang et al. 2021, "NeuS"; Yariv et al. 2021, "Volume Rendering of Neural Implicit Surfaces" (VolSDF), as an option
for the density; Wang et al. 2023, "NeuS2", and Li et al. 2023, "Neuralangelo", for the hash grid and its progressive
levels.) Difference: the network adds to the distance of a closed start surface (sphere, visual hull, head model)
that lies in a coarse grid, so that the first step already sees a sensible surface.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn
from torch.nn.functional import grid_sample, logsigmoid

from ..kernels.composite import sample_weights
from .directions import harmonics
from .field import Rays, Samples
from .hash import perceptron
from .hash_encoding import HashEncoding, HashEncodingConfig
from .marched import MarchConfig, MarchedField, grid_of
from .occupancy import OccupancyGrid
from .records import from_array

# Corners of a tetrahedron: four taps give a gradient.
_TAPS = torch.tensor([[1.0, -1.0, -1.0], [-1.0, -1.0, 1.0], [-1.0, 1.0, -1.0], [1.0, 1.0, 1.0]])
_SEEN = 1e-3  # share of a ray's color from which a stretch is worth a closer look
_RATE = 10.0  # sharpness is exp(_RATE * v) with a learned v, as in NeuS


@dataclass(frozen=True)
class SdfConfig:
    """Sizes of the networks, and what a distance means for light."""

    encoding: HashEncodingConfig = field(default_factory=lambda: HashEncodingConfig(smooth=True))
    march: MarchConfig = field(default_factory=MarchConfig)
    density: str = "neus"  # or "volsdf"
    width: int = 64  # hidden units of both networks
    features: int = 15  # that the distance network hands to the color network
    color_layers: int = 2  # hidden layers of the color network
    degree: int = 3  # of the spherical harmonics: 1 to 4
    finer: int = 4  # parts that a stretch is cut into where the surface is
    sharpness: float = 40.0  # 1 / normalized length over which the untrained surface is blurred


class SdfField(MarchedField):
    """distance = start surface's + a network on position and encoding; color from features and direction."""

    def __init__(self, config: SdfConfig, grid: OccupancyGrid, start: torch.Tensor):
        """start (C, C, C): signed distances at the cell centers of the grid's cube, indexed x, y, z."""
        super().__init__(config, grid)
        self.register_buffer("start", start.float())
        self.encoding = HashEncoding(config.encoding, grid.extent)
        self.body = perceptron(3 + self.encoding.width, config.width, 1, 1 + config.features)
        self.color = perceptron(config.features + config.degree**2, config.width, config.color_layers, 3)
        self.log_sharpness = nn.Parameter(torch.tensor(float(np.log(config.sharpness)) / _RATE))
        with torch.no_grad():
            self.body[-1].weight[0] = 0  # the untrained surface is the start
        self.held = False  # whether the surface stays as it is and only colors are learned; set between steps

    @property
    def sharpness(self) -> torch.Tensor:
        """Inverse width of the surface's blur (NeuS's s, VolSDF's 1 / beta), per normalized length."""
        value = torch.exp(_RATE * self.log_sharpness)
        return value.detach() if self.held else value

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], device: torch.device) -> "SdfField":
        """The inverse of `arrays`."""
        config, grid = from_array(SdfConfig, arrays["config"]), grid_of(arrays, device)
        return cls(config, grid, torch.from_numpy(arrays["start"])).load(arrays).to(device)

    def forward(self, samples: Samples) -> tuple[torch.Tensor, torch.Tensor]:
        """The field as a Medium: optical thickness (N,) and sRGB color (N, 3) of each stretch."""
        hidden = self._hidden(samples.points)
        distance = self._start_at(samples.points) + hidden[:, 0]
        distance = distance.detach() if self.held else distance
        inputs = torch.cat([hidden[:, 1:], harmonics(samples.directions, self.config.degree)], 1)
        color = torch.sigmoid(self.color(inputs))
        if self.config.density == "volsdf":
            return self._laplace(distance) * samples.lengths, color
        following = torch.cat([color[1:], color[-1:]])
        return self._crossing(distance, samples.offsets), (color + following) / 2

    def sample(self, rays: Rays, jitter: torch.Tensor | None = None) -> Samples:
        """Stretches of the rays, finer where the surface is (NeuS: importance sampling, here without rounds)."""
        coarse = super().sample(rays, jitter)
        return coarse if self.config.density == "volsdf" else self._finer(coarse)

    @torch.no_grad()
    def _finer(self, coarse: Samples) -> Samples:
        """Only the stretches that a ray collects anything from, each in `finer` parts with both its ends."""
        parts = self.config.finer
        weights = sample_weights(self._crossing(self.distance(coarse.points), coarse.offsets), coarse.offsets)
        kept = (weights > _SEEN).nonzero()[:, 0]
        gap = (coarse.distances[kept + 1] - coarse.distances[kept])[:, None]  # a ray's last sample weighs nothing
        along = gap * torch.linspace(0, 1, parts + 1, device=gap.device)
        directions = coarse.directions[kept, None].expand(-1, parts + 1, -1)
        points = coarse.points[kept, None] + along[..., None] * directions
        ray = torch.searchsorted(coarse.offsets[1:].long(), kept, right=True)
        counts = torch.bincount(ray, minlength=len(coarse.offsets) - 1) * (parts + 1)
        offsets = torch.nn.functional.pad(torch.cumsum(counts, 0), (1, 0)).int()
        distances = coarse.distances[kept, None] + along
        return Samples(
            points.reshape(-1, 3), directions.reshape(-1, 3), (gap / parts).expand_as(along).reshape(-1),
            distances.reshape(-1), offsets,
        )  # fmt: skip

    def distance(self, points: torch.Tensor) -> torch.Tensor:
        """points (N, 3) -> signed distance (N,), negative inside."""
        return self._start_at(points) + self._hidden(points)[:, 0]

    def gradient(self, points: torch.Tensor, step: float) -> torch.Tensor:
        """Gradient (N, 3) of the distance by finite differences over about `step`."""
        taps = _TAPS.to(points)
        near = points[:, None] + step / 3**0.5 * taps
        values = self.distance(near.reshape(-1, 3)).reshape(-1, 4)
        return (values @ taps) * (3**0.5 / (4 * step))

    def density(self, points: torch.Tensor) -> torch.Tensor:
        """points (N, 3) -> density (N,), optical thickness per normalized length of a ray that meets it squarely."""
        distance = self.distance(points)
        if self.config.density == "volsdf":
            return self._laplace(distance)
        return self.sharpness * torch.sigmoid(-self.sharpness * distance)

    def _hidden(self, points: torch.Tensor) -> torch.Tensor:
        return self.body(torch.cat([points, self.encoding(points)], 1))

    def _start_at(self, points: torch.Tensor) -> torch.Tensor:
        # grid_sample wants (depth, height, width) = (x, y, z) and its coordinates in the order z, y, x.
        at = (points.flip(1) / self.grid.extent).view(1, -1, 1, 1, 3)
        return grid_sample(self.start[None, None], at, "bilinear", "border", align_corners=False).view(-1)

    def _crossing(self, distance: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
        """NeuS eq. 10-13 as optical thickness: 1 - exp(-t) = (P(f) - P(f')) / P(f), P logistic, f' the next sample.

        Gaps in the grid need no care: what a ray passes there is empty, and the product over stretches telescopes.
        """
        opened = logsigmoid(self.sharpness * distance)
        thickness = torch.relu(opened[:-1] - opened[1:])
        last = torch.zeros_like(opened, dtype=torch.bool)
        last[(offsets[1:] - 1)[offsets[1:] > offsets[:-1]].long()] = True
        thickness = torch.cat([thickness, thickness.new_zeros(1)])
        return torch.where(last, torch.zeros_like(thickness), thickness)

    def _laplace(self, distance: torch.Tensor) -> torch.Tensor:
        """VolSDF eq. 2-3: density = CDF of a Laplace distribution at -distance, over its scale beta."""
        beta = 1 / self.sharpness
        tail = 0.5 * torch.exp(-distance.abs() / beta)
        return torch.where(distance > 0, tail, 1 - tail) / beta
