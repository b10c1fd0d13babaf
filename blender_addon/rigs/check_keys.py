"""Checking the expression keys of a head as it is now, edits included: the checks that the fit itself runs."""

import bpy
import numpy as np
from mathutils import Matrix

from ..link import UserError, head, key_checks, rig
from ..results.rig_import import REGION
from ..translations.language import translated
from . import expressions, eyeballs, head_object, shape_keys

CHECKS = "likeness_checks"  # property of the mesh object: what the last check found, a text and `ok` in each row
EYES_APART = 0.063  # meters between the centers of an adult's eyes: the scale where a capture has its own unit


class LIKENESS_OT_check_keys(expressions.HeadOperator, bpy.types.Operator):
    """Check the expression keys of the selected head: whether lips seal, lids close, sides match and every key moves"""

    bl_idname = "likeness.check_keys"
    bl_label = "Check Expression Keys"

    def execute(self, context):
        built = head_object.head_of(context)
        try:
            rows = key_checks.as_rows(key_checks.check_keys(**parts_of(built)))
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}
        built[CHECKS] = shown(rows)
        failed = len(rows["failed"])
        self.report({"WARNING" if failed else "INFO"}, translated(f"{rows['figures']} checks, {failed} failed"))
        return {"FINISHED"}


def parts_of(built: bpy.types.Object) -> dict:
    """What key_checks.check_keys takes: the skin and the eyes at rest as one mesh, in the frame of the object."""
    if built.mode != "OBJECT":
        raise UserError(f"{built.name} is being edited. Leave edit mode first.")
    attribute = built.data.attributes.get(REGION)
    eyes = head_object.eyes_of(built)
    if attribute is None or len(eyes) != 2:
        raise UserError(f"{built.name} has lost its eyes, or its attribute {REGION!r}. Import its result again.")
    region = np.empty(len(built.data.vertices), np.int32)
    attribute.data.foreach_get("value", region)
    points, faces, owners = [_points(built)], [_triangles(built.data)], np.zeros(len(region), int)
    frames = {side: _rest_frame(built, eye) for side, eye in eyes.items()}
    for number, (side, eye) in enumerate(eyes.items(), 1):
        faces.append(_triangles(eye.data) + len(owners))
        points.append(_coordinates(eye.data) @ frames[side][:3, :3].T + frames[side][:3, 3])
        owners = np.concatenate([owners, np.full(len(points[-1]), number)])
    gap = np.linalg.norm(frames["Left"][:3, 3] - frames["Right"][:3, 3])
    return {
        "neutral": np.concatenate(points),
        "faces": np.concatenate(faces),
        "keys": {name: _whole_move(block, name, points, frames) for name, block in shape_keys.blocks(built).items()},
        "correctives": {
            name: _whole_move(block, name, points, frames) for name, block in shape_keys.correctives(built).items()
        },
        "region": np.where(owners, head.EYEBALL, np.concatenate([region, np.zeros((owners > 0).sum(), int)])),
        "mirror": None,
        "metre": float(gap / EYES_APART),
    }


def shown(rows: dict) -> list[dict]:
    """What the panel says of key_checks.as_rows: a line for each check that failed."""
    by_check: dict[str, list[dict]] = {}
    for row in rows["failed"]:
        by_check.setdefault(row["check"], []).append(row)
    failed = [{"text": _told(rows), "ok": False} for rows in by_check.values()]
    return failed or [{"text": f"All {rows['figures']} checks hold", "ok": True}]


def _told(rows: list[dict]) -> str:
    """One check and its worst failure: the farthest beyond its limit, or below it where a key moves too little."""
    row = max(rows, key=lambda row: abs(row["value"] - row["limit"]))
    wanted = f"{'at least' if row['value'] < row['limit'] else 'at most'} {row['limit']:g} {row['unit']}".strip()
    value = f"{row['value']:g} {row['unit']}".strip()
    more = f"; {len(rows) - 1} more key{'s' * (len(rows) > 2)}" if len(rows) > 1 else ""
    return f"{row['check']}? No: {', '.join(row['keys']) or 'keys'} has {value}, wanted {wanted}{more}"


def _whole_move(block: bpy.types.ShapeKey, name: str, points: list[np.ndarray], frames: dict) -> np.ndarray:
    """(V, 3): of the skin as the key says; eyes move by turning."""
    moves = [shape_keys.positions(block) - points[0]]
    for (side, frame), rest in zip(frames.items(), points[1:], strict=True):
        turn = np.eye(3)
        if name.startswith(tuple(rig.GAZE)):
            turn = frame[:3, :3] @ eyeballs.gaze({name: 1.0}, side) @ frame[:3, :3].T
        arms = rest - frame[:3, 3]
        moves.append(arms @ turn.T - arms)
    return np.concatenate(moves)


def _rest_frame(built: bpy.types.Object, eye: bpy.types.Object) -> np.ndarray:
    """(4, 4): eye frame -> the frame of the head's mesh, with the rig at rest."""
    bone = eye.parent.data.bones[eye.parent_bone]
    end = bone.matrix_local @ Matrix.Translation((0, bone.length, 0))
    in_rig = built.matrix_parent_inverse @ built.matrix_basis
    return np.array(in_rig.inverted() @ end @ eye.matrix_parent_inverse)


def _points(built: bpy.types.Object) -> np.ndarray:
    return shape_keys.positions(built.data.shape_keys.reference_key)


def _coordinates(mesh: bpy.types.Mesh) -> np.ndarray:
    values = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", values)
    return values.reshape(-1, 3)


def _triangles(mesh: bpy.types.Mesh) -> np.ndarray:
    mesh.calc_loop_triangles()
    corners = np.empty(len(mesh.loop_triangles) * 3, np.int32)
    mesh.loop_triangles.foreach_get("vertices", corners)
    return corners.reshape(-1, 3)


CLASSES = (LIKENESS_OT_check_keys,)
