"""Expressions of brows, nose and cheeks."""

import numpy as np

from .expression_flesh import Flesh


def brow_inner_up(f: Flesh) -> np.ndarray:
    """The middle of the frontal muscle lifts the brows by the nose, most their heads."""
    return (f.pull("brow head", (0.95, 1.6, 1.0), (0, 0, 0.46), (0.5, 0, 0.2))
            + f.pull("brow arch", (1.3, 1.6, 1.2), (0, 0, 0.34), (-0.5, 0, 0.5)))  # fmt: skip


def brow_outer_up(f: Flesh) -> np.ndarray:
    """The frontal muscle's outer part lifts arch and tail of the brow, and with them the fold over the lid."""
    return (f.pull("brow arch", (1.3, 1.8, 1.0), (0, 0.08, 0.44), (0.5, 0, 0.3))
            + f.pull("brow tail", (1.2, 1.6, 1.0), (-0.04, 0.20, 0.54), (-0.1, 0, 0.3))
            + f.pull("forehead side", (1.6, 2.0, 1.4), (0, 0.05, 0.14)))  # fmt: skip


def brow_down(f: Flesh) -> np.ndarray:
    """The corrugator draws the brow to the middle and down, the forehead after it."""
    return (f.pull("brow head", (0.9, 1.6, 0.9), (-0.10, -0.08, -0.18))
            + f.pull("brow arch", (1.3, 1.8, 1.1), (-0.34, -0.20, -0.34), (0.2, 0, 0.3))
            + f.pull("brow tail", (1.2, 1.6, 1.2), (-0.16, -0.20, -0.08), (0, 0, 0.6)))  # fmt: skip


def cheek_squint(f: Flesh) -> np.ndarray:
    """The ring muscle's outer part heaps the cheek up under the eye."""
    return (f.pull("cheekbone", (2.0, 2.2, 2.0), (-0.02, -0.30, 0.68), (0.5, 0, -1.4))
            + f.pull("lower lid", (1.4, 1.0, 0.6), (-0.06, -0.04, 0.14), (0.4, 0, -0.5)))  # fmt: skip


def cheek_puff(f: Flesh) -> np.ndarray:
    """Air behind closed lips: the cheeks bulge, and the skin about the lips with them."""
    return (f.pull("cheek", (1.7, 2.4, 1.9), (0.44, -0.58, 0.16), (-0.2, 0, -1.6))
            + f.pull("corner", (1.2, 1.6, 1.6), (-0.10, -1.05, 0.05), (0.3, 0, 0))
            + f.pull("septum", (1.5, 1.4, 0.8), (0, -0.45, 0.10), (0, 0, -0.4))
            + f.pull("seam", (1.6, 1.4, 1.6), (0, -0.50, 0.05), (0, 0, -0.8)))  # fmt: skip


def nose_sneer(f: Flesh) -> np.ndarray:
    """The levator of lip and wing: the nose's flank wrinkles, wing, cheek and upper lip rise, the brow's head sinks."""
    upper = f.lips[1][:, None]
    return (f.pull("wing", (0.8, 1.2, 0.9), (0.04, 0.04, 0.46))
            + f.pull("fold", (1.4, 1.8, 1.7), (-0.10, -0.34, 0.82), (0.2, 0, 1.4))
            + upper * f.pull("upper lip", (1.3, 1.4, 0.8), (0, 0.0, 0.36), (1.2, 0, 0))
            + f.pull("corner", (1.4, 1.7, 1.4), (-0.10, -0.10, 0.48), (0.5, 0, 0.4))
            + f.pull("brow head", (0.8, 1.3, 0.8), (-0.07, -0.06, -0.30), (0.1, 0, -0.2)))  # fmt: skip
