"""Frames of glasses in one photo: long lines about the eyes that are darker than what lies on either side of them.

A frame is thinner than a tenth of the face's unit, so that a morphological closing of the lightness fills it:
what the closing adds (the black top-hat) is large on frames and small on skin, whatever light falls on them. Lashes
and nostrils are dark lines as well; they are left out, and no frame is looked for unless most of the
lower rims is there, where a bare face has no line at all: across the cheeks.
"""

import numpy as np
from scipy import ndimage

from ..head.faces import regions
from ..scene.face import FaceRecord
from ..scene.lab import lab_of
from .face_regions import nostrils, region_mask, unit_of

# Lengths in the face's own unit, the distance of the outer corners of the eyes.
_THICK = 0.1  # a frame is thinner
_BLUR = 0.005
_BAND = 0.55  # frames lie no farther from the line of the eyes
_BEYOND = 1.0  # and reach no farther beyond its ends: the temples
_ONWARD = 0.5  # how far a frame is followed from where it was expected
_LONG = 0.3  # shorter dark lines are no frames
_RIM = (0.12, 0.5)  # the lower rim's distance from the eye's center
_RIM_ANGLES = 40  # directions in which it is looked for, downwards
_RIM_SHARE = 0.7  # of them in which it must be found
# Lightness (Lab) that a line must be darker than its surroundings: surely, and to belong to one.
_SURE, _LINE = 22.0, 9.0
_BROW = 0.5  # a brow is a dark line as well, though hardly half as dark: what is left of it is below _LINE


def frames_in(photo: np.ndarray, record: FaceRecord) -> np.ndarray:
    """photo (H, W, 3) sRGB -> where glasses' frames lie (H, W) bool; nowhere on a bare face."""
    found = np.zeros(photo.shape[:2], bool)
    part, near = _around_eyes(record, found.shape)
    if near.size == 0:
        return found
    dark = _dark_lines(photo[part], unit_of(record))
    offset = np.array([part[1].start, part[0].start])
    shifted = record.moved((1, 1), tuple(-offset))
    own = region_mask(shifted, [regions.LEFT_EYE, regions.RIGHT_EYE], near.shape, 0.05)
    own |= nostrils(shifted, near.shape)
    brows = region_mask(shifted, [regions.LEFT_BROW, regions.RIGHT_BROW], near.shape, 0.02)
    dark = np.where(brows, _BROW * dark, dark)
    if not _has_rims(dark, shifted, own):
        return found
    found[part] = _long_lines(np.where(near & ~own, dark, 0), unit_of(record))
    return found


def frames_along(photo: np.ndarray, expected: np.ndarray, unit: float) -> np.ndarray:
    """The dark lines (H, W) bool that run through the place where frames are expected (H, W) bool, and on from there.

    unit: of the face, in pixels. For photos that show no landmarks: profiles.
    """
    found = np.zeros(expected.shape, bool)
    if not expected.any():
        return found
    rows, columns = (np.nonzero(expected.any(axis))[0] for axis in (1, 0))
    room = round(_ONWARD * unit)
    part = np.s_[max(rows[0] - room, 0) : rows[-1] + room, max(columns[0] - room, 0) : columns[-1] + room]
    dark = _dark_lines(photo[part], unit)
    core = (dark > _LINE) & expected[part]
    # Frames leave the expected place only where they are plain to see: hair and ears are full of faint lines.
    onward = (dark > _SURE) & (ndimage.distance_transform_edt(~expected[part]) < room)
    found[part] = ndimage.binary_propagation(core, mask=core | onward)
    return found


def _around_eyes(record: FaceRecord, shape: tuple[int, int]) -> tuple[tuple[slice, slice], np.ndarray]:
    """The part of the picture that holds the band about the eyes, and which of its pixels lie in the band."""
    unit = unit_of(record)
    ends = record.points[[regions.RIGHT_OUTER, regions.LEFT_OUTER]].astype(float)
    reach = (_BAND + _BEYOND) * unit
    low = np.maximum(np.floor(ends.min(0) - reach), 0).astype(int)
    high = np.minimum(np.ceil(ends.max(0) + reach), shape[::-1]).astype(int)
    part = np.s_[low[1] : max(high[1], low[1]), low[0] : max(high[0], low[0])]
    rows, columns = np.mgrid[part] + 0.5
    along = ends[1] - ends[0]
    along /= max(np.linalg.norm(along), 1e-6)
    x, y = columns - ends.mean(0)[0], rows - ends.mean(0)[1]
    half = np.linalg.norm(ends[1] - ends[0]) / 2 + _BEYOND * unit
    return part, (np.abs(x * along[1] - y * along[0]) < _BAND * unit) & (np.abs(x * along[0] + y * along[1]) < half)


def _dark_lines(photo: np.ndarray, unit: float) -> np.ndarray:
    """By how much a pixel is darker than what encloses it (H, W) in units of Lab's lightness."""
    lightness = ndimage.gaussian_filter(lab_of(photo)[..., 0], max(0.5, _BLUR * unit))
    return ndimage.grey_closing(lightness, size=max(3, round(_THICK * unit) | 1)) - lightness


def _has_rims(dark: np.ndarray, record: FaceRecord, own: np.ndarray) -> bool:
    """Whether a dark line runs below one of the eyes, in most directions."""
    unit = unit_of(record)
    # Perpendicular to the middle line of the face, which keeps its direction when the head turns.
    down = record.points[regions.CHIN] - record.points[regions.FOREHEAD_TOP]
    down = down / max(np.linalg.norm(down), 1e-6)
    across = np.array([down[1], -down[0]]) * min(1.0, record.scale / unit)
    angles = np.linspace(0.1 * np.pi, 0.9 * np.pi, _RIM_ANGLES)
    rays = np.cos(angles)[:, None] * across + np.sin(angles)[:, None] * down
    lengths = np.arange(_RIM[0] * unit, _RIM[1] * unit, 0.7)
    for center in (regions.RIGHT_IRIS_CENTER, regions.LEFT_IRIS_CENTER):
        at = record.points[center] + rays[:, None] * lengths[:, None]
        values = ndimage.map_coordinates(np.where(own, 0, dark), (at[..., 1] - 0.5, at[..., 0] - 0.5), order=1)
        if (values.max(1) > 0.7 * _SURE).mean() >= _RIM_SHARE:
            return True
    return False


def _long_lines(dark: np.ndarray, unit: float) -> np.ndarray:
    """The dark lines' pixels (H, W) bool of those that are long."""
    lines = ndimage.binary_propagation(dark > _SURE, mask=dark > _LINE)
    labels, count = ndimage.label(lines, np.ones((3, 3)))
    kept = [False]
    for rows, columns in ndimage.find_objects(labels, count):
        kept.append(np.hypot(rows.stop - rows.start, columns.stop - columns.start) > _LONG * unit)
    return np.array(kept)[labels]
