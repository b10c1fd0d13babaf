"""Positions and directions as sines and cosines of rising frequency, so that a small network can tell neighbors apart.

(Mildenhall et al. 2020, "NeRF", eq. 4; Tancik et al. 2020 say why networks need it.)
"""

import math

import torch


def encode(values: torch.Tensor, octaves: int) -> torch.Tensor:
    """values (..., C) in [-1, 1] -> (..., C + 2 C octaves): the values, then of each octave k the sines and the
    cosines of 2^k pi times the values."""
    frequencies = math.pi * 2.0 ** torch.arange(octaves, device=values.device, dtype=values.dtype)
    phases = values[..., None, :] * frequencies[:, None]
    waves = torch.stack([torch.sin(phases), torch.cos(phases)], -2)
    return torch.cat([values, waves.flatten(-3)], -1)


def encoded_width(channels: int, octaves: int) -> int:
    """Numbers that `encode` makes of `channels`."""
    return channels * (1 + 2 * octaves)
