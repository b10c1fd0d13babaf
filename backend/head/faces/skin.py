"""The color of one person's skin, learned from cheeks and nose, and where else it shows: ears, neck, forehead.

Shade darkens skin but hardly changes a / (L + 16) and b / (L + 16) of CIE Lab: all three of L + 16, a and b are
proportional to the cube root of the light (CIE 15:2004, eq. 8.1-8.3, above its linear toe).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from . import regions
from .portrait import Portrait
from .shades import Shades, learn_shades

_CHROMA_FLOOR = 0.025  # smallest spread of the chroma: single-colored skin does not exist
_LIGHT_FLOOR = 8.0  # smallest spread of L
_MAD = 1.4826  # standard deviation of a Gaussian over its median absolute deviation
_ROUNDS = 4  # of leaving outliers out
_OUTLIER = 2.5  # deviations
_GRAY = 2.0  # chroma in Lab that hardly a pixel exceeds in a picture without colors
_NOSE = (6, 197, 195, 5, 45, 275)
_SHADES = 5  # of one face: lit, plain, in shadow, ruddy, glossy
_LIKE = 3.0  # deviations up to which a color is skin
_LIGHT_SAYS = 0.7  # weight of the lightness in that
_SHADE_LIKE = 2.0  # the same for the shades seen in the face
_REACH = 1.5  # units below and beside the oval where neck and ears are looked for


@dataclass(frozen=True)
class SkinTone:
    """Median and spread of the skin's shade-free chroma (2,) and of its lightness."""

    chroma: np.ndarray
    spread: np.ndarray  # (2, 2) covariance of the chroma
    light: float
    light_spread: float
    gray: bool  # a picture without colors
    shades: Shades  # of the whole face

    def likes(self, lab: np.ndarray) -> np.ndarray:
        """lab (..., 3) -> (...,) bool: skin by chroma in any likely shade, or a shade seen in the face."""
        seen = self.shades.distance(lab) < _SHADE_LIKE
        if self.gray:
            return seen
        off = shade_free(lab) - self.chroma
        chroma = np.einsum("...i,ij,...j->...", off, np.linalg.inv(self.spread), off)
        light = (lab[..., 0] - self.light) / self.light_spread
        return seen | (chroma + (_LIGHT_SAYS * light) ** 2 < _LIKE**2)


def shade_free(lab: np.ndarray) -> np.ndarray:
    """lab (..., 3) -> chroma (..., 2) that shade leaves alone."""
    return lab[..., 1:] / (np.maximum(lab[..., :1], 1) + 16)


def learn_skin(portrait: Portrait) -> SkinTone:
    """Chroma from the cheeks and the nose, lightness and shades from the face below the brows: hair falls above."""
    seeds = portrait.hull(regions.RIGHT_CHEEK) | portrait.hull(regions.LEFT_CHEEK) | portrait.hull(_NOSE)
    middle, spread = _robust(shade_free(portrait.lab[seeds]))
    face = portrait.lab[plain_face(portrait) & ~portrait.above_brows()]
    light = float(np.median(face[:, 0]))
    light_spread = max(_LIGHT_FLOOR, _MAD * float(np.median(np.abs(face[:, 0] - light))))
    colors = np.linalg.norm(portrait.lab[..., 1:][portrait.inside], axis=-1)
    gray = float(np.quantile(colors, 0.95)) < _GRAY
    return SkinTone(middle, spread, light, light_spread, gray, learn_shades(face, _SHADES))


def _robust(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """samples (N, 2) -> middle (2,), covariance (2, 2), outliers left out round by round."""
    kept = np.ones(len(samples), bool)
    for _ in range(_ROUNDS):
        middle = np.median(samples[kept], 0)
        spread = np.cov(samples[kept].T) + np.eye(2) * _CHROMA_FLOOR**2
        off = samples - middle
        kept = np.einsum("ni,ij,nj->n", off, np.linalg.inv(spread), off) < _OUTLIER**2
    return middle, spread


def features(portrait: Portrait) -> np.ndarray:
    """(S, S) bool: eyes with their lids, brows and lips, a little grown: no plain skin."""
    eyes = portrait.area(regions.RIGHT_EYE, 0.06) | portrait.area(regions.LEFT_EYE, 0.06)
    brows = portrait.area(regions.RIGHT_BROW, 0.05) | portrait.area(regions.LEFT_BROW, 0.05)
    return eyes | brows | portrait.area(regions.LIPS, 0.02)


def plain_face(portrait: Portrait) -> np.ndarray:
    """(S, S) bool: inside the oval, features and the unsure rim left out."""
    return portrait.area(regions.OVAL, -0.08) & ~features(portrait)


def find_skin(portrait: Portrait, tone: SkinTone, person: np.ndarray) -> np.ndarray:
    """(S, S) bool: skin-colored, inside the person (S, S) bool without hair, and connected with the face."""
    candidates = tone.likes(portrait.lab) & person & portrait.area(regions.OVAL, _REACH) & ~features(portrait)
    smooth = cv2.morphologyEx(candidates.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(smooth, connectivity=4)
    seeds = np.unique(labels[plain_face(portrait)])
    skin = np.isin(labels, seeds[seeds > 0]).astype(np.uint8)
    return (cv2.morphologyEx(skin, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0) & candidates
