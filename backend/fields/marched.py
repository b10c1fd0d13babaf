"""What the fields share that are drawn by marching through an occupancy grid."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from ..scene import Camera, Picture
from .field import Rays, Samples
from .occupancy import OccupancyGrid, march
from .records import to_array
from .volume import Collected, collect, draw

_GRID = "grid."  # before the names of the grid's arrays
_FARTHER = 4.0  # times as much as in training must hide what is drawn
_HIDING = 3.5  # dense cells in a row that hide what lies behind them


@dataclass(frozen=True)
class MarchConfig:
    """How rays are walked."""

    step: float = 0.012  # normalized length of a stretch
    most: int = 256  # stretches that one ray may have
    empty: float = 0.5  # density, per normalized length, below which a cell is skipped
    hidden: float = 8.0  # optical thickness, by the grid, behind which nothing is sampled any more


class MarchedField(nn.Module, ABC):
    """A medium (`forward`) inside an occupancy grid; what derives from it says how dense it is where."""

    def __init__(self, config, grid: OccupancyGrid):
        """config: a dataclass that has a MarchConfig as `march`."""
        super().__init__()
        self.config, self.grid = config, grid

    @property
    def device(self) -> torch.device:
        """Where the field computes."""
        return next(self.parameters()).device

    @abstractmethod
    def forward(self, samples: Samples) -> tuple[torch.Tensor, torch.Tensor]:
        """The field as a Medium: see field.Medium."""

    @abstractmethod
    def density(self, points: torch.Tensor) -> torch.Tensor:
        """points (N, 3) -> density (N,), optical thickness per normalized length."""

    def sample(self, rays: Rays, jitter: torch.Tensor | None = None) -> Samples:
        """Stretches of the rays where the grid is occupied.

        jitter (R,) in [0, 1), in training, shifts each ray's by part of one. Without it, rays are drawn: they look
        farther, so that the edge of a chin that they pass closely does not end them.
        """
        config = self.config.march
        hidden = config.hidden * (_FARTHER if jitter is None else 1)
        return march(rays, self.grid, config.step, jitter, config.most, hidden)

    def trace(self, rays: Rays, generator: torch.Generator) -> Collected:
        """What rays collect, with a gradient; the generator draws where each ray's stretches begin."""
        return collect(self, self.scatter(rays, generator))

    def scatter(self, rays: Rays, generator: torch.Generator) -> Samples:
        """Stretches that begin at random on each ray, as training wants them."""
        return self.sample(rays, torch.rand(len(rays), generator=generator).to(self.device))

    def refresh(self, generator: torch.Generator, everywhere: bool) -> None:
        """Bring the grid up to date with the field."""
        config, cell = self.config.march, 2 * self.grid.extent / self.grid.resolution
        # A ray may cross a dense cell beside what is dense in it: only several such cells in a row hide what follows.
        most = config.hidden / (_HIDING * cell)
        self.grid.update(lambda points: self.density(points).clamp(max=most), generator, everywhere, config.empty)

    def draw(self, camera: Camera) -> Picture:
        """What a camera of the normalized frame sees."""
        return draw(self, self.sample, camera, self.device)

    def arrays(self) -> dict[str, np.ndarray]:
        """Config, parameters and grid."""
        state = {name: value.detach().cpu().numpy() for name, value in self.state_dict().items()}
        grid = {_GRID + name: value for name, value in self.grid.arrays().items()}
        return {"config": to_array(self.config), **state, **grid}

    def load(self, arrays: Mapping[str, np.ndarray]) -> "MarchedField":
        """The parameters of `arrays`; returns the field itself."""
        state = {name: torch.from_numpy(arrays[name]) for name in self.state_dict()}
        self.load_state_dict(state)
        return self


def grid_of(arrays: Mapping[str, np.ndarray], device: torch.device) -> OccupancyGrid:
    """The occupancy grid among a field's arrays."""
    own = {name.removeprefix(_GRID): value for name, value in arrays.items() if name.startswith(_GRID)}
    return OccupancyGrid.from_arrays(own, device)
