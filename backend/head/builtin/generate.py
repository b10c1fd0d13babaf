"""Writes mean.npz: python -m backend.head.builtin.generate. Takes a quarter of a minute.

left     (V_half, 3) float32 centimeters: the authored head's left half, by placement.place
average  the same, brought to average proportions by averages.proportioned

Where the detector sees its points on it is measured afterwards, by benchmarks/landmark_table.py. The proportions rest
on the points measured before: the stored head on a table older than the one beside it, so that a new run comes back to
it by .16 mm in the median, and 2 mm at the worst.
"""

import numpy as np

from . import assemble, eye
from .averages import proportioned
from .layout import half_layout
from .placement import place


def main() -> None:
    """Place the vertices, bring them to average proportions, and store both."""
    left = place(half_layout())
    stored = {"left": left, "average": averaged(left)}
    np.savez_compressed(assemble.MEAN, **{name: points.astype(np.float32) for name, points in stored.items()})


def averaged(left: np.ndarray) -> np.ndarray:
    """left (V, 3) centimeters as it was authored -> with average proportions."""
    half, ball = half_layout(), eye.eyeball_positions(*eye.eyeball()[1:])
    mouth = assemble.mouth_parts().points
    whole = assemble.joined(half, left, ball, mouth).astype(float)
    middle = assemble.METER * ball.mean(0)
    eyes = np.stack([middle, middle * assemble.FLIP])
    return proportioned(whole, eyes, assemble.landmark_table())[: len(left)] / assemble.METER


if __name__ == "__main__":
    main()
