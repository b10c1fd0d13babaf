"""Where the neck of a head is, told by its outline: it is the narrow part below the widest part of the head."""

import numpy as np

_SLICES = 48
_FEW = 4  # vertices of a slice; with fewer its width is that of its neighbors
_BEGIN, _END = 0.05, 0.3  # the neck fades out over this share of the way from its own width to the head's


def neck_weights(vertices: np.ndarray) -> np.ndarray:
    """(V, 3) with +Z up, any unit -> (V,) float32: 1 on the neck and below it, 0 on the head, smooth between."""
    height = vertices[:, 2]
    low, high = float(height.min()), float(height.max())
    widths = _widths(vertices, low, high)
    widest = _SLICES // 2 + int(np.argmax(widths[_SLICES // 2 :]))  # shoulders may be wider than the head
    narrowest = int(np.argmin(widths[: widest + 1]))
    if widths[widest] <= widths[narrowest]:
        return np.zeros(len(vertices), np.float32)
    share = (widths - widths[narrowest]) / (widths[widest] - widths[narrowest])
    share[: narrowest + 1] = 0.0
    share[widest:] = 1.0
    share = np.maximum.accumulate(share)
    fade = np.clip((share - _BEGIN) / (_END - _BEGIN), 0, 1)
    weights = 1 - fade * fade * (3 - 2 * fade)
    middles = low + (np.arange(_SLICES) + 0.5) / _SLICES * (high - low)
    return np.interp(height, middles, weights).astype(np.float32)


def _widths(vertices: np.ndarray, low: float, high: float) -> np.ndarray:
    """(_SLICES,) mean of a slice's extent in x and y, from the lowest slice to the highest."""
    slices = np.clip(((vertices[:, 2] - low) / max(high - low, 1e-12) * _SLICES).astype(int), 0, _SLICES - 1)
    widths = np.full(_SLICES, np.nan)
    for number in range(_SLICES):
        inside = vertices[slices == number, :2]
        if len(inside) >= _FEW:
            widths[number] = np.ptp(inside, axis=0).mean()
    known = np.isfinite(widths)
    if not known.any():
        return np.zeros(_SLICES)
    return np.interp(np.arange(_SLICES), np.flatnonzero(known), widths[known])
