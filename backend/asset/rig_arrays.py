"""A rig as arrays of the checkpoint and a part of the report, and back. Runs inside Blender's Python too."""

from pathlib import Path

import numpy as np

from ..errors import UserError
from ..scene.rig import ARKIT, JOINTS, Joint, Rig
from . import layout

_PARENTS = {"neck": None, "head": "neck", "jaw": "head", "eyeLeft": "head", "eyeRight": "head"}


def arrays_of(rig: Rig) -> dict[str, np.ndarray]:
    """Names in the checkpoint -> arrays."""
    joints = {joint.name: joint for joint in rig.joints}
    if tuple(joints) != JOINTS:
        raise ValueError(f"a rig has the joints {JOINTS}, not {tuple(joints)}")
    keys = {layout.MORPHS + name: move.astype(np.float32) for name, move in rig.keys.items()}
    pairs = {layout.CORRECTIVES + name: move.astype(np.float32) for name, move in rig.correctives.items()}
    places = np.array([[joint.head, joint.tail] for joint in joints.values()], np.float32)
    return {
        **keys, **pairs, layout.RIG_JOINTS: places, layout.RIG_WEIGHTS: rig.weights.astype(np.float32),
        layout.RIG_REGION: rig.region.astype(np.uint8),
    }  # fmt: skip


def told_of(rig: Rig) -> dict:
    """What report.json tells of the photos' expressions."""
    return {"worn": dict(rig.worn), "photos": {name: dict(values) for name, values in rig.photos.items()}}


def is_of_rig(name: str) -> bool:
    """Whether an array of the checkpoint is one of `arrays_of`."""
    own = layout.RIG_JOINTS, layout.RIG_WEIGHTS, layout.RIG_REGION
    return name.startswith((layout.MORPHS, layout.CORRECTIVES)) or name in own


def rig_from(path: Path, arrays: dict[str, np.ndarray], report: dict, vertices: int) -> Rig | None:
    """The rig of a checkpoint's arrays; None where it has none. UserError where it does not fit the vertices."""
    if layout.RIG_JOINTS not in arrays:
        return None
    moves = _beginning_with(layout.MORPHS, arrays)
    if not set(moves) <= set(ARKIT):
        raise UserError(f"{path} is damaged (it has shape keys that nobody knows). Run the fit again.")
    keys = {name: moves[name] for name in ARKIT if name in moves}  # a checkpoint keeps no order
    correctives = _beginning_with(layout.CORRECTIVES, arrays)
    places, weights, region = (arrays.get(name) for name in (layout.RIG_JOINTS, layout.RIG_WEIGHTS, layout.RIG_REGION))
    moved = all(move.shape == (vertices, 3) for move in (*keys.values(), *correctives.values()))
    if not moved or weights is None or weights.shape != (vertices, len(JOINTS)) or region is None:
        raise UserError(f"{path} is damaged (its shape keys do not fit its vertices). Run the fit again.")
    joints = tuple(Joint(name, _PARENTS[name], *place) for name, place in zip(JOINTS, places, strict=True))
    told = report.get(layout.EXPRESSIONS_KEY) or {}
    return Rig(keys, correctives, joints, weights, region, told.get("photos", {}), told.get("worn", {}))


def _beginning_with(prefix: str, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): values for name, values in arrays.items() if name.startswith(prefix)}
