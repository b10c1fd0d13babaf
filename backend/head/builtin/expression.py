"""Expressions under their ARKit names, as displacements of the mean at coefficient 1. Centimeters.

Each is authored on the left half. One-sided expressions are a symmetric field times a mask that crosses over within a
centimeter of the middle, so that left plus right is the symmetric field again. What goes sideways is authored twice, as
seen from the side that it goes to and from the other one.
"""

from collections.abc import Callable

import numpy as np

from ...scene.rig import ARKIT
from . import expression_brows as brows
from . import expression_inside as inside
from . import expression_jaw as jaw
from . import expression_lids as lids
from . import expression_lips as lips
from . import expression_mouth as mouth
from .expression_flesh import Flesh
from .fields import FLIP, ramp
from .layout import Half
from .mouth import MouthParts

Field = Callable[[Flesh], np.ndarray]
SYMMETRIC: dict[str, Field] = {
    "jawForward": jaw.jaw_forward, "jawOpen": jaw.jaw_open, "mouthClose": jaw.mouth_close,
    "mouthFunnel": lips.funnel, "mouthPucker": lips.pucker, "mouthRollLower": lips.roll_lower,
    "mouthRollUpper": lips.roll_upper, "mouthShrugLower": lips.shrug_lower, "mouthShrugUpper": lips.shrug_upper,
    "browInnerUp": brows.brow_inner_up, "cheekPuff": brows.cheek_puff, "tongueOut": inside.tongue_out,
}  # fmt: skip
SIDED: dict[str, Field] = {
    "eyeBlink": lids.blink, "eyeLookDown": lids.look_down, "eyeLookIn": lids.look_in, "eyeLookOut": lids.look_out,
    "eyeLookUp": lids.look_up, "eyeSquint": lids.squint, "eyeWide": lids.wide,
    "mouthSmile": mouth.smile, "mouthFrown": mouth.frown, "mouthDimple": mouth.dimple, "mouthStretch": mouth.stretch,
    "mouthPress": lips.press, "mouthLowerDown": lips.lower_down, "mouthUpperUp": lips.upper_up,
    "browDown": brows.brow_down, "browOuterUp": brows.brow_outer_up, "cheekSquint": brows.cheek_squint,
    "noseSneer": brows.nose_sneer,
}  # fmt: skip
SIDEWAYS: dict[str, Callable[[Flesh, float], np.ndarray]] = {"jaw": jaw.jaw_sideways, "mouth": mouth.sideways}
MIDLINE = 1.0  # centimeters on either side within which the left and the right of an expression cross over


def displacements(half: Half, points: np.ndarray, parts: MouthParts) -> tuple[np.ndarray, np.ndarray]:
    """points (V, 3) of the left half -> for each of ARKIT displacements (52, S, 3) of the whole skin, and (52, N, 3) of
    what the mouth holds, in the order of `parts.whole`."""
    f = Flesh(half, points)
    halves = {name: (make(f),) * 2 for name, make in SYMMETRIC.items()}
    left = ramp(points[:, 0], -MIDLINE, MIDLINE)[:, None]
    for name, make in SIDED.items():
        moved = make(f)
        halves[name + "Left"] = moved * left, moved * (1 - left)
        halves[name + "Right"] = halves[name + "Left"][::-1]
    for name, turn in SIDEWAYS.items():
        halves[name + "Left"] = turn(f, 1.0), turn(f, -1.0)
        halves[name + "Right"] = halves[name + "Left"][::-1]
    still = (np.zeros_like(parts.points),) * 2
    held = [inside.parts_moved(parts, f.marks["seam"], name) or still for name in ARKIT]
    return (np.stack([joined(half.middle, *halves[name]) for name in ARKIT]),
            np.stack([joined(parts.middle, *sides) for sides in held]))  # fmt: skip


def joined(middle: np.ndarray, near: np.ndarray, far: np.ndarray) -> np.ndarray:
    """Displacements (V, 3) of the left half, and of the right half mirrored to the left -> (S, 3) of both; middle (V,)
    bool: on the plane of symmetry."""
    left = np.where(middle[:, None], (near + far * FLIP) / 2, near)
    return np.concatenate([left, far[~middle] * FLIP])
