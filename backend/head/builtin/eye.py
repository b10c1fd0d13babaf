"""Eyes: the line of the lids, the socket behind them, and the eyeball. Centimeters, the left eye."""

import numpy as np

from .layout import Opening, block_quads, fill_cap, ring_quads
from .skin import EYE, EYE_RADIUS

CANTHI = (-1.36, 1.46)  # inner and outer corner of the lids, x from the eyeball's center
IRIS = np.arcsin(0.59 / EYE_RADIUS)  # angle of the limbus from the axis: an iris of 11.8 mm
AROUND = 32  # quads around the eyeball
# rings of the eyeball: angle from the axis; the second is the pupil's rim, the fifth the limbus
LATITUDES = np.concatenate([
    IRIS * np.array([0.17, 0.34, 0.56, 0.80, 1.0]), np.radians([36.0, 45, 56, 68, 80, 95, 110, 125, 140, 152, 163]),
])  # fmt: skip


def lid_heights(across: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Heights over the eye's center of the lower and the upper lid's edge; across in [0, 1] from the inner corner."""
    base = -0.15 + 0.20 * across
    bow = np.maximum(4 * across * (1 - across), 0.0)
    upper = base + 0.53 * bow**0.75 * (1.10 - 0.20 * across)
    lower = base - 0.40 * bow**0.85 * (0.88 + 0.24 * across)
    return lower, upper


def lid_line(edges: int) -> tuple[np.ndarray, np.ndarray]:
    """The lower and the upper lid's edge (edges + 1, 2) as x, z from the eye's center, even in length."""
    across = (1 - np.cos(np.linspace(0, np.pi, 400))) / 2
    x = CANTHI[0] + (CANTHI[1] - CANTHI[0]) * across
    lines = []
    for z in lid_heights(across):
        walked = np.append(0, np.cumsum(np.hypot(np.diff(x), np.diff(z))))
        at = np.linspace(0, walked[-1], edges + 1)
        lines.append(np.stack([np.interp(at, walked, x), np.interp(at, walked, z)], 1))
    return lines[0], lines[1]


def spherical(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """points (..., 3) -> radius from the eye's center, angle from the axis (-Y), direction around it from +X to +Z."""
    local = points - EYE
    radius = np.linalg.norm(local, axis=-1)
    return radius, np.arccos(np.clip(-local[..., 1] / radius, -1, 1)), np.arctan2(local[..., 2], local[..., 0])


def cartesian(radius: np.ndarray, angle: np.ndarray, around: np.ndarray) -> np.ndarray:
    """The inverse of `spherical`: (..., 3)."""
    out = np.stack([np.sin(angle) * np.cos(around), -np.cos(angle), np.sin(angle) * np.sin(around)], -1)
    return EYE + np.asarray(radius)[..., None] * out


def socket(rim: np.ndarray) -> np.ndarray:
    """Rings (4, N, 3) from the lids' front edge (N, 3) inwards: the margin's inner edge, then around the ball."""
    _, angle, around = spherical(rim)
    steps = ((0.02, 0.0), (0.03, 0.22), (0.10, 0.62), (0.14, 1.0))  # distance from the ball, share of the way back
    ends = np.radians(112)
    ways = [(gap, angle + share * (ends - angle)) for gap, share in steps]
    return np.stack([cartesian(corneal_radius(way) + gap, way, around) for gap, way in ways])


def socket_floor(cells: np.ndarray, ring: np.ndarray) -> np.ndarray:
    """Positions (H, W, 3) of a cap whose flat positions cells (H, W, 2) are known: pressed onto a ball behind the eye.

    cells are x, z from the eye's center; ring (N, 3) is the cap's border.
    """
    radius = np.linalg.norm(ring - EYE, axis=1).mean()
    flat = np.linalg.norm(cells, axis=-1)
    depth = np.sqrt(np.maximum(radius**2 - flat**2, 0.0))
    return EYE + np.stack([cells[..., 0], depth, cells[..., 1]], -1)


def corneal_radius(angle: np.ndarray) -> np.ndarray:
    """Distance from the eye's center to the eyeball's surface at an angle (...,) from the axis: a ball with a dome."""
    cornea = 0.78  # its own radius of curvature, 7.8 mm
    center = EYE_RADIUS * np.cos(IRIS) - np.sqrt(cornea**2 - (EYE_RADIUS * np.sin(IRIS)) ** 2)
    inside = np.minimum(angle, IRIS)
    dome = center * np.cos(inside) + np.sqrt(cornea**2 - (center * np.sin(inside)) ** 2)
    return np.where(angle < IRIS, dome, EYE_RADIUS)


def disk(side: int) -> tuple[np.ndarray, np.ndarray]:
    """A square block (side + 1, side + 1) as a disk: radius in [0, 1], direction; the lower left at -135 degrees."""
    x, z = np.meshgrid(np.linspace(-1, 1, side + 1), np.linspace(-1, 1, side + 1))
    size = np.maximum(np.maximum(np.abs(x), np.abs(z)), 1e-12)
    share_z, share_x = np.clip(z / size, -1, 1) * np.pi / 4, np.clip(x / size, -1, 1) * np.pi / 4
    sides = np.where(x > 0, share_z, np.pi - share_z)
    ends = np.where(z > 0, np.pi / 2 - share_x, share_x - np.pi / 2)
    return np.where(size < 1e-9, 0.0, size), np.where(np.abs(x) >= np.abs(z), sides, ends)


def eyeball() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Quads (P, 4), angle from the axis (V,) and direction around it (V,): rings between two square caps."""
    side, rings = AROUND // 4, len(LATITUDES)
    around = np.repeat((-0.75 * np.pi + np.arange(AROUND) * 2 * np.pi / AROUND)[None], rings, 0)
    ids = np.arange(rings * AROUND).reshape(rings, AROUND)
    hole = Opening(0, side, 0, side, 0, 0)
    front = fill_cap(ids[0], hole, True, ids.size)
    back = fill_cap(ids[-1], hole, True, front.max() + 1)
    quads = [ring_quads(ids[::-1], True), block_quads(front), block_quads(back)[:, ::-1]]
    size, way = disk(side)
    new = front >= ids.size
    angles = [np.repeat(LATITUDES, AROUND), size[new] * LATITUDES[0], np.pi - size[new] * (np.pi - LATITUDES[-1])]
    return np.concatenate(quads), np.concatenate(angles), np.concatenate([around.ravel(), way[new], way[new]])


def eyeball_positions(angle: np.ndarray, around: np.ndarray) -> np.ndarray:
    """(V, 3) of the eyeball's vertices."""
    return cartesian(corneal_radius(angle), angle, around)
