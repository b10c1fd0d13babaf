"""Expressions that draw the mouth's corners, or the whole mouth aside."""

import numpy as np

from .expression_flesh import Flesh
from .fields import ramp

AXIS = 5.9  # centimeters behind the seam: about there the lips turn when they slide along the arch of the teeth
ASIDE = np.radians(18)


def smile(f: Flesh) -> np.ndarray:
    """The zygomatic muscle draws the corner out, back and up; the cheek rises before it."""
    return (f.pull("corner", (1.3, 1.7, 1.3), (0.52, 0.86, 0.82))
            + f.pull("cheek", (1.9, 2.2, 2.2), (0.50, -0.10, 0.60), (-0.1, 0, -0.8))
            + f.pull("cheekbone", (1.3, 1.6, 1.2), (0.0, -0.16, 0.22), (-0.4, 0, -0.8)))  # fmt: skip


def frown(f: Flesh) -> np.ndarray:
    """The depressor draws the corner down; the chin wrinkles."""
    return (f.pull("corner", (1.2, 1.4, 1.2), (0.18, 0.10, -0.68), (0.3, 0, -0.2))
            + f.pull("chin side", (1.3, 1.4, 1.0), (0, -0.14, 0.08), (0.6, 0, 0.4)))  # fmt: skip


def dimple(f: Flesh) -> np.ndarray:
    """The buccinator draws the corner back against the teeth; the skin about it bulges."""
    return (f.pull("corner", (0.8, 1.2, 0.9), (0.0, 1.0, 0.26))
            + f.pull("corner", (1.2, 1.5, 1.1), (0.12, -0.06, 0.56), (0.0, 0, -1.4))
            + f.pull("fold", (1.2, 1.5, 1.2), (0.18, -0.56, 0), (1.0, 0, -0.2)))  # fmt: skip


def stretch(f: Flesh) -> np.ndarray:
    """The risorius and the platysma draw the corner out and back, and a little down."""
    return (f.pull("corner", (1.2, 1.5, 1.1), (0.46, 0.68, -0.30))
            + f.pull("cheek", (1.9, 2.3, 2.1), (0.38, -0.08, 0.06), (0, 0, -1.2)))  # fmt: skip


def sideways(f: Flesh, way: float) -> np.ndarray:
    """The whole mouth slides along the arch of the teeth to the left (way 1) or the right (-1), wings and cheeks after
    it; the corner that leads is drawn up."""
    x, y = f.points[:, 0], f.points[:, 1] - f.marks["seam"][1] - AXIS
    share = f.near("seam", (3.2, 3.4, 2.2)) * (1 + 0.2 * ramp(-way * x, 0.0, 2.4) - 0.35 * ramp(way * x, 0.6, 2.6))
    up = 0.45 * ramp(way * x, 0.8, 2.6) * f.near("seam", (2.4, 2.2, 1.5))
    return np.stack([-way * np.sin(ASIDE) * share * y, way * np.sin(ASIDE) * share * x, up], -1)
