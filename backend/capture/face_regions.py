"""Where the parts of a face lie in a photo, as pixels, from its landmarks."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from ..head.faces import regions
from ..scene.face import FaceRecord

_OVAL_HEIGHT = 1.9  # of a face seen from the front, in its own unit, the distance of the outer corners of the eyes


def unit_of(record: FaceRecord) -> float:
    """The face's own unit of length in pixels, also where it is turned away and the corners of the eyes come close."""
    height = np.linalg.norm(record.points[regions.FOREHEAD_TOP] - record.points[regions.CHIN])
    return max(record.scale, float(height) / _OVAL_HEIGHT)


def region_mask(record: FaceRecord, lines: Sequence[Sequence[int]], shape: tuple[int, int], grow: float = 0.0):
    """What the closed lines of landmarks enclose, (H, W) bool, grown by `grow` of the face's own unit."""
    picture = Image.new("1", (shape[1], shape[0]))
    draw = ImageDraw.Draw(picture)
    for line in lines:
        draw.polygon([(float(x) - 0.5, float(y) - 0.5) for x, y in record.points[list(line)]], fill=1, outline=1)
    mask = np.asarray(picture)
    reach = grow * unit_of(record)
    return ndimage.distance_transform_edt(~mask) <= reach if reach > 0 and mask.any() else mask


def nostrils(record: FaceRecord, shape: tuple[int, int]) -> np.ndarray:
    """The underside of the nose with its wings, (H, W) bool."""
    return region_mask(record, [(64, 98, 97, 2, 326, 327, 294, 279, 49 + 230, 4, 49)], shape, 0.03)
