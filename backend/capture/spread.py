"""The spread of color about every pixel of a face, against what is usual there.

Skin is smooth: where Lab varies much more within a small window than it does on most of this face's skin, something
lies on it, or a shadow ends there. Eyes, brows, lips and nostrils vary by themselves, each by its own measure:
`_USUAL` is how much more than skin they do on undisturbed faces. They are never silenced altogether: without them a
face has no likeness.
"""

import numpy as np
from scipy import ndimage

from ..head.faces import regions
from ..scene.face import FaceRecord
from ..scene.lab import lab_of
from .face_regions import nostrils, region_mask, unit_of

_WINDOW = 0.03  # radius of the window in the face's unit
_RIM = 0.06  # units inside of the face's oval where landmarks may lie beside the face
_USUAL = {"skin": 2.6, "lips": 5.0, "brows": 5.0, "eyes": 9.0, "nostrils": 7.0}  # times the skin's median spread
_GROWN = {"lips": 0.05, "brows": 0.04, "eyes": 0.06}  # units by which a part reaches beyond its landmarks
_PARTS = {
    "lips": (regions.LIPS,),
    "brows": (regions.LEFT_BROW, regions.RIGHT_BROW),
    "eyes": (regions.LEFT_EYE, regions.RIGHT_EYE),
}
_LEAST_SKIN, _LEAST_PART = 0.05, 0.5  # weights that nothing falls below
_LEAST_SPREAD = 1.0  # Lab units: a smoother skin than that is noise-free, not disturbed by what little it varies


def spread_weight(photo: np.ndarray, record: FaceRecord) -> np.ndarray:
    """photo (H, W, 3) sRGB -> weight (H, W) float32 in [0, 1]; 1 outside of the face's oval."""
    weight = np.ones(photo.shape[:2], np.float32)
    oval = region_mask(record, [regions.OVAL], weight.shape)
    if not oval.any():
        return weight
    rows, columns = (np.nonzero(oval.any(axis))[0] for axis in (1, 0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    shifted = record.moved((1, 1), (-columns[0], -rows[0]))
    relative, parts = relative_spread(photo[part], shifted, oval[part])
    usual, least = np.full(relative.shape, _USUAL["skin"]), np.full(relative.shape, _LEAST_SKIN)
    for name, mask in parts.items():
        usual[mask], least[mask] = _USUAL[name], _LEAST_PART
    # Geman & McClure 1985: quadratic for small excesses, blind to how large a large one is.
    excess = np.maximum(relative / usual - 1, 0)
    heard = np.maximum(1 / (1 + excess**2) ** 2, least)
    inner = np.clip(ndimage.distance_transform_edt(oval[part]) / (_RIM * unit_of(record)), 0, 1)
    weight[part] = np.where(oval[part], 1 - inner * (1 - heard), 1)
    return weight


def relative_spread(photo: np.ndarray, record: FaceRecord, oval: np.ndarray) -> tuple[np.ndarray, dict]:
    """Local spread of Lab over the skin's median (H, W) within the oval, and the face's parts (H, W) bool by name."""
    parts = {name: region_mask(record, lines, oval.shape, _GROWN[name]) for name, lines in _PARTS.items()}
    parts["nostrils"] = nostrils(record, oval.shape)
    spread = _local_spread(lab_of(photo), oval, max(1, round(_WINDOW * unit_of(record))))
    skin = oval & ~np.logical_or.reduce(list(parts.values()))
    usual = float(np.median(spread[skin])) if skin.any() else 0.0
    return spread / max(usual, _LEAST_SPREAD), parts


def _local_spread(lab: np.ndarray, inside: np.ndarray, radius: int) -> np.ndarray:
    """Root of the summed variances of Lab over windows (H, W), of the pixels inside alone."""
    support = inside.astype(np.float32)

    def mean(plane: np.ndarray) -> np.ndarray:
        return ndimage.uniform_filter(plane * support, 2 * radius + 1, mode="constant")

    count = np.maximum(mean(np.ones_like(support)), 1e-6)
    centered = lab - lab[inside].mean(0)
    variance = sum(mean(c**2) / count - (mean(c) / count) ** 2 for c in np.moveaxis(centered, -1, 0))
    return np.sqrt(np.maximum(variance, 0))
