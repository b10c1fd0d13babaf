"""How a tongue comes out between parted lips, of any head model. Meters, +Z up, the face to -Y."""

import numpy as np

PARTING = 0.45  # how far the jaw opens for it: share of jawOpen
OUT = 0.020  # how far before the lips' seam its tip comes
# Where it then lies, from the seam's middle: y, height of its middle, half its thickness at most. From the root over
# the lower teeth, between the lips, and down before the lower one.
_PATH = np.array([
    (-0.022, -0.0290, 0.0012), (-0.018, -0.0230, 0.0024), (-0.012, -0.0168, 0.0030), (-0.006, -0.0124, 0.0034),
    (0.001, -0.0096, 0.0036), (0.012, -0.0072, 0.0036), (0.024, -0.0100, 0.0060), (0.040, -0.0142, 0.0080),
    (0.055, -0.0140, 0.0090),
])  # fmt: skip
_ROOT = 0.25  # of the tongue's length, over which the jaw's movement gives way to the tongue's own
_NARROWER = 0.28  # share of its width that the tip loses
_SLICES = 12


def protruded(points: np.ndarray, along: np.ndarray, carried: np.ndarray, seam: np.ndarray) -> np.ndarray:
    """Displacements (M, 3) that lengthen, flatten and bend a tongue along a path; its root follows the jaw.

    points   (M, 3) at rest; along (M,) 0 at the root, 1 at the tip
    carried  (M, 3) what the jaw, opened by PARTING, would do to them; seam (3,): the middle of the closed lips
    """
    x, y, z = points.T
    reach = y[along.argmax()] - seam[1] + OUT
    there = y - reach * along**1.4
    height, half = (np.interp(there - seam[1], *_PATH[:, [0, column]].T) for column in (1, 2))
    middle, thick = _slices(y, z)
    flat = np.minimum(half / np.maximum(thick, 1e-6), 1.0)
    own = np.stack([x * (1 - _NARROWER * along**2), there, seam[2] + height + (z - middle) * flat], -1) - points
    share = np.clip(along / _ROOT, 0, 1)[:, None]
    return share * own + (1 - share) * carried


def _slices(y: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Height of the middle and half the thickness (M,) of a tongue's cross-section at each of its points."""
    edges = np.linspace(y.min(), y.max() + 1e-9, _SLICES + 1)
    number = np.searchsorted(edges, y, side="right") - 1
    filled = np.unique(number)
    low, high = (np.array([end(z[number == k]) for k in filled]) for end in (np.min, np.max))
    at = np.array([y[number == k].mean() for k in filled])
    return np.interp(y, at, (low + high) / 2), np.interp(y, at, (high - low) / 2)
