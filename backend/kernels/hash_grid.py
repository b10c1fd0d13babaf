"""Multiresolution hash encoding (Müller et al. 2022, section 3), with hand-written gradients to table and points.

Glossary: N points, L levels, F features of an entry, E entries of the table, which holds one level after the other.
"""

from functools import partial
from typing import NamedTuple

import torch
import warp as wp
from torch.autograd.function import once_differentiable

from .hash_corners import kernels
from .hash_levels import Levels, lattices
from .warp_runtime import CPU_THREADS, contiguous, launch, load, side_by_side, wrap

_FEW_POINTS = 2048  # on the CPU: fewer are not worth a second thread
_FEATURES = (1, 2, 4, 8)  # an entry may have


class Shares(NamedTuple):
    """The work, cut: points into `blocks` of `block`, levels into `stride` groups of every stride-th one.

    Within a share all points of a level come before the next level: then a large table's levels pass the CPU's cache
    one by one (measured with 2^19 entries: 30 ns a point and level; with 4,096 points at a time 50 ns).
    """

    blocks: int
    block: int
    stride: int


def _by_points(points: torch.Tensor, active: int) -> Shares:
    """For outputs that each point has of its own."""
    if points.is_cuda:
        return Shares(len(points), 1, active)
    threads = CPU_THREADS if len(points) >= _FEW_POINTS else 1
    return Shares(threads, -(-len(points) // threads), 1)


def _by_levels(points: torch.Tensor, active: int) -> Shares:
    """For outputs that each level has of its own: threads on the CPU never meet, so sums keep their order."""
    if points.is_cuda:
        return Shares(len(points), 1, active)
    return Shares(1, len(points), min(active, CPU_THREADS if len(points) >= _FEW_POINTS else 1))


class _Encode(torch.autograd.Function):
    @staticmethod
    def forward(ctx, points, table, levels, active):
        blank = torch.empty if active == levels.count else torch.zeros
        features = blank((len(points), levels.count * table.shape[1]), device=points.device)
        _run("blend", points, levels, features, table, None, active, _by_points(points, active))
        ctx.save_for_backward(points, table)
        ctx.levels, ctx.active = levels, active
        return features

    @staticmethod
    @once_differentiable
    def backward(ctx, upstream):
        points, table = ctx.saved_tensors
        levels, active, upstream = ctx.levels, ctx.active, upstream.contiguous()
        point_gradient = table_gradient = None
        if ctx.needs_input_grad[0]:
            point_gradient = torch.zeros_like(points)
            shares = _by_points(points, 1)  # a point's levels all add to one gradient: on CUDA too by one thread
            _run("slope", points, levels, upstream, table, point_gradient, active, shares)
            point_gradient.masked_fill_((points < 0) | (points > 1), 0)
        if ctx.needs_input_grad[1]:
            table_gradient = torch.zeros_like(table)
            _run("scatter", points, levels, upstream, table_gradient, None, active, _by_levels(points, active))
        return point_gradient, table_gradient, None, None


def _run(visit, points, levels, features, table, point_gradient, active, shares: Shares) -> None:
    """Call `visit` of hash_corners for every point and active level."""
    device, known = points.device, kernels(table.shape[1])
    kernel, features = getattr(known, visit), features.view(-1, table.shape[1])
    inputs = [wrap(points, wp.vec3), lattices(levels, device), wrap(features, known.Entry), wrap(table, known.Entry)]
    inputs += [None if point_gradient is None else wrap(point_gradient, wp.vec3), active, *shares]
    number = shares.blocks * shares.stride
    if device.type == "cuda":
        launch(kernel, number, [*inputs, 0], device)
    else:
        load(kernel, device)
        side_by_side(device, [partial(launch, kernel, 1, [*inputs, first], device) for first in range(number)])


def encode(points: torch.Tensor, table: torch.Tensor, levels: Levels, active: int | None = None) -> torch.Tensor:
    """points (N, 3) in [0, 1] (clamped to it), table (E, F) -> (N, L * F), a level's features side by side; float32.

    Only the first `active` levels are computed, and get gradients; the others' features are zero. Gradients go to the
    table and, where they require one, to the points; there are no second derivatives.
    """
    points = contiguous(points, torch.float32, "points", 3)
    if table.dim() != 2 or table.shape[0] != levels.firsts[-1] or table.shape[1] not in _FEATURES:
        raise ValueError(f"table must have shape ({levels.firsts[-1]}, 1, 2, 4 or 8), not {tuple(table.shape)}")
    active = levels.count if active is None else active
    if not 0 <= active <= levels.count:
        raise ValueError(f"0 to {levels.count} levels can be active, not {active}")
    return _Encode.apply(points, contiguous(table, torch.float32, "table"), levels, active)
