"""Where skin mirrors a lamp: lighter than the face, and paler, because a lamp's white is added to the skin's color."""

import numpy as np

from . import regions
from .portrait import Portrait
from .skin import SkinTone, features, plain_face, shade_free

_BRIGHT = 0.8  # quantile of the face's lightness above which highlights are looked for
_LIGHTER = 5.0  # L above that
_WHITE = 96.0  # L that is bright whatever the face
_PALER = 0.75  # share of the face's own chroma that is left
_NEAR = 0.35  # units around the oval in which skin's highlights are looked for
_SHEEN_LIGHTER, _SHEEN_PALER = 0.0, 0.9  # the same for what is merely glossy
_SHEEN_NEAR = 0.15


def find_highlights(portrait: Portrait, tone: SkinTone) -> np.ndarray:
    """(S, S) bool, in and around the face, features left out."""
    return _shining(portrait, tone, _LIGHTER, _PALER) & portrait.area(regions.OVAL, _NEAR) & ~features(portrait)


def find_sheen(portrait: Portrait, tone: SkinTone) -> np.ndarray:
    """(S, S) bool: the face where it is glossy at all; a glossy forehead has no color that tells it from hair."""
    shining = _shining(portrait, tone, _SHEEN_LIGHTER, _SHEEN_PALER)
    return shining & portrait.area(regions.OVAL, _SHEEN_NEAR)


def _shining(portrait: Portrait, tone: SkinTone, lighter: float, paler: float) -> np.ndarray:
    face = portrait.lab[plain_face(portrait) & portrait.inside]
    light = portrait.lab[..., 0]
    bright = light > min(float(np.quantile(face[:, 0], _BRIGHT)) + lighter, _WHITE)
    if tone.gray:
        return bright & (light > tone.light + 2 * tone.light_spread)
    chroma = np.linalg.norm(shade_free(portrait.lab), axis=-1)
    return bright & (chroma < paler * np.median(np.linalg.norm(shade_free(face), axis=-1)))
