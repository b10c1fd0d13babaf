"""Trainable features of positions, kept in a multiresolution hash table (Müller et al. 2022)."""

import math
from dataclasses import dataclass

import torch
from torch import nn

from ..kernels.hash_grid import Levels, encode

_AT_FIRST = 1e-4  # the largest magnitude of an untrained entry


@dataclass(frozen=True)
class HashEncodingConfig:
    levels: int = 8
    features: int = 4  # of each level: 1, 2, 4 or 8
    log2_entries: int = 16  # of one level at most, as a power of two
    base: float = 16.0  # cells along the whole extent, coarsest level
    finest: float = 512.0  # and finest level
    smooth: bool = False  # whether the features' slope is continuous, as a signed distance needs it


class HashEncoding(nn.Module):
    """Features of the positions in [-extent, extent]³ of the normalized frame.

    `active_levels` may be set between steps to train from coarse to fine (Li et al. 2023): levels beyond it are not
    computed and give zeros; the fraction of a number like 4.3 fades the fifth level in.
    """

    def __init__(self, config: HashEncodingConfig, extent: float):
        super().__init__()
        self.config, self.extent = config, extent
        self.lattices = Levels(config.levels, 1 << config.log2_entries, config.base, config.finest, config.smooth)
        table = torch.empty(self.lattices.firsts[-1], config.features)
        self.table = nn.Parameter(table.uniform_(-_AT_FIRST, _AT_FIRST))
        self.active_levels: float = config.levels

    @property
    def width(self) -> int:
        """Features of a point."""
        return self.config.levels * self.config.features

    def cell(self, level: int) -> float:
        """The edge of a level's cells in the normalized frame."""
        return 2 * self.extent / self.lattices.scales[level]

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        """points (N, 3), clamped to the extent -> (N, width), coarsest level first."""
        active = math.ceil(self.active_levels)
        features = encode(points * (0.5 / self.extent) + 0.5, self.table, self.lattices, active)
        share = self.active_levels - active + 1  # of the last active level
        if active == 0 or share == 1:
            return features
        fade = torch.ones(self.width, device=features.device)
        fade[(active - 1) * self.config.features : active * self.config.features] = share
        return features * fade
