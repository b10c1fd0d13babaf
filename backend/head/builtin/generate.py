"""Writes mean.npz: python -m backend.head.builtin.generate. Takes a quarter of a minute.

left  (V_half, 3) float32 centimeters: the mean's left half, by placement.place

Where the detector sees its points on it is measured afterwards, by benchmarks/landmark_table.py.
"""

import numpy as np

from . import assemble
from .layout import half_layout
from .placement import place


def main() -> None:
    """Place the vertices and store them."""
    np.savez_compressed(assemble.MEAN, left=place(half_layout()).astype(np.float32))


if __name__ == "__main__":
    main()
