"""The peer: a hash-grid NeRF in plain PyTorch, as someone without a GPU would write it after reading the paper.

(Müller et al. 2022, "Instant Neural Graphics Primitives".) One photo a step, all of its pixels; 32 stratified samples
a ray between where it enters and leaves the subject's box (rays that miss the box are white and cost nothing); the
encoding in torch alone; Adam on the mean squared error over white; all of torch's threads. It gets the same masks,
and the box, for nothing. It imports nothing of the project but the vocabulary: it is what the project is measured by.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from backend.scene import Camera, View

_PRIMES = (1, 2654435761, 805459861)
_CORNERS = torch.tensor(list(itertools.product((0, 1), repeat=3)))  # (8, 3)


@dataclass(frozen=True)
class PeerConfig:
    """Sizes and rates."""

    levels: int = 16
    features: int = 2  # of each entry
    entries: int = 2**16  # of each level
    base: int = 16  # cells along the box at the coarsest level
    finest: int = 512  # cells along the box at the finest level
    width: int = 64  # hidden units
    latent: int = 15  # that the density network hands to the color network
    samples: int = 32  # on each ray
    rate: float = 1e-2


@dataclass(frozen=True)
class Box:
    """Where the subject is: corners (3,), in the cameras' frame."""

    low: torch.Tensor
    high: torch.Tensor

    def meet(self, origins: torch.Tensor, directions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """origins, directions (R, 3) -> distances (R,) at which rays enter and leave; near >= far: they miss it."""
        safe = torch.where(directions.abs() < 1e-9, torch.full_like(directions, 1e-9), directions)
        first, second = (self.low - origins) / safe, (self.high - origins) / safe
        near = torch.minimum(first, second).amax(1).clamp(min=0.0)
        return near, torch.maximum(first, second).amin(1)


class HashEncoding(nn.Module):
    """Features of points in the unit cube: a table for each level, interpolated between the corners of a cell."""

    def __init__(self, config: PeerConfig):
        super().__init__()
        growth = (config.finest / config.base) ** (1 / max(config.levels - 1, 1))
        self.resolutions = [math.floor(config.base * growth**level + 1e-6) for level in range(config.levels)]
        self.entries = config.entries
        rows = [min((resolution + 1) ** 3, config.entries) for resolution in self.resolutions]
        self.tables = nn.ParameterList([torch.empty(count, config.features).uniform_(-1e-4, 1e-4) for count in rows])

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        """points (N, 3) in [0, 1] -> (N, levels * features)."""
        levels = zip(self.resolutions, self.tables, strict=True)
        return torch.cat([self._level(points, resolution, table) for resolution, table in levels], 1)

    def _level(self, points: torch.Tensor, resolution: int, table: torch.Tensor) -> torch.Tensor:
        scaled = points * resolution
        cell = scaled.floor().clamp(0, resolution - 1)
        inside = (scaled - cell)[:, None]
        weights = torch.where(_CORNERS.bool(), inside, 1 - inside).prod(2)
        rows = self.index(cell.long()[:, None] + _CORNERS, resolution)
        return (weights[..., None] * table[rows]).sum(1)

    def index(self, corners: torch.Tensor, resolution: int) -> torch.Tensor:
        """corners (..., 3) int64 -> rows (...,): one for each while they fit in, else the paper's hash."""
        x, y, z = corners.unbind(-1)
        side = resolution + 1
        if side**3 <= self.entries:
            return x + side * (y + side * z)
        return (x * _PRIMES[0] ^ y * _PRIMES[1] ^ z * _PRIMES[2]) % self.entries


class PeerField(nn.Module):
    """Encoding, a network for the density and one for the color."""

    def __init__(self, config: PeerConfig):
        super().__init__()
        width = config.width
        self.encoding = HashEncoding(config)
        self.body = nn.Sequential(
            nn.Linear(config.levels * config.features, width), nn.ReLU(), nn.Linear(width, 1 + config.latent)
        )
        self.color = nn.Sequential(
            nn.Linear(config.latent + 16, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 3)
        )

    def forward(self, points: torch.Tensor, directions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """points (N, 3) in the unit cube, unit directions (N, 3) -> density (N,), color (N, 3)."""
        hidden = self.body(self.encoding(points))
        color = self.color(torch.cat([hidden[:, 1:], spherical_harmonics(directions)], 1))
        return torch.exp(hidden[:, 0].clamp(max=15.0)), torch.sigmoid(color)


def spherical_harmonics(directions: torch.Tensor) -> torch.Tensor:
    """Unit directions (N, 3) -> the real harmonics of the degrees 0 to 3 (N, 16)."""
    x, y, z = directions.unbind(1)
    xx, yy, zz = x * x, y * y, z * z
    pi = math.pi
    second, third = math.sqrt(15 / pi) / 2, math.sqrt(7 / pi) / 4
    return torch.stack([
        torch.full_like(x, 0.5 / math.sqrt(pi)),
        *(math.sqrt(3 / (4 * pi)) * axis for axis in (y, z, x)),
        second * x * y, second * y * z, second * (3 * zz - 1) / (2 * math.sqrt(3)), second * x * z,
        second * (xx - yy) / 2,
        math.sqrt(35 / (2 * pi)) / 4 * y * (3 * xx - yy), math.sqrt(105 / pi) / 2 * x * y * z,
        math.sqrt(21 / (2 * pi)) / 4 * y * (5 * zz - 1), third * z * (5 * zz - 3),
        math.sqrt(21 / (2 * pi)) / 4 * x * (5 * zz - 1), math.sqrt(105 / pi) / 4 * z * (xx - yy),
        math.sqrt(35 / (2 * pi)) / 4 * x * (xx - 3 * yy),
    ], 1)  # fmt: skip


class Peer:
    """The field with its photos: what is trained and drawn."""

    def __init__(self, box: Box, config: PeerConfig, seed: int):
        torch.manual_seed(seed)
        self.box, self.config = box, config
        self.field = PeerField(config)
        self.optimizer = torch.optim.Adam(self.field.parameters(), config.rate, (0.9, 0.99), 1e-15)

    def render(self, origins: torch.Tensor, directions: torch.Tensor, jitter: bool) -> torch.Tensor:
        """Rays (R, 3), (R, 3) -> colors (R, 3) over white."""
        near, far = self.box.meet(origins, directions)
        hit = far > near
        pixels = torch.ones_like(origins)
        pixels[hit] = self._collect(origins[hit], directions[hit], near[hit], far[hit], jitter)
        return pixels

    def _collect(self, origins, directions, near, far, jitter: bool) -> torch.Tensor:
        count, samples = len(origins), self.config.samples
        shift = torch.rand(count, samples) if jitter else 0.5
        step = (far - near)[:, None] / samples
        distances = near[:, None] + step * (torch.arange(samples) + shift)
        points = origins[:, None] + directions[:, None] * distances[..., None]
        unit = ((points - self.box.low) / (self.box.high - self.box.low)).clamp(0, 1)
        along = directions[:, None].expand(-1, samples, -1)
        density, color = self.field(unit.reshape(-1, 3), along.reshape(-1, 3))
        alpha = 1 - torch.exp(-density.view(count, samples) * step)
        passed = torch.cumprod(torch.cat([torch.ones(count, 1), 1 - alpha[:, :-1]], 1), 1)
        weights = alpha * passed
        shown = (weights[..., None] * color.view(count, samples, 3)).sum(1)
        return shown + 1 - weights.sum(1, keepdim=True)

    def step(self, origins: torch.Tensor, directions: torch.Tensor, colors: torch.Tensor) -> float:
        """One step on the pixels of a photo; returns the mean squared error."""
        self.optimizer.zero_grad()
        loss = ((self.render(origins, directions, True) - colors) ** 2).mean()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def draw(self, camera: Camera) -> np.ndarray:
        """What a camera sees, (H, W, 3) sRGB over white."""
        return self.render(*pixel_rays(camera), False).reshape(camera.height, camera.width, 3).numpy()


def pixel_rays(camera: Camera) -> tuple[torch.Tensor, torch.Tensor]:
    """Origins and unit directions (H * W, 3) of the rays through the middles of the pixels."""
    rows, columns = np.indices((camera.height, camera.width)) + 0.5
    directions = torch.from_numpy(camera.rays(np.stack([columns, rows], -1)).reshape(-1, 3).astype(np.float32))
    return torch.from_numpy(camera.position.astype(np.float32)).expand_as(directions).contiguous(), directions


def train_peer(
    photos: Sequence[View],
    box: Box,
    steps: int,
    after_step: Callable[[int, Peer], None],
    config: PeerConfig = PeerConfig(),
    seed: int = 0,
) -> Peer:
    """Train on photos that lie on white; one of them is drawn at random for each step."""
    pool = [(*pixel_rays(view.camera), torch.from_numpy(view.photo).reshape(-1, 3)) for view in photos]
    peer, order = Peer(box, config, seed), np.random.default_rng(seed)
    for step in range(1, steps + 1):
        peer.step(*pool[order.integers(len(pool))])
        after_step(step, peer)
    return peer
