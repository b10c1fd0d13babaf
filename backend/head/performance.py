"""An expression as photos show it on one person: what the rig's network is tuned on."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Performance:
    """One expression that was held while one or more photos were taken, on the vertices of a fitted head model.

    name          the photos' tag, or the photo's name
    coefficients  (52,) float, in the order of scene.rig.ARKIT
    displacement  (V, 3) float32 meters in the model's frame: from the person's neutral to the person in the photos
    certainty     (V,) float32 in [0, 1]: how far the photos speak for it
    """

    name: str
    coefficients: np.ndarray
    displacement: np.ndarray
    certainty: np.ndarray
