"""Soft masks around one face: person, skin, hair, glasses, highlights.

They are drawn on an upright portrait of a fixed size, so that every length is a share of the face's own size.
"""

import cv2
import numpy as np

from ...scene import FaceMasks, FaceRecord
from . import regions
from .glasses import find_glasses
from .hair import find_hair
from .highlights import find_highlights, find_sheen
from .portrait import Portrait, portray, ramp
from .selfie import find_segmenter, segment_person
from .skin import find_skin, learn_skin

_SOFT = 1.2  # pixels of the portrait by which outlines are softened
_RIM = 0.1  # share of the portrait along its edge where its person gives way to the whole photo's
_SURE = 0.5  # probability from which on a pixel counts as the person
_HEAD = 0.6  # units around the oval that count as the person where no model for persons is installed


def segment_face(photo: np.ndarray, record: FaceRecord) -> FaceMasks:
    """photo (H, W, 3) float32 sRGB in [0, 1], record: a face in it, of any size -> masks of the photo's size."""
    shape = photo.shape[:2]
    portrait = portray(photo, record)
    near, person = _find_person(photo, portrait)
    sure = (near > _SURE) & portrait.inside
    tone = learn_skin(portrait)
    glasses = find_glasses(portrait, tone) & portrait.inside
    highlight = find_highlights(portrait, tone) & sure & ~glasses
    hair = find_hair(portrait, tone, sure & ~glasses & ~find_sheen(portrait, tone))
    skin = find_skin(portrait, tone, sure & ~glasses & ~hair & ~highlight)
    planes = (skin, hair, glasses, highlight & ~hair)
    soft = [portrait.crop.put(cv2.GaussianBlur(plane.astype(np.float32), (0, 0), _SOFT), shape) for plane in planes]
    return FaceMasks(*(np.round(np.clip(plane, 0, 1) * 255).astype(np.uint8) for plane in (person, *soft)))


def _find_person(photo: np.ndarray, portrait: Portrait) -> tuple[np.ndarray, np.ndarray]:
    """Probability of the person on the portrait (S, S) and on the photo (H, W).

    The model sees most on the portrait; beyond it stands what it says of the whole photo.
    """
    segment = find_segmenter()
    if segment is None:
        near = portrait.area(regions.OVAL, _HEAD).astype(np.float32)
        return near, portrait.crop.put(near, photo.shape[:2])
    near = segment(portrait.pixels)
    whole = segment_person((np.clip(photo, 0, 1) * 255).round().astype(np.uint8), segment)
    place = (np.arange(portrait.crop.size) + 0.5) / portrait.crop.size
    weight = ramp(np.minimum(place, 1 - place), 0, _RIM)
    weight = np.minimum(weight[:, None], weight)
    return near, whole + portrait.crop.put(weight * near, whole.shape) - portrait.crop.put(weight, whole.shape) * whole
