"""Writes mean.npz: python -m backend.head.builtin.generate. Needs mediapipe for the landmarks; takes a minute.

left                      (V_half, 3) float32 centimeters: the mean's left half, by placement.place
corners, weights, spread  the table of landmarks, by detection.table
"""

import numpy as np

from . import assemble, detection
from .layout import half_layout
from .placement import place


def main() -> None:
    """Place the vertices, build the head without landmarks, let the detector see it, store both."""
    left = place(half_layout()).astype(np.float32)
    blank = {"corners": np.zeros((478, 3), np.int32), "weights": np.tile(np.float32([1, 0, 0]), (478, 1)),
             "spread": np.full(478, np.inf, np.float32)}  # fmt: skip
    np.savez_compressed(assemble.MEAN, left=left, **blank)
    np.savez_compressed(assemble.MEAN, left=left, **detection.table(assemble.build()))


if __name__ == "__main__":
    main()
