"""tongueOut for ICT-FaceKit, whose expressions lack it: its tongue comes out over a jaw that its own shapes open."""

import numpy as np

from ..tongue import PARTING, protruded
from .ict_regions import SEAM

# The tongue is the last of the kit's gums and tongue, as far as its texture's island goes; its root is shared with the
# floor of the mouth.
TONGUE = slice(16611, 17039)
_ROOT = -0.048  # meters: y of what does not come out
# Shares of the kit's shapes that make room, under Apple's names.
_ROOM = {
    "jawOpen": PARTING, "mouthLowerDownLeft": 0.25, "mouthLowerDownRight": 0.25,
    "mouthUpperUpLeft": 0.15, "mouthUpperUpRight": 0.15,
}  # fmt: skip


def tongue_out(mean: np.ndarray, expressions: dict[str, np.ndarray]) -> np.ndarray:
    """mean (V, 3) and the kit's expressions (V, 3) by Apple's names, meters -> displacements (V, 3)."""
    moved = sum(share * expressions[name] for name, share in _ROOM.items())
    points = mean[TONGUE].astype(float)
    along = np.clip((_ROOT - points[:, 1]) / (_ROOT - points[:, 1].min()), 0, 1)
    moved[TONGUE] = protruded(points, along, moved[TONGUE], mean[list(SEAM)].mean(0))
    return moved.astype(np.float32)
