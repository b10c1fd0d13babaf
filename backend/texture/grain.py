"""Skin and hair in the small: noise with the look of a patch of the photo, laid over the head without seams.

A patch convolved with white noise keeps its spectrum and the colors that go together, and repeats without a seam
(Galerne, Gousseau & Morel 2011, "Random phase textures", asymptotic discrete spot noise). Three projections along
the head's axes are blended so that the variance stays (weights / root of the sum of their squares).
"""

from dataclasses import dataclass

import numpy as np
import warp as wp
from scipy.ndimage import rotate

from .anatomy import Axes
from .row_launch import RowLauncher

wp.set_module_options({"enable_backward": False})

_TILE = 256  # pixels along a side
_TURNS = 8  # of half a turn


@dataclass(frozen=True)
class Grain:
    """tile (N, N, 3) float32 sRGB with mean 0, periodic; pixel: length of one of its pixels, in the surface's frame;
    strand: how many times longer than wide its marks become, running downwards."""

    tile: np.ndarray
    pixel: float
    strand: float = 1.0


@wp.struct
class Cloth:
    """A Grain as the kernels read it, with the head's axes."""

    tile: wp.array2d(dtype=wp.vec3)
    pixel: wp.float32
    strand: wp.float32
    turn: wp.mat33
    center: wp.vec3


@wp.func
def tile_at(tile: wp.array2d(dtype=wp.vec3), x: float, y: float) -> wp.vec3:
    """Bilinear and periodic; x and y in pixels."""
    size = tile.shape[0]
    x0, y0 = int(wp.floor(x)), int(wp.floor(y))
    tx, ty = x - float(x0), y - float(y0)
    left, top = ((x0 % size) + size) % size, ((y0 % size) + size) % size
    right, bottom = (left + 1) % size, (top + 1) % size
    upper = tile[top, left] * (1.0 - tx) + tile[top, right] * tx
    lower = tile[bottom, left] * (1.0 - tx) + tile[bottom, right] * tx
    return upper * (1.0 - ty) + lower * ty


@wp.func
def grain_at(cloth: Cloth, point: wp.vec3, normal: wp.vec3) -> wp.vec3:
    """The tile's rows run downwards on the sides, and backwards on top: as hair falls."""
    p = (cloth.turn * (point - cloth.center)) / cloth.pixel
    n = cloth.turn * normal
    x, y, z = n[0] * n[0] * n[0] * n[0], n[1] * n[1] * n[1] * n[1], n[2] * n[2] * n[2] * n[2]
    root = wp.sqrt(cloth.strand)  # a mark keeps its area
    p = p * root
    down, back = p[2] / cloth.strand, p[1] / cloth.strand
    total = tile_at(cloth.tile, p[1], -down) * x
    total += tile_at(cloth.tile, p[0] + 97.3, -down) * y
    total += tile_at(cloth.tile, p[0] + 31.7, back) * z
    return total / wp.max(wp.sqrt(x * x + y * y + z * z), 1.0e-12)


def upload_grain(grain: Grain, axes: Axes, launcher: RowLauncher) -> Cloth:
    """To the device."""
    cloth = Cloth()
    cloth.tile = launcher.upload(grain.tile.astype(np.float32), wp.vec3)
    cloth.pixel, cloth.strand = grain.pixel, grain.strand
    cloth.turn = wp.mat33(*axes.turn.astype(np.float32).ravel().tolist())
    cloth.center = wp.vec3(*axes.center.astype(np.float32).tolist())
    return cloth


def grain_of(patch: np.ndarray, weight: np.ndarray, pixel: float, most: float, seed: int, strand: float) -> Grain:
    """patch (n, n, 3) sRGB and its weights (n, n) -> grain; `most` caps its standard deviation.

    It loses the patch's own direction: the variance comes from the patch turned by many angles.
    """
    side = min(len(patch), _TILE)
    patch, weight = patch[:side, :side].astype(np.float64), weight[:side, :side].astype(np.float64)
    flat = _without_slope(patch, weight) * weight[..., None]
    spread = np.sqrt((flat**2).sum((0, 1)) / np.maximum((weight**2).sum(), 1e-9))
    rows, columns = (np.indices((side, side)) + 0.5) / side * 2 - 1
    window = np.cos(0.5 * np.pi * np.minimum(np.hypot(rows, columns), 1))
    rng = np.random.default_rng(seed)
    angles = np.arange(_TURNS) / _TURNS * 180
    tile = sum(_noise_like(rotate(flat, angle, reshape=False, order=1) * window[..., None], rng) for angle in angles)
    tile -= tile.mean((0, 1))
    scale = spread / np.maximum(tile.std((0, 1)), 1e-9)
    scale *= min(1.0, most / max(float(np.sqrt((spread**2).mean())), 1e-9))
    return Grain((tile * scale).astype(np.float32), pixel, strand)


def _noise_like(spot: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """White noise convolved with spot (n, n, 3) -> (N, N, 3), periodic."""
    padded = np.zeros((_TILE, _TILE, 3))
    padded[: len(spot), : len(spot)] = spot
    noise = np.fft.fft2(rng.normal(size=(_TILE, _TILE)))
    return np.fft.ifft2(np.fft.fft2(padded, axes=(0, 1)) * noise[..., None], axes=(0, 1)).real


def _without_slope(patch: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The patch less its weighted fit of a quadratic in x and y: shading is no grain."""
    rows, columns = np.indices(weight.shape) / max(len(weight), 2) - 0.5
    basis = np.stack([np.ones_like(rows), rows, columns, rows * rows, rows * columns, columns * columns], -1)
    basis, root = basis.reshape(-1, 6), np.sqrt(weight).reshape(-1, 1)
    solved = np.linalg.lstsq(basis * root, patch.reshape(-1, 3) * root, rcond=None)[0]
    return patch - (basis @ solved).reshape(patch.shape)


def plain_grain(spread: float, pixel: float, seed: int) -> Grain:
    """Noise without a photo behind it: gray, smooth over a few pixels, of standard deviation `spread`."""
    frequency = np.hypot(np.fft.fftfreq(_TILE)[:, None], np.fft.fftfreq(_TILE))
    spectrum = np.fft.fft2(np.random.default_rng(seed).normal(size=(_TILE, _TILE))) * np.exp(-((frequency / 0.1) ** 2))
    tile = np.fft.ifft2(spectrum).real
    tile = (tile - tile.mean()) / max(float(tile.std()), 1e-9) * spread
    return Grain(np.repeat(tile[..., None], 3, -1).astype(np.float32), pixel)
