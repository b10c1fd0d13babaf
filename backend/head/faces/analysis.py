"""What a photo says of the face in it: points, how sure they are, soft masks, and what the artist should know."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ...errors import UserError
from ...scene import FaceRecord
from .clicked import read_clicked
from .landmarks import choose_face, find_faces, yaw_of
from .segments import segment_face

_REFUSED = 12.0  # pixels between the outer corners of the eyes below which a face shows nothing
_SMALL = 40.0  # and below which it shows little
_TURNED = 48.0  # degrees of read yaw, some 55 of true ones, from which on the points are not to be trusted
_UNSURE = 0.5  # confidence below which the artist is told

_NOTHING = (
    "No face was found in {name}. Faces are found from the front to about 60° to the side, upright and not covered; "
    "drawings, statues and animals often are not. Take another photo, {click}, or choose the subject 'object'."
)
_CLICK = "click the points of the face by hand (NAME.face.json beside the photo)"


def analyze(
    photo: np.ndarray,
    name: str,
    face: int | None = None,
    *,
    needed: bool = True,
    file: Path | None = None,
    model: Path | None = None,
) -> tuple[FaceRecord | None, list[str]]:
    """The face in a photo (H, W, 3) float32 sRGB in [0, 1], with masks, and warnings as whole sentences.

    name: the photo's, for messages. face: its number, counted from the left starting with 0; None: the largest.
    needed: raise UserError where there is no usable face; else the record is None and a warning says why.
    file: the photo's file, beside which clicked points may lie; those win. model: see `find_faces`.
    """
    try:
        record = read_clicked(file) if file else None
        if record is not None:
            return record, []  # a few points outline no regions: no masks
        faces = find_faces(photo, model)
        record = _choose(faces, face, name)
    except UserError as error:
        if needed:
            raise
        return None, [str(error)]
    told = _warnings(record, name)
    if face is None and len(faces) > 1:
        told.insert(0, f"{name} shows {len(faces)} faces; the largest is taken, --face N takes another (0 = leftmost).")
    return replace(record, masks=segment_face(photo, record)), told


def _choose(faces: Sequence[FaceRecord], face: int | None, name: str) -> FaceRecord:
    if not faces:
        raise UserError(_NOTHING.format(name=name, click=_CLICK))
    record = choose_face(faces, face, name)
    if record.scale < _REFUSED:
        size = f"{record.scale:.0f} pixels from eye to eye, {_REFUSED:.0f} are needed"
        raise UserError(f"The face in {name} is too small ({size}). Take a closer photo.")
    return record


def _warnings(record: FaceRecord, name: str) -> list[str]:
    told = []
    if record.scale < _SMALL:
        told.append(f"The face in {name} is small ({record.scale:.0f} pixels from eye to eye): expect little detail.")
    if abs(yaw_of(record)) > _TURNED:
        told.append(f"The face in {name} is turned far to the side; its points are not exact. You can {_CLICK}.")
    elif record.confidence < _UNSURE:
        told.append(f"The points of the face in {name} are unsure: it may be covered, turned to the side or blurred.")
    return told
