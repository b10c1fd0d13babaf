"""The tongue: arches from its root to its tip, which a cap closes. Centimeters, the left half."""

import numpy as np

from .blocks import spread_half
from .layout import Opening, block_quads, fill_cap, ring_quads
from .solids import curve

# from the root to the tip: y, height of the upper face and of the lower one, half the width
PROFILE = [(-5.3, -5.47, -6.87, 1.30), (-6.0, -5.19, -6.77, 1.62), (-6.8, -5.17, -6.67, 1.70),
           (-7.5, -5.27, -6.47, 1.52), (-8.0, -5.39, -6.22, 1.22), (-8.32, -5.53, -6.03, 0.80)]  # fmt: skip
TIP = -0.16  # how far the cap's middle lies before the last arch
ARCHES, HALF = 11, Opening(0, 2, 0, 4, 0, 0)
GROOVE = 0.10  # depth of the furrow along the middle


def layout() -> tuple[np.ndarray, np.ndarray]:
    """The arches (ARCHES, 9), each from the lower middle to the upper one, the root first; the cap (5, 3)."""
    count = 2 * HALF.wide + HALF.tall + 1
    rings = np.arange(ARCHES * count).reshape(ARCHES, count)
    return rings, fill_cap(rings[-1], HALF, False, rings.size)


def build() -> tuple[np.ndarray, np.ndarray]:
    """Quads (P, 4) and points (V, 3)."""
    rings, cap = layout()
    turn = np.linspace(-np.pi / 2, np.pi / 2, rings.shape[1])
    side, up = np.cos(turn) ** 0.8, np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.9
    points = np.zeros((cap.max() + 1, 3))
    for ring, (y, high, low, wide) in zip(rings, curve(PROFILE, ARCHES), strict=True):
        z = (high + low) / 2 + (high - low) / 2 * up - GROOVE * np.exp(-((side * wide / 0.3) ** 2)) * (turn > 0)
        points[ring] = np.stack([wide * side, np.full(len(turn), y), z], 1)
    points[rings[:, [0, -1]], 0] = 0.0
    block = spread_half(points[rings[-1]], HALF.wide, HALF.tall)
    points[cap[1:-1, :-1]] = block[1:-1, :-1] + np.array([0, TIP, 0])
    return np.concatenate([ring_quads(rings, False), block_quads(cap)]), points
