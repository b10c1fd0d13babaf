"""Hair: what of the person has the colors found in the ring around the forehead, and hangs together with that ring."""

import cv2
import numpy as np

from . import regions
from .portrait import UNIT, Portrait, grown
from .shades import learn_shades
from .skin import SkinTone, features

_RING = 0.6  # units: width of the ring around the upper face
_SHADES = 4  # of one person's hair: lit, plain, in shadow, glossy
_OTHER = 2.0  # deviations from every shade of skin from which on the ring's pixels are learned from
_LEAST = 0.06  # share of the ring that must be no skin; less is a bald head
_LIKE = 3.0  # deviations up to which a color is hair
_NEARER = 0.9  # hair is nearer to hair's shades than to skin's, times this
_BELOW = 0.5  # units below the chin that falling hair is followed
_FOREHEAD = 0.3  # units around the oval that may be forehead
_PIECE = 0.15  # units: side of the smallest piece


def find_hair(portrait: Portrait, tone: SkinTone, person: np.ndarray) -> np.ndarray:
    """(S, S) bool; person: (S, S) bool without what covers it. Empty for a bald head."""
    ring = grown(portrait.area(regions.OVAL), _RING * UNIT) & ~_face(portrait) & portrait.above_brows() & person
    off_skin = tone.shades.distance(portrait.lab)
    seeds = ring & (off_skin > _OTHER)
    if seeds.sum() <= _LEAST * ring.sum():
        return np.zeros_like(person)
    off_hair = learn_shades(portrait.lab[seeds], _SHADES).distance(portrait.lab)
    lowest = portrait.points[list(regions.OVAL), 1].max() + _BELOW * UNIT
    place = person & ~_face(portrait) & ~features(portrait) & (portrait.rows()[:, None] < lowest)
    light = portrait.lab[..., 0]
    if np.median(light[seeds]) < tone.light:  # dark hair: what is lighter than the face's skin is a lit forehead
        place &= ~((light > tone.light) & portrait.area(regions.OVAL, _FOREHEAD))
    return _connected((off_hair < _LIKE) & (off_hair < _NEARER * off_skin) & place, seeds)


def _face(portrait: Portrait) -> np.ndarray:
    """(S, S) bool: inside the oval, but for a rim, and for the forehead, where a fringe may fall."""
    return portrait.area(regions.OVAL, -0.1) & ~portrait.above_brows()


def _connected(mask: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The large pieces of the mask that hold a seed, smoothed."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    smooth = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, disc)
    smooth = cv2.morphologyEx(smooth, cv2.MORPH_OPEN, disc)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(smooth, connectivity=4)
    touched = np.unique(labels[seeds & (smooth > 0)])
    return np.isin(labels, [n for n in touched if n > 0 and stats[n, cv2.CC_STAT_AREA] > (_PIECE * UNIT) ** 2])
