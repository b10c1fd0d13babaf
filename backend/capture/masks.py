"""Masks for photos that bring none: a segmentation model or cameras and colors, then all views together, then edges.

docs/decisions/0003-masks.md says why this way, and how well it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..head.faces.selfie import Segmenter, find_segmenter, segment_person
from ..scene import Progress, View
from .carve import footprint, silhouette
from .fixation import fixate
from .grabcut import cut_out, grown, sharpen
from .hull import find_hull

_SIDE = 224  # pixels along the longer side while the views are compared
_SHARP_SIDE = 768  # and while the outline is drawn; larger photos get this outline, smoothly enlarged
_REACH = 0.016  # share of the longer side that the final outline may move
_GROW, _SHRINK = 0.014, 0.023  # the same for the trimap around the hull
_FIRST_GROW, _FIRST_SHRINK = 0.027, 0.036  # and around the cruder space of fixation
_DISSENT = 0.17  # share of the views whose masks may be wrong at a point
_SEEN = 0.25  # share of the views that must see a point before its absence means background
_ROOM = 0.3  # how far around the hull space may be unknown, as a share of its half size
_FOUND = 0.01  # share of the photo that a person must fill to count as found
_AGREES = 0.75  # overlap of a model's mask with the hull below which the model is not believed
_SWAYED = 1.5  # evidence of color that overrules the first mask
_SPECK = 0.01  # pieces smaller than this share of the mask are dropped
_HOLE = 0.004  # holes smaller than this share of the mask are filled


@dataclass(frozen=True)
class _Small:
    """A view at comparing size: bgr (h, w, 3) uint8, given (h, w) bool or None."""

    bgr: np.ndarray
    given: np.ndarray | None


def compute_masks(
    views: Sequence[View], given: Sequence[np.ndarray | None], subject: str, progress: Progress
) -> list[np.ndarray]:
    """A mask (H, W) float32 for every view; those `given` come back as they are.

    subject: "head" asks the segmentation model for persons, where it is installed; "object" does not.
    """
    if all(mask is not None for mask in given):
        return list(given)
    small = [_shrink(view, mask) for view, mask in zip(views, given, strict=True)]
    first = _first_masks(views, small, subject, lambda done: progress(0.4 * done))
    second = _compare(views, small, *first)
    progress(0.5)
    masks = []
    for number, (view, mask) in enumerate(zip(views, given, strict=True)):
        progress(0.5 + 0.5 * number / len(views))
        masks.append(_draw_outline(view.photo, second[number]) if mask is None else mask)
    return masks


def _shrink(view: View, mask: np.ndarray | None) -> _Small:
    small = replace(view, mask=np.zeros(view.photo.shape[:2], np.float32) if mask is None else mask)
    small = small.resized(min(1.0, _SIDE / max(view.photo.shape)))
    return _Small(_to_bgr(small.photo), None if mask is None else small.mask > 0.5)


def _to_bgr(photo: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray((photo[..., ::-1] * 255).round().astype(np.uint8))


def _first_masks(
    views: Sequence[View], small: Sequence[_Small], subject: str, progress: Progress
) -> tuple[list[np.ndarray], Sequence[np.ndarray] | None]:
    """A mask (h, w) bool of each view, and the colors' evidence (h, w); None if a model for persons made the masks."""
    missing = [number for number, one in enumerate(small) if one.given is None]
    segment = find_segmenter() if subject == "head" else None
    if segment is not None:
        found = _find_persons(views, small, segment, progress)
        if sum(found[number].mean() >= _FOUND for number in missing) >= max(1, len(missing) / 2):
            return found, None
    guess = fixate(views, [one.bgr for one in small])
    masks = []
    for number, one in enumerate(small):
        progress(number / len(small))
        likely = guess.evidence[number] > 0
        sizes = _pixels(one.bgr, _FIRST_GROW), _pixels(one.bgr, _FIRST_SHRINK)
        rough = guess.subject[number], likely, guess.unknown[number]
        masks.append(cut_out(one.bgr, *rough, *sizes) if one.given is None else one.given)
    return masks, guess.evidence


def _find_persons(
    views: Sequence[View], small: Sequence[_Small], segment: Segmenter, progress: Progress
) -> list[np.ndarray]:
    masks = []
    for number, (view, one) in enumerate(zip(views, small, strict=True)):
        progress(number / len(small))
        if one.given is not None:
            masks.append(one.given)
            continue
        probability = segment_person((view.photo * 255).round().astype(np.uint8), segment)
        size = one.bgr.shape[1::-1]
        masks.append(cv2.resize(probability, size, interpolation=cv2.INTER_AREA) > 0.5)
    return masks


def _compare(
    views: Sequence[View], small: Sequence[_Small], masks: Sequence[np.ndarray], evidence: Sequence[np.ndarray] | None
) -> list[np.ndarray]:
    """Masks (h, w) bool freed from what only few views show, and drawn anew where a view disagrees with the rest."""
    usable = [number for number, mask in enumerate(masks) if mask.mean() >= _FOUND]
    silhouettes = [silhouette(replace(views[n], mask=masks[n].astype(np.float32))) for n in usable]
    votes = find_hull(silhouettes, _ROOM).votes
    kept = votes.survivors(_SEEN, _DISSENT)
    open_space = votes.survivors(0.0, _DISSENT) & ~kept
    result = []
    for number, (view, one, mask) in enumerate(zip(views, small, masks, strict=True)):
        if one.given is not None:
            result.append(one.given)
            continue
        hull = footprint(votes.points[kept], votes.spacing, view.camera, mask.shape)
        unknown = footprint(votes.points[open_space], votes.spacing, view.camera, mask.shape)
        if evidence is None and _overlap(mask, hull, unknown) >= _AGREES:
            result.append(mask & (grown(hull, _pixels(mask, 2 * _GROW)) | unknown))
            continue
        likely = hull if evidence is None else evidence[number] > np.where(mask, -_SWAYED, _SWAYED)
        result.append(cut_out(one.bgr, hull, likely, unknown, _pixels(mask, _GROW), _pixels(mask, _SHRINK)))
    return result


def _overlap(mask: np.ndarray, hull: np.ndarray, unknown: np.ndarray) -> float:
    """Intersection over union of mask and hull (h, w) bool where space is known."""
    known = ~unknown | hull
    return (mask & hull).sum() / max(((mask | hull) & known).sum(), 1)


def _draw_outline(photo: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The small mask (h, w) bool as a soft mask (H, W) float32 whose outline follows the photo (H, W, 3) sRGB."""
    scale = min(1.0, _SHARP_SIDE / max(photo.shape))
    height, width = photo.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    bgr = _to_bgr(photo if scale == 1 else cv2.resize(photo, size, interpolation=cv2.INTER_AREA))
    rough = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_CUBIC) > 0.5
    sharp = _without_specks(sharpen(bgr, rough, max(2, _pixels(bgr, _REACH))))
    soft = cv2.GaussianBlur(sharp.astype(np.float32), (3, 3), 0.7)
    return soft if scale == 1 else np.clip(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)


def _without_specks(mask: np.ndarray) -> np.ndarray:
    """Without pieces, and without holes, that are tiny beside the mask (H, W) bool."""
    area = mask.sum()
    for value, least in ((True, _SPECK * area), (False, _HOLE * area)):
        count, labels, stats, _ = cv2.connectedComponentsWithStats((mask == value).astype(np.uint8), connectivity=4)
        small = [n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] < least]
        mask = np.where(np.isin(labels, small), not value, mask) if small else mask
    return mask


def _pixels(picture: np.ndarray, share: float) -> int:
    return round(share * max(picture.shape[:2]))
