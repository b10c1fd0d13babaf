"""Where the trunk's units sit, first spread over all that moves, then where the network errs; and their weights."""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor

from .network import radial


@dataclass(frozen=True)
class UnitsConfig:
    """How a trunk is built."""

    count: int = 1800
    rounds: tuple[float, ...] = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)  # shares of the units; after each it is seen what lacks
    reach: float = 5.0  # radius in distances to the nearest units
    eagerness: float = 2.0  # power of the error that draws units; 1 spreads more evenly
    ridge: float = 1e-8  # of the mean square of a unit's values


def placed_units(points: np.ndarray, keys: np.ndarray, config: UnitsConfig) -> tuple[np.ndarray, np.ndarray]:
    """Points (N, 4) and displacements (N, K, 3) -> which points are centers (M,), and radii (M,) float32 meters.

    Every key counts by its own size, so that a blink gets as many units as it needs beside the jaw.
    """
    # Between its whole and its largest displacement: a blink counts beside the jaw, and the jaw stays smooth.
    size = (keys**2).sum((0, 2)) ** 0.35 * (keys**2).sum(2).max(0) ** 0.15
    size[size == 0] = 1
    flat = torch.from_numpy(keys.reshape(len(keys), -1))
    drawn = _spread(keys, size) + 0.1
    centers, nearest = np.empty(0, int), np.full(len(points), np.inf)
    for share in config.rounds:
        count = min(round(share * config.count), len(points))
        centers, nearest = _farthest(points, drawn, count, centers, nearest)
        radii = _radii(points[centers], config.reach)
        if share < 1:
            values = values_at(points, points[centers], radii)
            wrong = (flat - values @ weights_of(values, flat, config.ridge)).numpy().reshape(keys.shape)
            drawn = _spread(wrong, size) ** config.eagerness + 0.05
    return centers, radii


def values_at(points: np.ndarray, centers: np.ndarray, radii: np.ndarray) -> Tensor:
    """(N, M) as `radial`, from numpy."""
    return radial(*(torch.from_numpy(np.ascontiguousarray(array, np.float32)) for array in (points, centers, radii)))


def weights_of(values: Tensor, wanted: Tensor, ridge: float, trust: Tensor | None = None) -> Tensor:
    """Ridge regression: values (N, M), wanted (N, C), trust (N,) -> weights (M, C): values @ weights = wanted."""
    heavy = values if trust is None else values * trust[:, None]
    gram = (heavy.T @ values).double()
    gram.diagonal().add_(ridge * gram.diagonal().mean())
    return torch.cholesky_solve((heavy.T @ wanted).double(), torch.linalg.cholesky(gram)).float()


def _spread(moves: np.ndarray, size: np.ndarray) -> np.ndarray:
    """(N, K, 3) -> (N,): the largest share of any key, relative to the mean."""
    share = (np.sqrt((moves**2).sum(2)) / size).max(1)
    return share / max(share.mean(), 1e-12)


def _farthest(points, drawn, count: int, centers: np.ndarray, nearest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """More centers: always the point that is farthest from all so far, distances squared times `drawn` (N,)."""
    nearest, chosen = nearest.copy(), list(centers)
    while len(chosen) < count:
        best = int(np.argmax(drawn if not chosen else nearest * drawn))
        chosen.append(best)
        nearest = np.minimum(nearest, ((points - points[best]) ** 2).sum(1))
    return np.array(chosen), nearest


def _radii(centers: np.ndarray, reach: float) -> np.ndarray:
    """(M,) from the mean distance to the three nearest centers."""
    apart = cKDTree(centers).query(centers, k=4)[0][:, 1:]
    return (reach * np.maximum(apart.mean(1), 1e-4)).astype(np.float32)
