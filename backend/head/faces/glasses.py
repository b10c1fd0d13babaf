"""Glasses: thin lines around the eyes that are darker (or paler) than the skin on both sides, and glare on the lenses.

A face wears glasses where such a line runs below an eye in most directions and others cross the nose between the
eyes. Lids, wrinkles and shadows are soft or short beside a frame. Rimless glasses are seen by their glare alone,
and only if something of them crosses nose and cheek.
"""

import cv2
import numpy as np

from . import regions
from .portrait import UNIT, Portrait, grown
from .skin import SkinTone, shade_free

_THICK = 0.17  # units: a frame is thinner, a shadow's edge or a cheek's shading is not
_LINE = 9.0  # L by which a line differs from both sides from which on it may be a frame's
_SURE = 18.0  # and from which on it surely is
_RADII = (0.20, 0.58)  # units from an eye's center between which the lower rim runs
_ANGLES = np.radians(np.arange(40, 141, 5))  # below the eye; 90 degrees is straight down
_ARC = 0.65  # share of these directions that must meet a line
_BRIDGE = 0.5  # share of the columns between the eyes in which a line must cross the nose
_ABOVE, _BELOW = 0.35, 0.55  # units around the eyes' height where frames are
_BESIDE = 0.45  # units beside the oval where their arms are,
_ARM = 0.25  # within so many units of the eyes' height
_NOSTRILS = (1, 2, 48, 64, 98, 278, 294, 327)
_GLARE = 22.0  # L above the face's at which a lens shines
_PALE = 0.6  # share of the skin's chroma left in a glare, and on metal


def find_glasses(portrait: Portrait, tone: SkinTone) -> np.ndarray:
    """(S, S) bool: frames with the sharp shadows along them, and glare; empty for a face without glasses."""
    contrast = _line_contrast(portrait, tone)
    rims = [_met_by_rays(portrait, contrast, eye) for eye in (regions.RIGHT_EYE, regions.LEFT_EYE)]
    bridge = _bridge(portrait)
    crossed = (np.where(bridge, contrast, 0).max(0) > _SURE)[bridge.any(0)]
    if max(share for share, _ in rims) < _ARC or crossed.mean() < _BRIDGE:
        return np.zeros_like(bridge)
    allowed = _zone(portrait) & ~_eyes_and_brows(portrait)
    lines = (contrast > _LINE) & allowed
    seeds = (rims[0][1] | rims[1][1] | bridge) & (contrast > _SURE) & allowed
    frames = _touching(grown(lines, 1), seeds)
    return (frames & allowed) | _glare(portrait, tone, frames)


def _line_contrast(portrait: Portrait, tone: SkinTone) -> np.ndarray:
    """(S, S): L by which thin things are darker than what surrounds them, or, where they are pale, lighter."""
    width = 2 * round(_THICK * UNIT / 2) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    light = portrait.lab[..., 0]
    dark = cv2.morphologyEx(light, cv2.MORPH_BLACKHAT, disc)
    bright = cv2.morphologyEx(light, cv2.MORPH_TOPHAT, disc)
    return np.maximum(dark, np.where(_is_pale(portrait, tone) & (light < tone.light), bright, 0))


def _is_pale(portrait: Portrait, tone: SkinTone) -> np.ndarray:
    """(S, S) bool: without skin's color; everything in a gray picture."""
    chroma = np.linalg.norm(shade_free(portrait.lab), axis=-1)
    return (chroma < _PALE * np.linalg.norm(tone.chroma)) | tone.gray


def _met_by_rays(portrait: Portrait, contrast: np.ndarray, eye: tuple[int, ...]) -> tuple[float, np.ndarray]:
    """Share of the rays below an eye that meet a line, and (S, S) bool: where they do."""
    radii = np.arange(_RADII[0] * UNIT, _RADII[1] * UNIT)
    center = portrait.points[list(eye)].mean(0)
    x = center[0] + np.cos(_ANGLES)[:, None] * radii
    y = center[1] + np.sin(_ANGLES)[:, None] * radii
    column, row = (np.clip(v, 0, portrait.crop.size - 1).astype(int) for v in (x, y))
    along = contrast[row, column]
    best = along.argmax(1)
    strong = along.max(1) > _SURE
    where = np.zeros(contrast.shape, bool)
    rays = np.arange(len(best))[strong]
    where[row[rays, best[rays]], column[rays, best[rays]]] = True
    return float(strong.mean()), grown(where, 1)


def _bridge(portrait: Portrait) -> np.ndarray:
    """(S, S) bool: the middle of the nose's root, where a frame crosses it."""
    inner = portrait.points[[regions.RIGHT_INNER, regions.LEFT_INNER]]
    left, right = np.sort(inner[:, 0])
    room = 0.2 * (right - left)
    y = inner[:, 1].mean()
    return _box(portrait, left + room, right - room, y - 0.25 * UNIT, y + 0.25 * UNIT)


def _zone(portrait: Portrait) -> np.ndarray:
    """(S, S) bool: where frames and arms can be; the tip of the nose is dark below for other reasons."""
    oval = portrait.points[list(regions.OVAL)]
    left, right = oval[:, 0].min(), oval[:, 0].max()
    y = portrait.points[[regions.RIGHT_OUTER, regions.LEFT_OUTER], 1].mean()
    frames = _box(portrait, left, right, y - _ABOVE * UNIT, y + _BELOW * UNIT)
    beside = _BESIDE * UNIT
    arms = _box(portrait, left - beside, right + beside, y - _ARM * UNIT, y + _ARM * UNIT)
    return (frames | arms) & ~portrait.hull(_NOSTRILS, 0.05)


def _box(portrait: Portrait, left: float, right: float, top: float, bottom: float) -> np.ndarray:
    y, x = np.mgrid[: portrait.crop.size, : portrait.crop.size] + 0.5
    return (x > left) & (x < right) & (y > top) & (y < bottom)


def _eyes_and_brows(portrait: Portrait) -> np.ndarray:
    eyes = portrait.area(regions.RIGHT_EYE, 0.05) | portrait.area(regions.LEFT_EYE, 0.05)
    return eyes | portrait.area(regions.RIGHT_BROW, 0.02) | portrait.area(regions.LEFT_BROW, 0.02)


def _glare(portrait: Portrait, tone: SkinTone, frames: np.ndarray) -> np.ndarray:
    """(S, S) bool: pale and light inside the frames' outline, around the eyes."""
    eyes = portrait.area(regions.RIGHT_EYE, 0.35) | portrait.area(regions.LEFT_EYE, 0.35)
    corners = np.argwhere(frames & grown(eyes, 0.1 * UNIT))[:, ::-1].astype(np.int32)
    lenses = np.zeros(frames.shape, np.uint8)
    if len(corners):
        cv2.fillConvexPoly(lenses, cv2.convexHull(corners), 1)
    shining = _is_pale(portrait, tone) & (portrait.lab[..., 0] > tone.light + _GLARE)
    whites = portrait.area(regions.RIGHT_EYE) | portrait.area(regions.LEFT_EYE)
    return shining & (lenses > 0) & eyes & ~whites


def _touching(mask: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The pieces of the mask that hold a seed."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    held = np.unique(labels[seeds & mask])
    return np.isin(labels, held[held > 0])
