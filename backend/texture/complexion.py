"""What the photos tell of skin and hair as a whole: where hair is, its tone, and how both look in the small."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates, uniform_filter

from ..scene import Surface, View
from ..scene.head import FACE, SCALP, HeadShape
from .anatomy import Axes
from .gates import Gated, hair_share, smoothstep
from .grain import Grain, grain_of, plain_grain

_WINDOWS = (30.0, 20.0, 12.0)  # millimeters: sides of the patches that grain is learned from, the largest first
_FULL = 0.97  # share of a patch that must be what is looked for
_FINEST = 8  # pixels: a smaller patch tells nothing
_FEWEST = 30  # pixels of hair that tell its tone
_SQUARE = 0.25  # share of them that must be seen squarely to speak for all
_SKIN_MOST, _HAIR_MOST = 0.012, 0.045  # standard deviations of grain, sRGB
_STRAND = 6.0  # marks of hair are so many times longer than wide
_PLAIN_SKIN, _PLAIN_HAIR, _PLAIN_PIXEL = 0.008, 0.03, 0.6  # where no photo shows any; pixels in millimeters


@dataclass(frozen=True)
class Complexion:
    """hair (V,) in [0, 1], evidence (V,): how surely; scalp_hair: the same for the scalp that nobody sees;
    hair_tone (3,) sRGB, None where no photo shows hair; skin_grain, hair_grain."""

    hair: np.ndarray
    evidence: np.ndarray
    scalp_hair: float
    hair_tone: np.ndarray | None
    skin_grain: Grain
    hair_grain: Grain


def typical_color(colors: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted median per channel, (N, C) and (N,) -> (C,)."""
    tone = []
    for channel in colors.T:
        order = np.argsort(channel)
        share = np.cumsum(weights[order])
        tone.append(channel[order[min(np.searchsorted(share, 0.5 * share[-1]), len(order) - 1)]])
    return np.array(tone)


def read_complexion(surface: Surface, axes: Axes, gated: Sequence[Gated], weights: np.ndarray, seed: int) -> Complexion:
    """weights (V, K) of what the K views see of the vertices."""
    masked = [(k, view.small, view.planes) for k, view in enumerate(gated) if view.planes is not None]
    mass, hair = np.zeros(len(surface.vertices)), np.zeros(len(surface.vertices))
    for k, view, planes in masked:
        pixels = view.camera.project(surface.vertices.astype(np.float64))[0]
        weight = weights[:, k] / max(float(weights[:, k].max()), 1e-12)
        mass += weight
        hair += weight * map_coordinates(planes["hair"], (pixels[:, ::-1] - 0.5).T, order=1, mode="nearest")
    hair = hair / np.maximum(mass, 1e-12)
    tone = _hair_tone(masked)
    shares = [hair_share(view.face, planes) for _, view, planes in masked]
    # Without masks the scalp is taken for what it looks like where it is seen, hair or skin.
    covered = float(np.mean(shares)) if masked else 1.0
    return Complexion(hair, np.minimum(mass, 1), covered, tone, *_grains(axes, masked, seed))


def _hair_tone(masked) -> np.ndarray | None:
    """Of hair seen squarely: towards its outline it shines, and the background shows through. None without hair."""
    chosen = [planes["hair"] > 0.8 for _, _, planes in masked]
    if sum(map(np.count_nonzero, chosen)) < _FEWEST:
        return None
    pixels = np.concatenate([view.photo[hair] for (_, view, _), hair in zip(masked, chosen, strict=True)])
    trust = np.concatenate([view.trust[hair] for (_, view, _), hair in zip(masked, chosen, strict=True)])
    # Trusted are those before the fitted head. Where these are few, they are the hairline alone: half of it is skin.
    return typical_color(pixels, trust if trust.sum() > _SQUARE * len(trust) else np.ones(len(trust)))


def _grains(axes: Axes, masked, seed: int) -> tuple[Grain, Grain]:
    pixel = _PLAIN_PIXEL * axes.millimeter
    skin, hair = plain_grain(_PLAIN_SKIN, pixel, seed), plain_grain(_PLAIN_HAIR, pixel, seed + 1)
    if masked:
        _, view, planes = max(masked, key=lambda entry: float((entry[2]["skin"] * entry[1].trust).sum()))
        skin = _learned(axes, view, planes["skin"] * view.trust, _SKIN_MOST, seed, 1.0) or skin
        _, view, planes = max(masked, key=lambda entry: float(entry[2]["hair"].sum()))
        for share in (view.trust, 1.0):  # hair on the head itself, or else what hangs beside it
            learned = _learned(axes, view, planes["hair"] * share, _HAIR_MOST, seed + 1, _STRAND)
            if learned is not None:
                return skin, learned
    return skin, hair


def _learned(axes: Axes, view: View, good: np.ndarray, most: float, seed: int, strand: float) -> Grain | None:
    """From the evenest square of the photo that shows nothing else; None where there is no such square."""
    camera = view.camera
    depth = max(float(camera.project(axes.center[None])[1][0]), 1e-6)
    pixel = depth / camera.fl_x
    good = smoothstep(0.3, 0.8, good)
    gray = view.photo.mean(-1).astype(np.float64)
    fine = gray - gaussian_filter(gray, 4.0)
    for window in _WINDOWS:
        side = round(window * axes.millimeter / pixel)
        if side < _FINEST or side >= min(gray.shape):
            continue
        cover = uniform_filter(good, side, mode="constant")
        rough = uniform_filter(fine * fine, side, mode="constant")
        cost = np.where(cover >= _FULL, rough, np.inf)
        row, column = np.unravel_index(cost.argmin(), cost.shape)
        if np.isfinite(cost[row, column]):
            part = np.s_[row - side // 2 : row - side // 2 + side, column - side // 2 : column - side // 2 + side]
            return grain_of(view.photo[part], good[part], pixel, most, seed, strand)
    return None


def hair_tone(colors: np.ndarray, confidence: np.ndarray, head: HeadShape, complexion: Complexion) -> np.ndarray | None:
    """Of the hair in the masks, else of the scalp where it is seen, among vertices' colors (V, 3); else None."""
    weight = confidence * (head.region == SCALP)
    if complexion.hair_tone is not None or weight.sum() <= 0:
        return complexion.hair_tone
    return typical_color(colors, weight)


def skin_tone(colors: np.ndarray, confidence: np.ndarray, head: HeadShape, complexion: Complexion) -> np.ndarray:
    """The face's typical color (3,) among its vertices' colors (V, 3); of all that is seen where no face is."""
    weight = confidence * (1 - complexion.hair) * (head.region == FACE)
    weight = np.where(confidence > 0.3 * confidence.max(initial=0), weight, 0)
    if weight.sum() <= 0:
        weight = confidence
    return typical_color(colors, weight) if weight.sum() > 0 else np.full(3, 0.5)
