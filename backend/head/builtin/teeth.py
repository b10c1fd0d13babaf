"""Teeth and gums: fourteen crowns in each jaw along half an ellipse, and the gum they stand in. Centimeters, left half.

Crowns follow textbook averages (R. C. Wheeler, "Dental Anatomy, Physiology and Occlusion", 1974): width along the arch,
depth from lip to tongue, height of the crown. No third molars. A crown is rings of twelve from its neck, which the gum
hides, to the biting edge, which a cap of nine quads closes; the gum is a row of arches from the middle to behind
the last molar.
"""

from dataclasses import dataclass

import numpy as np

from .blocks import spread
from .layout import Opening, block_quads, fill_cap, ring_quads

UPPER_CROWNS = np.array([(0.85, 0.70, 1.02), (0.66, 0.60, 0.88), (0.76, 0.78, 0.98), (0.70, 0.88, 0.82),
                         (0.68, 0.90, 0.78), (1.00, 1.08, 0.72), (0.92, 1.08, 0.68)])  # fmt: skip
LOWER_CROWNS = np.array([(0.52, 0.58, 0.86), (0.57, 0.62, 0.88), (0.70, 0.74, 0.98), (0.70, 0.76, 0.82),
                         (0.72, 0.80, 0.76), (1.10, 1.02, 0.70), (1.02, 0.98, 0.66)])  # fmt: skip
AROUND, SIDE = 12, 3  # vertices around a crown, quads along its cap's side
# rings of a crown: height as a share of the crown's, width and depth as shares; below 0 the gum hides it
RINGS = np.array([(-0.30, 0.74, 0.86), (0.08, 0.82, 0.97), (0.40, 0.95, 1.0), (0.74, 1.0, 0.92), (0.93, 0.95, 0.76)])
BLADE = np.array([1.0, 1.0, 0.86, 0.56, 0.32])  # what is left of the depth of an incisor on each ring; molars keep it
# how much of a blade each tooth is, and how far the middle of its biting edge stands out, in centimeters
KINDS = np.array([(1.0, 0.03), (1.0, 0.03), (0.75, 0.08), (0.25, -0.03), (0.2, -0.04), (0.0, -0.07), (0.0, -0.07)])
# the gum across: outwards from the arch, along the crown's height (0 its neck); from the outer end round to the inner
GUM = np.array([(0.02, -0.95), (0.12, -0.55), (0.11, -0.15), (0.04, 0.06), (-1.04, 0.06), (-1.13, -0.15),
                (-1.22, -0.50), (-1.15, -0.95)])  # fmt: skip
PAPILLA = 0.16  # how far the gum reaches further between two crowns
SAMPLES = 4  # loops of the gum for each crown


@dataclass(frozen=True)
class Arch:
    """Where the outer faces of a jaw's crowns stand, and how.

    front  y, z of the biting edge of the incisors; back: that of the last molar's z
    radii  of the ellipse across and lengthwise; up: +1 where crowns grow upwards (the lower jaw)
    lean   how far the necks of the incisors lie behind their edges
    """

    front: tuple[float, float]
    back: float
    radii: tuple[float, float]
    up: float
    lean: float
    crowns: np.ndarray


UPPER = Arch((-9.50, -5.37), -5.26, (3.00, 4.30), -1.0, 0.26, UPPER_CROWNS)
LOWER = Arch((-9.23, -5.12), -5.18, (2.80, 4.10), 1.0, 0.16, LOWER_CROWNS)


def along(arch: Arch, walked: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (N, 3) at lengths (N,) along the arch from the middle, and there its tangent and outward normal (N, 2)."""
    turn = np.linspace(0, np.pi / 2 * 1.25, 600)
    across, lengthwise = arch.radii
    path = np.stack([across * np.sin(np.minimum(turn, np.pi / 2)), -lengthwise * np.cos(turn)], 1)
    length = np.append(0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1)))
    x, y = (np.interp(walked, length, column) for column in path.T)
    way = np.gradient(path, length, axis=0)
    tangent = np.stack([np.interp(walked, length, column) for column in way.T], 1)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    rise = arch.front[1] + (arch.back - arch.front[1]) * np.minimum(walked / arch.crowns[:4, 0].sum(), 1.0)
    points = np.stack([x, arch.front[0] + lengthwise + y, rise], 1)
    return points, tangent, np.stack([tangent[:, 1], -tangent[:, 0]], 1)


def crown_middles(arch: Arch) -> np.ndarray:
    """(7,) lengths along the arch."""
    return np.cumsum(arch.crowns[:, 0]) - arch.crowns[:, 0] / 2


def crown_layout() -> tuple[np.ndarray, np.ndarray]:
    """Of one crown the rings (5, 12), counter-clockwise as seen from its edge, and the cap (4, 4)."""
    rings = np.arange(len(RINGS) * AROUND).reshape(len(RINGS), AROUND)
    return rings, fill_cap(rings[-1], Opening(0, SIDE, 0, SIDE, 0, 0), True, rings.size)


def crowns(arch: Arch) -> tuple[np.ndarray, np.ndarray]:
    """Quads (P, 4) and points (V, 3) of the left half's seven crowns, one after the other."""
    rings, cap = crown_layout()
    quads = np.concatenate([ring_quads(rings, True), block_quads(cap)])
    if arch.up > 0:  # along, outwards and down are right-handed
        quads = quads[:, ::-1]
    bases, tangents, normals = along(arch, crown_middles(arch))
    points = []
    for number, base in enumerate(bases):
        local = crown(arch.crowns[number], KINDS[number], arch.lean * max(0.0, 1 - number / 5), cap)
        flat = local[:, :1] * tangents[number] + local[:, 1:2] * normals[number]
        points.append(base + np.concatenate([flat, arch.up * local[:, 2:]], 1))
    count = cap.max() + 1
    return np.concatenate([quads + k * count for k in range(len(bases))]), np.concatenate(points)


def crown(size: np.ndarray, kind: np.ndarray, lean: float, cap: np.ndarray) -> np.ndarray:
    """Points (V, 3) of one crown: along the arch, outwards (0 its outer face), up to 0 at the biting edge."""
    width, depth, height = size
    blade, cusp = kind
    angle = np.radians(225) + np.arange(AROUND) * 2 * np.pi / AROUND
    squared = np.stack([np.cos(angle), np.sin(angle)], 1)
    squared = np.sign(squared) * np.abs(squared) ** 0.72  # a rounded square
    squared[:, 0] *= 0.88 + 0.12 * squared[:, 1]  # narrower towards the tongue, as the arch is
    points = np.zeros((cap.max() + 1, 3))
    for row, (level, wide, deep) in enumerate(RINGS):
        thick = depth * deep * (1 - blade * (1 - BLADE[row]))
        face = -lean * (1 - level) + 0.03 * np.sin(np.pi * np.clip(level, 0, 1)) - 0.06 * max(0.0, level - 0.6)
        ring = squared * np.array([0.485 * width * wide, 0.5 * thick]) + np.array([0, face - 0.5 * thick])
        points[row * AROUND : (row + 1) * AROUND] = np.c_[ring, np.full(AROUND, (level - 1) * height)]
    top = spread(points[(len(RINGS) - 1) * AROUND : len(RINGS) * AROUND], SIDE, SIDE)
    points[cap[1:-1, 1:-1]] = top[1:-1, 1:-1] + np.array([0, 0, 0.07 * height + cusp])
    return points


def gum_layout(arch: Arch) -> np.ndarray:
    """Vertices of the gum's loops (R, 8): the first lies in the middle, each runs from without to within."""
    rows = len(arch.crowns) * SAMPLES + 1
    return np.arange(rows * len(GUM)).reshape(rows, len(GUM))


def gum_end(loops: np.ndarray) -> np.ndarray:
    """The cells (2, 4) that close the last loop."""
    half = loops.shape[1] // 2
    return np.stack([loops[-1, :half], loops[-1, : half - 1 : -1]])


def gum(arch: Arch) -> tuple[np.ndarray, np.ndarray]:
    """Quads (P, 4) and points (V, 3) of the gum, which is open where the jaw would begin."""
    loops = gum_layout(arch)
    share = np.arange(len(loops)) / SAMPLES
    edges = np.append(0, np.cumsum(arch.crowns[:, 0]))
    bases, _, normals = along(arch, np.interp(share, np.arange(len(edges)), edges))
    number = np.arange(len(arch.crowns)) + 0.5
    depth, height = (np.interp(share, number, arch.crowns[:, column])[:, None] for column in (1, 2))
    lean = arch.lean * np.maximum(0.0, 1 - (share - 0.5) / 5)[:, None]
    between = (np.cos(2 * np.pi * share) * 0.5 + 0.5)[:, None]  # 1 where two crowns meet
    at = np.arange(len(GUM))
    out = GUM[:, 0] * np.where(GUM[:, 0] < 0, depth, 1.0) - lean - 0.10 * between * np.isin(at, (2, 3))
    rise = GUM[:, 1] - height + PAPILLA * between * np.where(np.isin(at, (3, 4)), 1.0, 0.35)
    flat = bases[:, None, :2] + out[..., None] * normals[:, None]
    points = np.concatenate([flat, (bases[:, None, 2] + arch.up * rise)[..., None]], -1)
    points[0, :, 0] = 0.0
    quads = np.concatenate([block_quads(loops), block_quads(gum_end(loops))])
    return quads if arch.up < 0 else quads[:, ::-1], points.reshape(-1, 3)
