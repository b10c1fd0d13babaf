"""How far hair reaches beyond the rim of a head, in one photo: from each pixel of the rim outwards to hair's end."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .edge import edge_of
from .photo import HeadPhoto
from .sight import Sight

_STEP = 0.5  # pixels
_GAP = 4  # steps without hair that do not end it: strands part
_LONGEST = 0.07  # metres from the rim within which hair ends
_BACK = 0.03  # metres that a drawn surface may overshoot
_EVERY = 2  # pixels of the rim
_CLEAR = 4.0  # pixels beyond the end of hair where the person must have ended too
_BORDER = 3  # pixels along the picture's edge where outlines end, not hair


@dataclass(frozen=True)
class Rim:
    """Pixels of the rim (M of them): rows, columns, outward (M, 2) unit x, y; gap (M,) pixels to the end of hair."""

    rows: np.ndarray
    columns: np.ndarray
    outward: np.ndarray
    gap: np.ndarray


def hair_of(photo: HeadPhoto, near: float) -> np.ndarray:
    """(H, W) bool: hair, and what of the person within `near` pixels of it is no skin: parts that were missed, hats."""
    masks = photo.face.masks
    hair, person = masks.hair > 127, photo.person > 0.5
    close = ndimage.distance_transform_edt(~hair) < near if hair.any() else hair
    return (hair & person) | (close & person & (masks.skin < 96) & ~_below(photo))


def _below(photo: HeadPhoto) -> np.ndarray:
    """(H, W) bool: what is lower in the face than the mouth; clothes are no hair."""
    points = photo.face.points
    down = points[152] - points[10]
    ys, xs = np.indices(photo.person.shape)
    return (xs - points[13, 0]) * down[0] + (ys - points[13, 1]) * down[1] > 0


def rim_of(sight: Sight, hair: np.ndarray, person: np.ndarray, pixel: float) -> Rim:
    """The rim of what is drawn, where hair, or nothing of the person, borders on it; pixel: metres of one there."""
    rows, columns, inward = edge_of(sight.covered, _EVERY, 2.0)
    outward = -inward
    back, most = round(_BACK / pixel / _STEP), round(_LONGEST / pixel / _STEP)
    steps = np.arange(-back, most + 1) * _STEP
    places = np.stack([columns, rows], -1)[:, None] + steps[:, None] * outward[:, None]
    found = ndimage.map_coordinates(hair.astype(np.float32), np.moveaxis(places[..., ::-1], -1, 0), order=1) > 0.5
    gap, known = _ends(found, back)
    end = places[np.arange(len(rows)), np.clip(gap + back, 0, len(steps) - 1)] + _CLEAR * outward
    height, width = hair.shape
    x, y = end[:, 0], end[:, 1]
    known &= (x > _BORDER) & (x < width - 1 - _BORDER) & (y > _BORDER) & (y < height - 1 - _BORDER)
    # Beyond the end of hair lies no more of the person: an ear or a shoulder hides where hair ends.
    beyond = person[np.clip(y.round().astype(int), 0, height - 1), np.clip(x.round().astype(int), 0, width - 1)]
    known &= ~beyond
    return Rim(rows[known], columns[known], outward[known], gap[known] * _STEP - 0.5)


def _ends(found: np.ndarray, zero: int) -> tuple[np.ndarray, np.ndarray]:
    """found (M, S) along the samples, the rim at index `zero` -> steps to the end of hair (M,), and whether it counts.

    Without hair at the rim the end lies within, where hair was last; where there is none either, it says nothing.
    """
    closed = ndimage.binary_closing(np.pad(found, ((0, 0), (_GAP, _GAP))), np.ones((1, 2 * _GAP + 1), bool))
    closed = closed[:, _GAP:-_GAP] | found
    at = closed[:, zero]
    outside = np.argmin(closed[:, zero:], 1)
    outside = np.where(closed[:, zero:].all(1), closed.shape[1], outside) - 1
    inside = -1 - np.argmax(closed[:, :zero][:, ::-1], 1)
    some = closed[:, :zero].any(1)
    return np.where(at, outside, inside), np.where(at, outside < closed.shape[1] - zero - 1, some)
