"""One face brought upright to a known size, for everything that looks at its colors."""

from dataclasses import dataclass

import cv2
import numpy as np

from ...scene import FaceRecord
from . import regions
from .crop import Crop

UNIT = 96  # pixels of the portrait for one eye distance of a face seen from the front
_SIDE = 5.6  # of the portrait, in such units: about 2.6 times a detector's box
_LONG = 1.75  # height of the face's oval over its eye distance: what remains of it when the head turns
_CALM = 0.012  # units: sigma of the blur that takes freckles and grain out of the colors


@dataclass(frozen=True)
class Portrait:
    """Planes (S, S) of a square picture of a face, S = 5.6 units; points (478, 2) in its pixels.

    lab  (S, S, 3) float32: L 0..100, a, b, a little blurred
    inside  (S, S) bool: what of it the photo shows
    """

    crop: Crop
    points: np.ndarray
    pixels: np.ndarray  # (S, S, 3) uint8 sRGB
    lab: np.ndarray
    inside: np.ndarray

    def area(self, line: tuple[int, ...], grow: float = 0.0) -> np.ndarray:
        """(S, S) bool: inside the closed line through these points, grown by so many units."""
        plane = np.zeros(self.lab.shape[:2], np.uint8)
        cv2.fillPoly(plane, [np.round(self.points[list(line)] * 16).astype(np.int32)], 1, shift=4)
        return grown(plane > 0, grow * UNIT)

    def hull(self, points: tuple[int, ...], grow: float = 0.0) -> np.ndarray:
        """(S, S) bool: inside the convex hull of these points, grown by so many units."""
        plane = np.zeros(self.lab.shape[:2], np.uint8)
        corners = cv2.convexHull(np.round(self.points[list(points)]).astype(np.int32))
        cv2.fillConvexPoly(plane, corners, 1)
        return grown(plane > 0, grow * UNIT)

    def above_brows(self) -> np.ndarray:
        """(S, S) bool: the rows above the brows."""
        top = self.points[list(regions.RIGHT_BROW + regions.LEFT_BROW), 1].min()
        return np.repeat(self.rows()[:, None] < top, self.crop.size, 1)

    def rows(self) -> np.ndarray:
        """(S,) y of each row's center."""
        return np.arange(self.crop.size) + 0.5


def portray(photo: np.ndarray, record: FaceRecord) -> Portrait:
    """photo (H, W, 3) float32 sRGB in [0, 1]."""
    down = record.points[regions.CHIN] - record.points[regions.FOREHEAD_TOP]
    unit = max(record.scale, float(np.linalg.norm(down)) / _LONG)
    center = record.points[list(regions.OVAL)].mean(0)
    crop = Crop.around(center, _SIDE * unit, round(_SIDE * UNIT), float(np.arctan2(-down[0], down[1])))
    picture = np.clip(crop.cut(np.ascontiguousarray(photo)), 0, 1)
    calm = cv2.GaussianBlur(picture, (0, 0), _CALM * UNIT)
    rows, columns = np.mgrid[0 : crop.size, 0 : crop.size] + 0.5
    x, y = crop.out(np.stack([columns.ravel(), rows.ravel()], 1)).T.reshape(2, crop.size, crop.size)
    inside = (x >= 0) & (y >= 0) & (x <= photo.shape[1]) & (y <= photo.shape[0])
    pixels = (picture * 255).round().astype(np.uint8)
    return Portrait(crop, crop.into(record.points), pixels, cv2.cvtColor(calm, cv2.COLOR_RGB2LAB), inside)


def grown(mask: np.ndarray, pixels: float) -> np.ndarray:
    """mask (H, W) bool, wider (or, below 0, narrower) by a disc of this radius."""
    if pixels >= 0:
        return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5) <= pixels
    return cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5) > -pixels


def ramp(values: np.ndarray, zero: float, one: float) -> np.ndarray:
    """0 at `zero` and beyond, 1 at `one` and beyond, straight between; zero may be above one."""
    return np.clip((values - zero) / (one - zero), 0, 1).astype(np.float32)
