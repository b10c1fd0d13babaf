"""The colors of the eyes, read from the photos by the iris landmarks: rings around the pupil, and the sclera."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, minimum_filter

from ..scene import View
from .outlines import LEFT_EYE, LEFT_IRIS, RIGHT_EYE, RIGHT_IRIS, inside

RINGS = 16  # radii of the profile: ring k is centered at (k + 1/2) / RINGS of the iris' radius
_PUPIL = 0.32  # of the iris' radius; in daylight a pupil is 3 to 4 of 11.7 mm
_PUPIL_TONE = 0.3  # share of the iris' own brightness below which a pupil is kept
_SIDE = 2048  # pixels along a photo's longer side that show an iris well enough
_SMALLEST = 2.0  # pixels: radius of an iris that can be measured
_BEYOND = 1.25  # iris radii from the center where the sclera begins for sure
_IRIS = np.array([0.30, 0.20, 0.14])  # sRGB of a brown iris, the commonest, where no photo shows one
_SCLERA = np.array([0.76, 0.72, 0.69])
_SCLERA_LUMA = (0.40, 0.85)  # in this range and
_SCLERA_CHROMA = 0.12  # this far from gray at most, a color is believed to be a sclera


@dataclass(frozen=True)
class EyeColors:
    """profile (RINGS, 3) from the pupil outwards, sclera (3,): sRGB. radius: of the iris, in the views' frame.

    spread     sRGB standard deviation of the iris around its rings
    measured   False where no photo shows an eye, and the colors are those of a brown one
    """

    profile: np.ndarray
    sclera: np.ndarray
    radius: float
    spread: float
    measured: bool


def read_eyes(views: Sequence[View], centers: np.ndarray, radius: float) -> EyeColors:
    """centers (N, 3) of the eyeballs and their radius, in the frame of the views' cameras."""
    rings, whites, sizes = [], [], []
    for view in (view.shrunk(_SIDE) for view in views):
        for eye, iris in ((RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS)):
            seen = _read_eye(view, eye, iris) if view.face is not None else None
            if seen is not None:
                rings.append(seen[0])
                whites.append(seen[1])
                depth = float(view.camera.project(centers.mean(0)[None])[1][0])
                sizes.append(seen[2] * depth / view.camera.fl_x)
    rings = np.concatenate(rings) if rings else np.zeros((0, 4))
    if len(rings) < 30:
        return EyeColors(_with_pupil(np.tile(_IRIS, (RINGS, 1))), _SCLERA, 0.49 * radius, 0.03, False)
    profile, spread = _profile(rings)
    # An iris measures 0.49 of the eyeball's radius (11.7 of 24 mm), and hardly differs among people.
    size = float(np.clip(np.median(sizes), 0.44 * radius, 0.54 * radius))
    return EyeColors(_with_pupil(profile), _sclera(np.concatenate(whites)), size, spread, True)


def _read_eye(view: View, eye: tuple[int, ...], iris: int) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Pixels of the iris (N, 4): radius in iris radii and color; of the sclera (M, 3); the iris' radius in pixels."""
    points, shape = view.face.points, view.mask.shape
    center, rim = points[iris], points[iris + 1 : iris + 5]
    size = float(np.linalg.norm(rim - center, axis=1).max())  # a turned eye's iris is foreshortened one way only
    open_ = minimum_filter(inside(view.face, (eye,), shape, 0), 3)  # lashes and the lid's shadow lie at the rim
    if size < _SMALLEST or not np.isfinite(center).all():
        return None
    rows, columns = np.nonzero(open_ > 0.9)
    away = np.hypot(columns + 0.5 - center[0], rows + 0.5 - center[1]) / size
    colors = view.photo[rows, columns]
    if view.trust is not None:
        clear = view.trust[rows, columns] > 0.05
        away, colors = away[clear], colors[clear]
    ring = away < 1.0
    return np.c_[away[ring], colors[ring]], colors[away > _BEYOND], size


def _profile(rings: np.ndarray) -> tuple[np.ndarray, float]:
    """Median color per ring, without its brightest quarter (the lamp's image), and the spread around it."""
    profile, spreads = np.full((RINGS, 3), np.nan), []
    bin_of = np.minimum((rings[:, 0] * RINGS).astype(int), RINGS - 1)
    for ring in range(RINGS):
        colors = rings[np.abs(bin_of - ring) <= 1, 1:]  # neighbors too: an iris may be few pixels wide
        if len(colors) >= 4:
            gray = colors.mean(1)
            colors = colors[gray <= np.quantile(gray, 0.75)]
            profile[ring] = np.median(colors, 0)
            spreads.append(colors.mean(1).std())
    known = np.isfinite(profile[:, 0])
    if not known.any():
        return np.tile(np.median(rings[:, 1:], 0), (RINGS, 1)), 0.03
    at = np.arange(RINGS)
    whole = np.stack([np.interp(at, at[known], profile[known, k]) for k in range(3)], 1)
    return gaussian_filter1d(whole, 0.8, axis=0, mode="nearest"), float(np.clip(np.median(spreads), 0.005, 0.03))


def _with_pupil(profile: np.ndarray) -> np.ndarray:
    """The profile with a dark pupil, which reflections often hide."""
    radii = (np.arange(RINGS) + 0.5) / RINGS
    iris = np.median(profile[(radii > 0.4) & (radii < 0.8)], 0)
    inner = np.clip((_PUPIL + 0.04 - radii) / 0.08, 0, 1)[:, None]
    return (profile * (1 - inner) + np.minimum(profile, _PUPIL_TONE * iris) * inner).astype(np.float32)


def _sclera(colors: np.ndarray) -> np.ndarray:
    """Median without lashes, corners and lamps, held within what scleras look like."""
    if len(colors) < 8:
        return _SCLERA
    gray = colors.mean(1)
    tone = np.median(colors[(gray >= np.quantile(gray, 0.35)) & (gray <= np.quantile(gray, 0.9))], 0)
    luma = float(np.clip(tone.mean(), *_SCLERA_LUMA))
    chroma = tone - tone.mean()
    chroma *= min(1.0, _SCLERA_CHROMA / max(float(np.abs(chroma).max()), 1e-9))
    return np.clip(luma + chroma, 0, 1).astype(np.float32)
