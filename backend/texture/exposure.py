"""Per-image exposure: one gain per view and channel, so that all views agree on the surface's color.

log c[p, k] = log a[p] + log g[k]: points p with unknown color a, views k with unknown gain g. Iteratively
reweighted least squares with the points eliminated (Schur complement) leaves one small system per channel.
"""

import numpy as np

from .probe import Probe

PROBES = 6000  # surface points that are enough for a few hundred gains
_ROUNDS = 12
_SCALE = 0.1  # log units at which a sample's weight has halved
_PRIOR = 0.02  # weight of "no gain" beside the measurements, as a share of a view's own
_LOCKED = 0.06  # root mean square of log gains below which the exposures count as identical: highlights alone make 0.04


def measure_gains(probe: Probe) -> np.ndarray:
    """-> linear gains (K, 3) with geometric mean 1; exactly 1 where the exposures agree within what light does."""
    seen = probe.weights > 0
    usable = seen.sum(1) >= 2
    weights = np.sqrt(np.where(seen, probe.weights, 0.0))[usable].astype(np.float64)
    views = weights.shape[1]
    if len(weights) < 8 or views < 2:
        return np.ones((views, 3))
    logs = np.log(np.maximum(probe.colors[usable], 1e-6)).astype(np.float64)
    logs[weights == 0] = 0.0
    gains = np.stack([_log_gains(logs[..., channel], weights) for channel in range(3)], 1)
    if np.sqrt((gains**2).mean()) < _LOCKED:
        return np.ones((views, 3))
    return np.exp(gains)


def _log_gains(logs: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """logs and weights (N, K) of one channel -> log gains (K,) with mean 0."""
    gains = np.zeros(logs.shape[1])
    robust = weights
    for _ in range(_ROUNDS):
        mass = np.maximum(robust.sum(1), 1e-12)
        per_view = robust.sum(0)
        own = np.diag(per_view * (1 + _PRIOR) + 1e-6)
        system = own - robust.T @ (robust / mass[:, None]) + np.full_like(own, per_view.mean() / len(gains))
        right = (robust * logs).sum(0) - robust.T @ ((robust * logs).sum(1) / mass)
        gains = np.linalg.solve(system, right)
        gains -= gains.mean()
        points = (robust * (logs - gains)).sum(1) / mass
        residual = logs - gains - points[:, None]
        robust = weights / (1.0 + (residual / _SCALE) ** 2)
    return gains
