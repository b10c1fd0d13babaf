"""Values over time made smooth without delay: penalized least squares (Whittaker 1923; Eilers 2003, eq. 2)."""

import numpy as np
from scipy.linalg import solveh_banded

_GAP = 0.02  # weight of a value that was put into a gap


def bridged(values: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """values (N, K), those of frames that were not seen (N,) put between their neighbors; the ends are held."""
    frames = np.arange(len(values))
    return np.stack([np.interp(frames, frames[seen], column[seen]) for column in values.T], 1)


def smoothed(values: np.ndarray, seen: np.ndarray, fps: float, cutoff: float) -> np.ndarray:
    """values (N, K) at N frames -> the same, halved in what is faster than `cutoff` Hz; gaps are bridged.

    Minimizes sum w (x - y)^2 + s sum (second difference of x)^2, whose response at frequency f is
    1 / (1 + s (2 sin(pi f / fps))^4): one half at the cutoff.
    """
    values = bridged(values, seen)
    count = len(values)
    if count < 3:
        return values
    strength = (2 * np.sin(np.pi * min(cutoff / fps, 0.5))) ** -4
    weight = np.where(seen, 1.0, _GAP)
    second = np.zeros((3, count))  # upper bands of D^T D, D the second difference
    taps = (1.0, -2.0, 1.0)
    for i, a in enumerate(taps):
        for j, b in enumerate(taps[i:], i):
            second[2 - (j - i), j : j + count - 2] += a * b
    bands = strength * second
    bands[2] += weight
    return solveh_banded(bands, weight[:, None] * values)
