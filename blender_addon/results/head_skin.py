"""The skin of a result's head: the color of the face, and where and of which color the neck is."""

from dataclasses import dataclass

import bpy
import numpy as np

from ..link import UserError
from ..rigs.neck import neck_weights
from ..skin.skin_tone import FEWEST, SkinTone, may_be_skin, measure
from . import mesh_samples, skin_material

FACE_GROUP, NECK_GROUP = "Face", "Neck"  # vertex groups by which the artist can say where they are
_CONFIDENT = 0.5  # of a texel's confidence: seen, not mirrored or invented
_FRONT = 0.3  # of the normal's share towards -Y, where a head looks to
_LIKE_FACE, _UNLIKE_FACE = 10.0, 20.0  # Lab units; a collar is farther from the face's color than a neck
_LIGHTNESS_COUNTS = 0.3  # in that distance, for a neck lies in the shadow of the chin


@dataclass(frozen=True)
class HeadSkin:
    """neck_weights (V,) float32: 1 on the neck, 0 on the head; neck is None where there is too little of one."""

    face: SkinTone
    neck: SkinTone | None
    neck_weights: np.ndarray


def examine(head: bpy.types.Object) -> HeadSkin:
    """Measure a head in the color that it shows; UserError where that cannot be told."""
    material = head.active_material
    if material is None:
        raise UserError(f"{head.name} has no material. Import its result again.")
    points, lab = skin_material.samples_of(head, material)
    if points is None:
        raise UserError(f"{head.name} has lost its textures. Import its result again.")
    below = neck_weights(mesh_samples.vertex_array(head.data, "co"))
    face = _painted_face(head, points, lab)
    if face is None:
        confidence = _confidence(material, points)
        front = points.of_vertices(-mesh_samples.vertex_array(head.data, "normal")[:, 1])
        above = points.of_vertices(below) < 0.5
        face = face_tone(lab[above], confidence[above], front[above])
    weights = mesh_samples.group_weights(head, NECK_GROUP)
    if weights is None:
        weights = below * _likeness(skin_material.vertex_colors(head, material), face)
    in_neck = points.of_vertices(weights) > 0.5
    return HeadSkin(face, measure(lab[in_neck]) if in_neck.sum() >= FEWEST else None, weights)


def face_tone(lab: np.ndarray, confidence: np.ndarray, front: np.ndarray) -> SkinTone:
    """The tone of the face among samples: colors (N, 3), confidence (N,), share of the normal to the front (N,)."""
    seen = confidence >= min(_CONFIDENT, float(np.quantile(confidence, 0.7)))
    ahead, skin = front > _FRONT, may_be_skin(lab)
    for wanted in (seen & skin & ahead, seen & skin, seen & ahead, seen):
        if wanted.sum() >= FEWEST:  # a statue is not of the color of skin, and not every capture looks to -Y
            return measure(lab[wanted])
    raise UserError("The photos show too little of the face to know its color. Add one from the front.")


def _painted_face(head, points, lab) -> SkinTone | None:
    weights = mesh_samples.group_weights(head, FACE_GROUP)
    if weights is None:
        return None
    inside = points.of_vertices(weights) > 0.5
    return measure(lab[inside]) if inside.sum() >= FEWEST else None


def _confidence(material, points) -> np.ndarray:
    image = skin_material.labeled_image(material, "confidence")
    return np.ones(len(points.uvs)) if image is None else mesh_samples.look_up(image, points.uvs)[:, 0]


def _likeness(lab: np.ndarray, face: SkinTone) -> np.ndarray:
    """(N, 3) -> (N,) float32: 1 for colors near the face's, 0 for those far from it."""
    distance = np.linalg.norm((lab - face.mean) * (_LIGHTNESS_COUNTS, 1, 1), axis=1)
    return np.clip((_UNLIKE_FACE - distance) / (_UNLIKE_FACE - _LIKE_FACE), 0, 1).astype(np.float32)
