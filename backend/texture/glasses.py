"""What glasses leave on a head's map: pieces of their frames, and the shadows that these cast.

Pixels that capture recognized as glasses are not trusted, and the bake turns away from what moves before the skin.
What is left are pieces that were not recognized, and shadows: they lie still on the skin, in all photos alike. Both
are long lines, darker than what lies on either side of them, so that a morphological closing of the lightness fills
them (as in capture/frames.py, but on the map, where all photos are joined and lengths are those of the head). Their
texels lose their confidence and are completed like what no photo shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ..mesh.parts import away_from
from ..scene import Surface, UvAtlas, View
from ..scene.capture import SHOWS_GLASSES
from ..scene.face import FaceRecord
from ..scene.head import EAR, FACE, SCALP, HeadShape
from ..scene.lab import lab_of
from .anatomy import Axes
from .outlines import LEFT_BROW, LEFT_EYE, NOSE_UNDERSIDE, RIGHT_BROW, RIGHT_EYE, inside

# Millimeters.
_SKIN_REACH = 25.0  # shadows lie no farther from where frames were recognized
_HAIR_REACH = 8.0  # frames' own pieces no farther; hair is full of dark lines itself
_EAR_REACH = 15.0  # from the ears, on which temples rest: what is not recognized of these, where they hide in hair
_ONWARD = 60.0  # as far as a line is followed that leaves these places: frames run on to the ears
_THICK = 9.0  # a line is thinner
_LONG = 10.0  # shorter ones are spots of the skin
_BLUR = 0.4
_GROW, _SOFT = 1.0, 1.0  # a line's soft edge, and the width over which trust comes back beyond it
# Lightness (CIE L*) that a line must be darker than its surroundings: surely, and to belong to one.
_SURE, _LINE = 22.0, 9.0
_FACING = 0.2  # cosine between normal and ray from which on a view is taken to see a vertex
# How far dark lines there are the face's own: brows are hardly half as dark as frames.
_OWN = ((1.0, (RIGHT_EYE, LEFT_EYE), 0.05), (1.0, (NOSE_UNDERSIDE,), 0.03), (0.5, (RIGHT_BROW, LEFT_BROW), 0.03))


@dataclass(frozen=True)
class Worn:
    """Where glasses may have left marks, per vertex.

    near  (V,) bool: a photo shows them close by, or their temples may rest there
    far   (V,) bool: what starts there may end here
    own   (V,) in [0, 1]: how far dark lines there are the face's own
    """

    near: np.ndarray
    far: np.ndarray
    own: np.ndarray


def find_worn(surface: Surface, head: HeadShape, axes: Axes, views: Sequence[View]) -> Worn | None:
    """From the views' trust and landmarks, in the frame of surface and axes; None where no view shows glasses."""
    count = len(surface.vertices)
    normals, covered = surface.vertex_normals(), np.zeros(count, bool)
    own, seen = np.zeros(count), np.full(count, 1e-6)
    for view in views:
        if view.trust is None:
            continue
        towards = view.camera.position - surface.vertices
        facing = (normals * towards).sum(1) > _FACING * np.linalg.norm(towards, axis=1)
        pixels = (view.camera.project(surface.vertices.astype(np.float64))[0][:, ::-1] - 0.5).T
        covered |= facing & (ndimage.map_coordinates(view.trust, pixels, order=1, cval=1.0) < 1.5 * SHOWS_GLASSES)
        if view.face is not None:
            plane = _own_lines(view.face, view.mask.shape)
            own += facing * ndimage.map_coordinates(plane, pixels, order=1, cval=0.0)
            seen += facing
    face, scalp, ear = (head.region == part for part in (FACE, SCALP, EAR))
    covered &= face | scalp
    if not covered.any():
        return None
    away, beside = (away_from(surface.vertices, part) / axes.millimeter for part in (covered, ear))
    far = away < _ONWARD
    near = (face & (away < _SKIN_REACH)) | (scalp & ((away < _HAIR_REACH) | (far & (beside < _EAR_REACH))))
    return Worn(near, far & (face | scalp | ear), own / seen)


def kept_beside(
    worn: Worn, photo: np.ndarray, confidence: np.ndarray, owner: np.ndarray, surface: Surface, atlas: UvAtlas,
    axes: Axes,
) -> np.ndarray:  # fmt: skip
    """photo (T, T, 3) sRGB, confidence (T, T), owner (T, T) as Texels has it -> what marks leave of the confidence.

    (T, T) float32 in [0, 1]: 0 on marks, 1 elsewhere.
    """
    kept = np.ones(owner.shape, np.float32)
    near, far = (_on_texels(chosen[surface.faces].all(1), owner) for chosen in (worn.near, worn.far))
    if not near.any():
        return kept
    texel = _texel_size(surface, atlas, worn.near, len(owner)) / axes.millimeter
    rows, columns = (np.nonzero(far.any(axis))[0] for axis in (1, 0))
    room = round(_THICK / texel)
    part = np.s_[max(rows[0] - room, 0) : rows[-1] + room + 1, max(columns[0] - room, 0) : columns[-1] + room + 1]
    known = (confidence[part] > 0) & (owner[part] >= 0)
    if not known.any():
        return kept
    dark = _darker_than_around(photo[part], known, texel)
    dark *= 1 - _on_texels(worn.own[surface.faces].mean(1), owner[part])
    lines = _long_lines(dark, near[part], far[part], texel)
    if lines.any():
        away = ndimage.distance_transform_edt(~lines) * texel
        kept[part] = np.clip((away - _GROW) / _SOFT, 0, 1)
    return kept


def _own_lines(record: FaceRecord, shape: tuple[int, int]) -> np.ndarray:
    """(H, W) in [0, 1]: how far dark lines in a photo are the face's own."""
    return np.max([share * inside(record, lines, shape, grow * record.scale) for share, lines, grow in _OWN], 0)


def _on_texels(values: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Values of faces (F,) -> of their texels (T, T), nothing off the charts."""
    return np.where(owner >= 0, values[np.maximum(owner, 0)], 0)


def _texel_size(surface: Surface, atlas: UvAtlas, near: np.ndarray, size: int) -> float:
    """The typical side of a texel near the glasses, in the surface's units; size: texels along the map's side."""
    corners, flat = surface.vertices[surface.faces].astype(np.float64), atlas.uvs[atlas.faces].astype(np.float64)
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    u, v = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    shares = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    chosen = near[surface.faces].all(1) & (shares > 0)
    return float(np.sqrt(np.median(areas[chosen] / shares[chosen]))) / size


def _darker_than_around(photo: np.ndarray, known: np.ndarray, texel: float) -> np.ndarray:
    """By how much a texel is darker than what encloses it (H, W), in L*; what is not known is like its neighbors."""
    nearest = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    lightness = ndimage.gaussian_filter(lab_of(photo)[..., 0][tuple(nearest)], _BLUR / texel)
    return ndimage.grey_closing(lightness, size=max(3, round(_THICK / texel) | 1)) - lightness


def _long_lines(dark: np.ndarray, near: np.ndarray, far: np.ndarray, texel: float) -> np.ndarray:
    """The dark lines (H, W) bool that are long: those near glasses, and on from there where they are plain to see."""
    sure = dark > _SURE
    lines = ndimage.binary_propagation(sure & near, mask=((dark > _LINE) & near) | (sure & far))
    labels, count = ndimage.label(lines, np.ones((3, 3)))
    kept = [False]
    for rows, columns in ndimage.find_objects(labels, count):
        kept.append(np.hypot(rows.stop - rows.start, columns.stop - columns.start) * texel > _LONG)
    return np.array(kept)[labels]
