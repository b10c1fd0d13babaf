"""Mean and spread of a skin's color in Lab, deaf to the texels that are no skin."""

from dataclasses import dataclass

import numpy as np

FEWEST = 200  # samples below which a tone is not to be trusted
_ROUNDS = 8
_FAR = 3.0  # standard deviations; beyond lie lips, brows, cloth
_NARROWEST = 1.0  # Lab units: no texel nearer to the mean than _FAR times this is an outlier
# Skin of all people, in daylight and lamplight; generous, for they only have to keep cloth and gray hair out.
_CHROMA, _HUE, _LIGHTNESS = (6.0, 50.0), (15.0, 88.0), (12.0, 95.0)  # Lab units, degrees, Lab units


@dataclass(frozen=True)
class SkinTone:
    """mean (3,) and spread (3,), one standard deviation per channel, Lab units."""

    mean: np.ndarray
    spread: np.ndarray


def measure(lab: np.ndarray) -> SkinTone:
    """The tone of most of the samples (N, 3): mean and deviation without outliers, starting at the medians."""
    center = np.median(lab, axis=0)
    spread = 1.4826 * np.median(np.abs(lab - center), axis=0)  # of a normal distribution
    for _ in range(_ROUNDS):
        near = (np.abs(lab - center) <= _FAR * np.maximum(spread, _NARROWEST)).all(1)
        if not near.any():
            break
        center, spread = lab[near].mean(0), lab[near].std(0)
    return SkinTone(center, spread)


def may_be_skin(lab: np.ndarray) -> np.ndarray:
    """(N,) bool: which of the colors (N, 3) some skin has."""
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))
    return _within(chroma, _CHROMA) & _within(hue, _HUE) & _within(lab[:, 0], _LIGHTNESS)


def _within(values: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    return (values >= bounds[0]) & (values <= bounds[1])
