"""How the quads of the skin are laid out: a grid around the head whose holes are filled by rings.

One half is built (x >= 0) and mirrored. Columns run from the middle of the face (0) to the middle of the back, rows
from the neck up; a cap of quads closes the crown. Where eye, mouth, nostril and ear lie a rectangle is left out of the
grid; rings with as many quads as the rectangle's border lead from it over the rim into the cavity, which another cap
closes. So every pole has three or five edges, and loops run around eyes and mouth.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...scene import head as regions

COLUMNS, ROWS = 48, 66
# rows at which features of the face's middle lie
NECK_TOP, MENTON, SUBNASALE, TIP, BROW, HAIRLINE = 9, 15, 33, 39, 53, 62
ALA = 10  # the column that runs through the crease behind the nose's wing


@dataclass(frozen=True)
class Opening:
    """A rectangle of the grid, how many rings lie in it, and which of them is the rim of what is seen as skin."""

    left: int
    right: int
    low: int
    high: int
    rings: int  # beyond the rectangle's own border
    rim: int

    @property
    def wide(self) -> int:
        return self.right - self.left

    @property
    def tall(self) -> int:
        return self.high - self.low


OPENINGS = {
    "eye": Opening(6, 18, 45, 53, 10, 6),
    "mouth": Opening(0, 10, 21, 31, 12, 6),
    "nostril": Opening(2, 6, 34, 38, 4, 2),
    "ear": Opening(29, 35, 36, 50, 9, 1),
}


@dataclass(frozen=True)
class Half:
    """The left half's quads and where its vertices lie in the layout; -1 where the grid has none.

    quads   (P, 4) int
    grid    (ROWS + 1, COLUMNS + 1) int
    crown   (COLUMNS / 2 + 1, COLUMNS / 4 + 1) int: from front to back, from the middle to the left
    rings   of each opening (rings + 1, N) int, counter-clockwise outside, from the rectangle inwards
    caps    of each opening (tall + 1, wide + 1) int, rows upwards, the innermost ring as its border
    middle  (V,) bool: on the plane of symmetry
    """

    quads: np.ndarray
    grid: np.ndarray
    crown: np.ndarray
    rings: dict[str, np.ndarray]
    caps: dict[str, np.ndarray]
    middle: np.ndarray


def border(cells: np.ndarray, closed: bool = True) -> np.ndarray:
    """The border of a block of vertices (H, W), counter-clockwise from the lower left: (N,).

    closed=False leaves out the left side: a path from the lower left to the upper left corner.
    """
    path = np.concatenate([cells[0, :-1], cells[:-1, -1], cells[-1, :0:-1]])
    return np.concatenate([path, cells[:0:-1, 0]]) if closed else np.append(path, cells[-1, 0])


def block_quads(cells: np.ndarray) -> np.ndarray:
    """Quads (P, 4) of a block of vertices (H, W); those that touch a -1 are left out."""
    corners = [cells[:-1, :-1], cells[:-1, 1:], cells[1:, 1:], cells[1:, :-1]]
    quads = np.stack([corner.ravel() for corner in corners], 1)
    return quads[(quads >= 0).all(1)]


def ring_quads(rings: np.ndarray, closed: bool) -> np.ndarray:
    """Quads (P, 4) between rings (R, N) that run counter-clockwise, from the outside inwards."""
    rings = np.concatenate([rings, rings[:, :1]], 1) if closed else rings
    return block_quads(rings)


def fill_crown(grid: np.ndarray, start: int) -> np.ndarray:
    """The crown's vertices: the grid's top row as its border, new ones from `start` inside."""
    half, quarter = COLUMNS // 2, COLUMNS // 4
    crown = np.full((half + 1, quarter + 1), -1)
    top = grid[-1]
    crown[0], crown[:, -1], crown[-1] = top[: quarter + 1], top[quarter : quarter + half + 1], top[: -quarter - 2 : -1]
    inside = crown < 0
    crown[inside] = start + np.arange(inside.sum())
    return crown


@lru_cache(maxsize=1)
def half_layout() -> Half:
    """The left half, numbered: grid, crown, then each opening's rings and cap."""
    grid = np.zeros((ROWS + 1, COLUMNS + 1), int)
    for name, hole in OPENINGS.items():
        first = hole.left if name == "mouth" else hole.left + 1  # the mouth's rectangle touches the middle
        grid[hole.low + 1 : hole.high, first : hole.right] = -1
    kept = grid >= 0
    grid[kept] = np.arange(kept.sum())
    crown = fill_crown(grid, kept.sum())
    count, middle = crown.max() + 1, [grid[:, 0], grid[:, -1], crown[:, 0]]
    quads, rings, caps = [block_quads(grid), block_quads(crown)], {}, {}
    for name, hole in OPENINGS.items():
        closed = name != "mouth"
        outer = border(grid[hole.low : hole.high + 1, hole.left : hole.right + 1], closed)
        new = count + np.arange(hole.rings * len(outer)).reshape(hole.rings, -1)
        rings[name] = np.concatenate([outer[None], new])
        caps[name] = fill_cap(rings[name][-1], hole, closed, count + new.size)
        count = caps[name].max() + 1
        quads += [ring_quads(rings[name], closed), block_quads(caps[name])]
        if not closed:
            middle += [rings[name][:, 0], rings[name][:, -1], caps[name][:, 0]]
    on_plane = np.zeros(count, bool)
    middle = np.concatenate(middle)
    on_plane[middle[middle >= 0]] = True
    return Half(np.concatenate(quads), grid, crown, rings, caps, on_plane)


def fill_cap(ring: np.ndarray, hole: Opening, closed: bool, start: int) -> np.ndarray:
    """A block of vertices that closes a ring (N,): its border is the ring, inside there are new ones from `start`."""
    where = np.arange((hole.tall + 1) * (hole.wide + 1)).reshape(hole.tall + 1, hole.wide + 1)
    cap = np.full(where.size, -1)
    cap[border(where, closed)] = ring
    cap[cap < 0] = start + np.arange((cap < 0).sum())
    return cap.reshape(where.shape)


def both_sides(half: Half) -> tuple[np.ndarray, np.ndarray]:
    """Quads (P, 4) of the whole skin and mirror (V,): the left half's vertices first, then those of the right half."""
    count = len(half.middle)
    twin = np.where(half.middle, np.arange(count), count + np.cumsum(~half.middle) - 1)
    mirror = np.concatenate([twin, np.flatnonzero(~half.middle)])
    return np.concatenate([half.quads, twin[half.quads][:, ::-1]]), mirror


def whole(half: Half, left: np.ndarray) -> np.ndarray:
    """Vectors (..., V_half, 3) of the left half -> those of the whole skin (..., V, 3), mirrored in x."""
    right = left[..., ~half.middle, :] * np.array([-1.0, 1.0, 1.0])
    center = np.where(half.middle[:, None], np.array([0.0, 1.0, 1.0]), 1.0)
    return np.concatenate([left * center, right], -2)


def half_regions(half: Half) -> np.ndarray:
    """(V_half,) uint8: what each vertex belongs to, an index into scene.head.REGIONS."""
    region = np.full(len(half.middle), regions.SCALP, np.uint8)
    front, ear = OPENINGS["eye"].right + 6, OPENINGS["ear"]
    region[half.grid[NECK_TOP : HAIRLINE - 1, :front]] = regions.FACE  # -1 marks the last vertex, set below
    region[half.grid[NECK_TOP : ear.low + 8, front : ear.left + 1]] = regions.FACE
    slope = np.clip(np.arange(COLUMNS + 1) * 1.0 - ear.left, 0, 7) * 3 + NECK_TOP + 1
    for column, top in enumerate(slope.astype(int)):
        region[half.grid[:top, column]] = regions.NECK
    for name, inside in (("eye", regions.SOCKET), ("mouth", regions.MOUTH), ("nostril", regions.SOCKET)):
        rim = OPENINGS[name].rim
        region[half.rings[name][: rim + 1]] = regions.FACE
        region[half.rings[name][rim + 1 :]] = region[half.caps[name]] = inside
    region[half.rings["ear"][1:]] = region[half.caps["ear"]] = regions.EAR
    region[half.rings["mouth"][3 : OPENINGS["mouth"].rim + 1]] = regions.LIPS
    return region
