"""The bust's paint: color, gloss and grain at every vertex.

Points (V, 3) are centimeters in the bust's frame. Colors are linear RGB.
"""

from dataclasses import dataclass

import numpy as np

from . import bust, face, hair
from .polygonize import CHUNK
from .solids import fractal, lattice_value, noise, ramp

SKIN = (0.58, 0.325, 0.215)
BLUSH = (0.56, 0.20, 0.135)
LIP = (0.40, 0.165, 0.13)
WATERLINE = (0.50, 0.20, 0.16)
SCLERA = (0.72, 0.68, 0.63)
BROW = (0.055, 0.030, 0.018)
HAIR = (0.060, 0.033, 0.020)
SHIRT = (0.045, 0.115, 0.135)
STRANDS = np.array([[4.5, 0.0, 1.0], [0.0, 1.5, 0.0], [-4.5, 0.0, 1.0]])  # brow hairs run up and outwards
MOLES = ((3.05, -2.2, 0.16), (-4.6, -4.6, 0.13), (1.6, 5.6, 0.11), (-2.1, -7.6, 0.12))  # x, z, radius on the face


@dataclass(frozen=True)
class Coat:
    """What the studio's material reads at each vertex."""

    color: np.ndarray  # (V, 3) linear
    rough: np.ndarray  # (V,) roughness
    gloss: np.ndarray  # (V,) weight of the clear coat
    grain: np.ndarray  # (V,) strength of the fine bump
    flesh: np.ndarray  # (V,) weight of the light under the skin
    eye: np.ndarray  # (V,) 1 on the eyeballs
    gaze: np.ndarray  # (V, 3) meters from the eye's center, mirrored: the iris is drawn around its y axis


def mix(color: np.ndarray, other: tuple | np.ndarray, amount: np.ndarray) -> np.ndarray:
    """color (V, 3) with `other` laid over it; amount (V,) in [0, 1]."""
    amount = np.clip(amount, 0.0, 1.0)[:, None]
    return color * (1.0 - amount) + np.asarray(other) * amount


def spot(points: np.ndarray, center: tuple, radius: float) -> np.ndarray:
    """A soft round patch (V,): 1 in the middle, a bell curve outwards."""
    return np.exp(-((points - np.asarray(center)) ** 2).sum(axis=1) / radius**2)


def complexion(points: np.ndarray, folded: np.ndarray) -> np.ndarray:
    """The skin's color before brows, lips and hair: blotches, blush, shadows, stubble, freckles, moles."""
    color = np.asarray(SKIN) * (1.0 + 0.10 * fractal(points * 0.55, 4, 41) + 0.05 * noise(points * 6.0, 45))[:, None]
    blush = 0.55 * spot(folded, (3.9, -7.3, -1.6), 2.2) + 0.55 * spot(folded, (0.4, -11.6, -2.5), 1.5)
    blush += 0.6 * spot(folded, (8.0, 1.3, 0.8), 3.0) + 0.22 * spot(folded, (0.0, -9.5, -8.8), 1.6)
    blush += 0.25 * spot(folded, (2.4, -9.0, 1.7), 1.3)
    color = mix(color, BLUSH, blush * (1.0 + 0.45 * fractal(points * 1.6, 3, 51)))
    color = mix(color, (0.36, 0.19, 0.16), 0.38 * spot(folded, (2.5, -8.8, 0.55), 1.0))
    color = mix(color, (0.66, 0.42, 0.25), 0.30 * spot(folded, (0.0, -9.0, 6.0), 3.5))
    color = mix(color, (0.16, 0.115, 0.10), beard(folded) * (0.30 + 0.22 * noise(points * 7.5, 61)))
    freckles = freckle(points * 2.4, 71) * ramp(noise(points * 0.6, 72), -0.5, 0.3)
    where = spot(folded, (2.8, -8.8, -1.2), 3.0) + 0.5 * spot(folded, (2.0, -9.0, 5.0), 2.6)
    color = mix(color, (0.27, 0.115, 0.06), 0.6 * freckles * where)
    for x, z, radius in MOLES:
        off = np.hypot(points[:, 0] - x, points[:, 2] - z)
        color = mix(color, (0.11, 0.05, 0.035), 0.85 * ramp(off, radius, 0.4 * radius) * (points[:, 1] < -4))
    return color


def freckle(points: np.ndarray, seed: int) -> np.ndarray:
    """Round spots of various sizes and strengths, about one in three unit cells: (V, 3) -> (V,) in [0, 1]."""
    cell = np.floor(points).astype(np.int64)
    jitter = np.stack([lattice_value(cell, seed + k) for k in range(4)], -1)
    off = np.sqrt(((points - cell - 0.5 - 0.25 * jitter[:, :3]) ** 2).sum(axis=1))
    size = 0.24 * np.clip(jitter[:, 3], 0.0, 1.0)
    return ramp(off, size + 0.1, size - 0.08) * (size > 0.03) * (0.4 + 0.6 * jitter[:, 3])


def beard(folded: np.ndarray) -> np.ndarray:
    """How much stubble shows (V,) in [0, 1]: jaw, chin, upper lip, neck under the jaw."""
    x, y, z = folded.T
    jaw = ramp(z + 0.42 * np.maximum(x - 2.6, 0.0) * -1.0, -4.6, -6.4) * ramp(z, -13.0, -10.5) * ramp(y, 0.6, -1.4)
    moustache = ramp(z, -3.6, -4.2) * ramp(x, 3.0, 2.2) * ramp(y, -7.0, -8.0)
    return np.maximum(jaw, moustache * ramp(z, -8.0, -6.0)) * ramp(face.lips(folded)[1], 0.1, 0.6)


def eye_paint(color: np.ndarray, folded: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sclera with reddened corners, waterline and lashes; also the eyeball's cover (V,)."""
    local = folded - face.EYE
    front = (local[:, 1] < -0.2) & (np.abs(local) < 2.2).all(axis=1)
    lower, upper = face.lid_edges(local[:, 0])
    inside = (local[:, 0] > face.CANTHI[0] - 0.05) & (local[:, 0] < face.CANTHI[1] + 0.1) & front
    gap = np.maximum(local[:, 2] - upper, lower - local[:, 2])
    ball = ramp(face.eyeball(folded), 0.035, 0.012) * front * (gap < 0.15)
    rim = ramp(gap, 0.10, 0.03) * inside
    color = mix(color, WATERLINE, 0.75 * rim)
    lash = ramp(np.abs(local[:, 2] - upper - 0.04), 0.11, 0.03) * inside
    lash = np.maximum(lash, 0.45 * ramp(np.abs(local[:, 2] - lower + 0.06), 0.09, 0.02) * inside)
    color = mix(color, (0.03, 0.018, 0.014), 0.9 * lash * (1 - ball))
    corner = ramp(np.abs(local[:, 0] - 0.05), 0.75, 1.3)
    white = mix(np.broadcast_to(np.asarray(SCLERA), color.shape), (0.50, 0.22, 0.18), 0.75 * corner)
    return mix(color, white, ball), ball


def coat(points: np.ndarray) -> Coat:
    """Paint for every vertex (V, 3), in pieces that fit the cache."""
    pieces = [coat_piece(points[i : i + CHUNK]) for i in range(0, len(points), CHUNK)]
    return Coat(*(np.concatenate([getattr(piece, name) for piece in pieces]) for name in Coat.__dataclass_fields__))


def coat_piece(points: np.ndarray) -> Coat:
    """`coat` for one piece."""
    folded = bust.mirrored(points)
    color = complexion(points, folded)
    lip = ramp(np.minimum(*face.lips(folded)) + 0.05 * noise(points * 3.0, 81), 0.13, 0.02) * (folded[:, 1] < -7.5)
    color = mix(color, np.asarray(LIP) * (1.0 + 0.12 * noise(points * (6.0, 2.0, 1.5), 82))[:, None], 0.75 * lip)
    strand = noise(folded @ STRANDS, 91) * 0.3
    color = mix(color, BROW, face.brow_cover(folded) * (0.78 + strand))
    color, ball = eye_paint(color, folded)
    hairy = np.clip(hair.cover(points) * (1.0 + 0.25 * noise(points * 6.0, 95)), 0, 1) * off_ear(points)
    tint = 1.0 + (0.2 + 0.2 * ramp(points[:, 2], 3.0, 9.0)) * hair.locks(points) + 0.15 * noise(points * 5.0, 96)
    color = mix(color, np.asarray(HAIR) * np.maximum(tint, 0.3)[:, None], 0.96 * hairy)
    bare = bust.skin(points)
    cloth = ramp(bust.shirt(points, bare) - bare, 0.02, -0.02)
    weave = 1.0 + 0.10 * fractal(points * 2.5, 3, 97) + 0.08 * noise(points * (8.0, 8.0, 2.0), 98)
    color = mix(color, np.asarray(SHIRT) * weave[:, None], cloth)
    bald = (1 - cloth) * (1 - hairy)
    greasy = spot(folded, (0, -11, -1.5), 2.5) + spot(folded, (0, -9, 6), 3.5)
    rough = bald * (0.47 - 0.09 * greasy + 0.04 * noise(points * 1.5, 99)) + hairy * 0.55 + cloth * 0.85
    rough = rough * (1 - lip) + 0.40 * lip
    return Coat(
        color=np.clip(color, 0.005, 0.9),
        rough=rough * (1 - ball) + 0.08 * ball,
        gloss=np.clip(0.12 * bald + 0.12 * lip + ball, 0, 1),
        grain=np.clip(bald * (1 - ball) * (1 - 0.5 * lip) + 0.8 * hairy + 0.7 * cloth, 0, 1),
        flesh=bald * (1 - ball),
        eye=ball,
        gaze=(folded - face.EYE) * bust.METER,
    )


def off_ear(points: np.ndarray) -> np.ndarray:
    """0 on the ears, where the hairline's azimuth would paint hair, else 1 (V,)."""
    bare = bust.scalp(points)
    return ramp(bare, 0.35, 0.12)
