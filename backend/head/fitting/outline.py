"""The outline of a head model against that of a person in a photo.

Every pixel on the rim of the drawn model is compared with the nearest point of the mask's outline, along the
outline's normal only: along the outline a rim may slide. (Contour fitting in the manner of iterated closest points;
Bas et al. 2016, "Fitting a 3D Morphable Model to Edges", section 3.3, with a distance field in place of a search.)
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .edge import edge_of
from .observations import Observations
from .sight import Sight
from .skin import Skin

_REACH = 0.08  # of the picture's longer side: farther outlines belong to something else
_ALONG = 0.5  # least cosine between the model's rim and the mask's outline
_ROBUST = 4.0  # deviations
_EVERY = 2  # pixels of the rim
# Metres around a drawn ear: three deviations of where a person's own begins (its height, its size: builtin/identity.py;
# where landmarks put the head).
_BESIDE = 0.015
_DOUBT = 4.0  # times as far the mask's edge may miss the cheek there: an ear stands off by so much


@dataclass(frozen=True)
class Outline:
    """What a photo tells of the head's outline.

    mask   (H, W) float, 1 = person
    sigma  (H, W) pixels by which the mask's edge may miss the bare head there; inf: it lies anywhere within
    loose  pixels by which the bare head may reach beyond the mask there
    """

    mask: np.ndarray
    sigma: np.ndarray
    loose: float


def outline_of(sight: Sight, skin: Skin, outline: Outline, pixel: float) -> Observations:
    """Where the rim of the drawn model should lie.

    sight: what the photo's camera sees of the model; skin: its triangles; pixel: metres of the model that one shows.

    Ears stand off from a head, and no two alike. Where the model's cheek is the rim, right beside its ear, the mask may
    end with the person's ear: a cheek drawn to that would bulge until it hides the ear.
    """
    covered = sight.covered
    rows, columns, own = edge_of(covered, _EVERY, 1.5)
    distance, toward, nearest = _signed_distance(outline.mask)
    # The rim's pixels lie half a pixel inside the model's own outline, and so shall they in the mask.
    offset, normal = distance[rows, columns] - 0.5, toward[rows, columns]
    sigma = outline.sigma[tuple(nearest[:, rows, columns])]
    # Hair hides where the head ends, but the head cannot end outside of its hair.
    sigma = np.where(np.isinf(sigma) & (offset < 0), outline.loose, sigma)
    kept = (np.abs(offset) < _REACH * max(covered.shape)) & ((own * normal).sum(1) > _ALONG)
    face = sight.face[rows, columns]
    beside = _beside_ears(sight, skin, pixel)[rows, columns] & ~skin.ears[face]
    sigma = np.where(beside, _DOUBT * sigma, sigma)
    kept &= np.isfinite(sigma) & skin.outlined[face]
    kept &= _away_from_border(covered.shape)[rows, columns]
    rows, columns, offset, normal, sigma = (part[kept] for part in (rows, columns, offset, normal, sigma))
    whiten = np.zeros((len(rows), 2, 2))
    whiten[:, 0] = normal / sigma[:, None]
    target = np.stack([columns + 0.5, rows + 0.5], -1) - normal * offset[:, None]
    return Observations(skin.faces[sight.face[rows, columns]], sight.weights[rows, columns], target, whiten, _ROBUST)


def _signed_distance(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distance to the mask's outline (H, W), positive inside; its gradient (H, W, 2) x, y; nearest pixel (2, H, W)."""
    inside = mask > 0.5
    into, nearest_out = ndimage.distance_transform_edt(inside, return_indices=True)
    out, nearest_in = ndimage.distance_transform_edt(~inside, return_indices=True)
    distance = np.where(inside, into - 0.5, 0.5 - out)
    smooth = ndimage.gaussian_filter(distance, 1.5)
    gradient = np.stack(np.gradient(smooth)[::-1], -1)
    gradient /= np.maximum(np.linalg.norm(gradient, axis=-1, keepdims=True), 1e-9)
    return distance, gradient, np.where(inside, nearest_out, nearest_in)


def _beside_ears(sight: Sight, skin: Skin, pixel: float) -> np.ndarray:
    """Where (H, W) bool an ear is drawn, or one would be if it were somewhat larger, higher or lower."""
    drawn = skin.ears[sight.face] & sight.covered
    return ndimage.distance_transform_edt(~drawn) < _BESIDE / pixel if drawn.any() else drawn


def _away_from_border(shape: tuple[int, int]) -> np.ndarray:
    result = np.zeros(shape, bool)
    result[2:-2, 2:-2] = True
    return result
