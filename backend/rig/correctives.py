"""Pairs of keys whose sum is not what a face does with both: what has to come to it."""

import numpy as np

from ..head.model import HeadModel
from ..scene.head import EYEBALL
from ..scene.rig import ARKIT
from .teacher import Teacher

PAIRS = (
    *((f"eyeBlink{side}", other + side) for side in ("Left", "Right") for other in (
        "eyeLookDown", "eyeLookUp", "eyeSquint")),
    *(("jawOpen", other) for other in (
        "mouthClose", "mouthFunnel", "mouthPucker", "mouthSmileLeft", "mouthSmileRight", "mouthRollLower",
        "mouthShrugLower")),
)  # fmt: skip
_NOTICED = 0.0003  # meters: what a pair departs from the sum by less than this needs no key of its own


def correctives_of(model: HeadModel) -> dict[str, np.ndarray]:
    """ "a+b" -> (V, 3) float32 meters in the model's frame: with both at 1, on its mean head."""
    teacher, found = Teacher.of(model), {}
    for pair in PAIRS:
        both = np.zeros((1, len(ARKIT)))
        both[0, [ARKIT.index(name) for name in pair]] = 1
        move = teacher.beyond(both, np.zeros((1, 12)))[0]
        move[model.region == EYEBALL] = 0
        if np.linalg.norm(move, axis=1).max(initial=0) > _NOTICED:
            found["+".join(pair)] = move.astype(np.float32)
    return found
