"""Expressions of what the mouth holds: lower teeth and tongue follow the jaw, the tongue comes out. Centimeters."""

import numpy as np

from ..tongue import PARTING, protruded
from .expression_flesh import Flesh
from .expression_jaw import TURN, advanced, jaw_open, swung, turned
from .mouth import MouthParts

METER = 0.01  # meters in a centimeter


def tongue_out(f: Flesh) -> np.ndarray:
    """The jaw opens a little, the upper lip lifts a little, and the lower one comes to lie under the tongue."""
    lowered = f.lip(False, {1: (0, -0.10, 0), 4: (0, -0.20, 0.05), 7: (0, -0.15, 0), 10: (0, 0, 0)}, 2.4, 0.1)
    raised = f.lip(True, {1: (0, -0.03, 0.08), 4: (0, -0.06, 0.16), 7: (0, -0.04, 0.14), 10: (0, 0, 0)}, 2.4, 0.1)
    return PARTING * jaw_open(f) + lowered + raised


def parts_moved(parts: MouthParts, seam: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Displacements (M, 3) of the left half under a key, and of the right half mirrored to the left; None: they stay.

    seam: the middle of the lips' seam (3,)
    """
    carried = (parts.lower | parts.tongue)[:, None]
    match name:
        case "jawOpen":
            return (carried * turned(parts.points),) * 2
        case "jawForward":
            return (carried * advanced(parts.points),) * 2
        case "jawLeft" | "jawRight":
            sides = carried * swung(parts.points, 1.0), carried * swung(parts.points, -1.0)
            return sides if name == "jawLeft" else sides[::-1]
        case "tongueOut":
            moved, tongue = carried * turned(parts.points, PARTING * TURN), parts.tongue
            points, jaw = parts.points[tongue] * METER, moved[tongue] * METER
            moved[tongue] = protruded(points, parts.along[tongue], jaw, seam * METER) / METER
            return (moved,) * 2
    return None
