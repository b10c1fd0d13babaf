"""Which Gaussians fall on which tile of the picture, from front to back."""

from dataclasses import dataclass

import torch

from .splat_project import Eye, launch_parts, list_tiles_kernel
from .warp_runtime import wrap


@dataclass(frozen=True)
class Bins:
    """Pairs of a tile and a Gaussian that falls on it: P pairs of the M Gaussians that are seen; all int32.

    order   (M,) Gaussians from front to back
    starts  (M + 1,) the k-th from the front has the pairs number starts[k] to starts[k + 1] - 1
    pairs   (P,) numbers of the pairs sorted by tile, and from front to back within a tile
    splats  (P,) their Gaussians
    ranges  (tiles + 1,) tile t has pairs[ranges[t]] to pairs[ranges[t + 1] - 1]
    """

    order: torch.Tensor
    starts: torch.Tensor
    pairs: torch.Tensor
    splats: torch.Tensor
    ranges: torch.Tensor


def sort_into_tiles(eye: Eye, table: torch.Tensor, tiles: torch.Tensor) -> Bins:
    """table (N, 12) of projected Gaussians, tiles (N,) int32 on how many each falls -> the pairs."""
    device = table.device
    seen = torch.nonzero(tiles).squeeze(1)
    order = seen[torch.sort(table[seen, 9], stable=True).indices]
    starts = torch.zeros(len(order) + 1, dtype=torch.int32, device=device)
    torch.cumsum(tiles[order], 0, dtype=torch.int32, out=starts[1:])
    count, order = int(starts[-1]), order.int()
    pair_tiles, pair_splats = torch.empty((2, count), dtype=torch.int32, device=device)
    inputs = [eye, wrap(table), wrap(order), wrap(starts), wrap(pair_tiles), wrap(pair_splats)]
    launch_parts(list_tiles_kernel, len(order), inputs, device)
    by_tile, pairs = torch.sort(pair_tiles, stable=True)
    grid = -(-eye.size[0] // eye.tile) * -(-eye.size[1] // eye.tile)
    ranges = torch.searchsorted(by_tile, torch.arange(grid + 1, dtype=torch.int32, device=device), out_int32=True)
    return Bins(order, starts, pairs.int(), pair_splats[pairs], ranges)
