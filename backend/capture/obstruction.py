"""What hides the subject's own shape and color in a photo: glasses, highlights, hair over the face, edges of shadows.

Each source gives a weight in [0, 1] per pixel and the least of them counts:
    spread      Lab varies more about the pixel than is usual at that place of a face (capture/spread.py)
    glasses     dark frames about the eyes (capture/frames.py), and what the face's own masks call glasses
    highlight   where the face's masks say that skin mirrors a lamp, and where a photo is white
    hair        where they say that hair hangs over the middle of the face: at the hairline it is the subject's own
Sources that lean on landmarks are heard as far as the landmarks themselves can be believed. With several photos,
glasses are carried to those that show no landmarks, and masks lose what is glasses alone, so that silhouettes do
not build them. What disagrees with other photos of the same surface is found later, by the fit, which has a surface.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import ndimage

from ..head.faces import regions
from ..scene import View
from ..scene.capture import SHOWS_GLASSES
from ..scene.face import FaceRecord
from .carried import carry
from .face_regions import region_mask, unit_of
from .frames import frames_along, frames_in
from .spread import spread_weight

# Weights of pixels that surely show something else, as glasses have SHOWS_GLASSES. Never nothing at all: what no other
# photo shows is better painted with a doubtful color than with none.
_HIGHLIGHT, _HAIR = 0.3, 0.1
_BRIGHT = (0.9, 0.98)  # least channel (sRGB) from which a pixel tells little of color, and at which it is white
_SOFT = 0.012  # units of the face over which a frame's weight fades: light bleeds beyond its outline
_HAIRLINE = 0.25  # units inside of the face's oval from which on hair hangs over the face
_BELIEVED = 0.5  # confidence of landmarks from which on they are heard in full
# A shadow that lies still is a pattern on the skin, and where skin has no other its shape is seen by it alone. Where
# several photos show the face, the spread therefore falls no lower; what moves the fit finds by comparing them.
_SHARED, _SEVERAL = 0.5, 3
_SUPPORT = 0.01  # units around what photos agree on within which one photo's own finding is kept
_THICK = 0.12  # units: parts of a silhouette that are thinner and marked as glasses are nothing but glasses
_MOSTLY = 0.35  # share of a thin part's pixels that must be marked


def obstruction_weights(photo: np.ndarray, record: FaceRecord | None) -> np.ndarray:
    """photo (H, W, 3) float32 sRGB, its face -> (H, W) float32 in [0, 1], 1 = undisturbed; all 1 without a face."""
    if record is None:
        return np.ones(photo.shape[:2], np.float32)
    return np.minimum(_weights(photo, record, own_glasses(photo, record), 0.0), _darker_than_white(photo))


def own_glasses(photo: np.ndarray, record: FaceRecord) -> np.ndarray:
    """Where one photo alone shows glasses, (H, W) bool."""
    frames = frames_in(photo, record)
    if frames.any() or record.masks is None:
        return frames
    return record.masks.glasses > 127  # pale frames, or none but shining lenses


def with_obstructions(views: Sequence[View]) -> tuple[View, ...]:
    """The views (cameras solved, `face` set where one was found) with their trust, and masks without glasses.

    Views in which nothing disturbs keep trust None: what they say stays exactly what it was.
    """
    if not any(view.face for view in views):
        return tuple(views)
    own = [_nowhere(view) if view.face is None else own_glasses(view.photo, view.face) for view in views]
    carried = carry(views, own)
    unit = _common_unit(views)
    shared = _SHARED if sum(view.face is not None for view in views) >= _SEVERAL else 0.0
    return tuple(
        _with_trust(view, *_agreed_glasses(view, mark, expected, unit), shared)
        for view, mark, expected in zip(views, own, carried, strict=True)
    )


def _agreed_glasses(view: View, own: np.ndarray, expected: np.ndarray, unit: float) -> tuple[np.ndarray, float]:
    """The view's glasses (H, W) bool in the light of what all views agree on, and the unit of its face."""
    if view.face is not None:
        unit = unit_of(view.face)
    if not expected.any():
        return own, unit
    if own.any():
        return own & (ndimage.distance_transform_edt(~expected) <= _SUPPORT * unit), unit
    return frames_along(view.photo, expected, unit), unit


def _with_trust(view: View, glasses: np.ndarray, unit: float, shared: float) -> View:
    trust = np.where(view.mask > 0, _darker_than_white(view.photo), np.float32(1))
    if view.face is not None:
        trust = np.minimum(trust, _weights(view.photo, view.face, glasses, shared))
    elif glasses.any():
        trust = np.minimum(trust, _away_from(glasses, SHOWS_GLASSES, unit))
    if trust.min() == 1:
        return view
    return replace(view, trust=trust, mask=_without(view.mask, glasses, unit))


def _weights(photo: np.ndarray, record: FaceRecord, glasses: np.ndarray, shared: float) -> np.ndarray:
    """The least of all sources' weights (H, W); the spread's falls no lower than `shared`."""
    believed = min(1.0, record.confidence / _BELIEVED)
    weight = 1 - believed * (1 - np.maximum(spread_weight(photo, record), shared))
    if glasses.any():
        weight = np.minimum(weight, _away_from(glasses, SHOWS_GLASSES, unit_of(record)))
    if record.masks is not None:
        over = region_mask(record, [regions.OVAL], weight.shape)
        over = ndimage.distance_transform_edt(over) > _HAIRLINE * unit_of(record)
        for mask, least in ((record.masks.highlight, _HIGHLIGHT), (over * record.masks.hair, _HAIR)):
            weight = np.minimum(weight, 1 - believed * (1 - least) * (mask.astype(np.float32) / 255))
    return weight.astype(np.float32)


def _darker_than_white(photo: np.ndarray) -> np.ndarray:
    """(H, W) float32: 1, and as of a highlight where the photo is white, with the pixels beside it."""
    low, high = _BRIGHT
    white = np.clip((ndimage.maximum_filter(photo.min(-1), 3) - low) / (high - low), 0, 1)
    return (1 - (1 - _HIGHLIGHT) * white).astype(np.float32)


def _away_from(marked: np.ndarray, least: float, unit: float) -> np.ndarray:
    """`least` where marked, rising to 1 over `_SOFT` units around: (H, W) float32."""
    reach = max(_SOFT * unit, 1.0)
    rise = np.clip(ndimage.distance_transform_edt(~marked) / reach - 1, 0, 1)
    return (least + (1 - least) * rise).astype(np.float32)


def _without(mask: np.ndarray, glasses: np.ndarray, unit: float) -> np.ndarray:
    """The subject's mask (H, W) without the parts of glasses that stand out from the head, as thin things of their own.

    Before the head glasses stay in it, for there they hide what is subject all the same.
    """
    if not glasses.any():
        return mask
    marked = ndimage.binary_dilation(glasses, iterations=max(1, round(_SOFT * unit)))
    reach = max(1.0, _THICK * unit / 2)
    core = ndimage.distance_transform_edt(mask > 0.5) > reach
    thin = (mask > 0) & ((ndimage.distance_transform_edt(~core) > reach) if core.any() else True)
    labels, count = ndimage.label(thin, np.ones((3, 3)))
    if count == 0:
        return mask
    shares = np.asarray(ndimage.mean(marked, labels, np.arange(count + 1)))
    shares[0] = 0  # the head itself
    # A thin thing that is marked for the most part is glasses as a whole: marks have gaps.
    return np.where((shares > _MOSTLY)[labels] | (thin & marked), 0, mask).astype(mask.dtype)


def _common_unit(views: Sequence[View]) -> float:
    """Median unit of the faces that are seen, in pixels: about that of a profile too, taken from as far."""
    units = [unit_of(view.face) for view in views if view.face is not None]
    return float(np.median(units)) if units else 0.0


def _nowhere(view: View) -> np.ndarray:
    return np.zeros(view.mask.shape, bool)
