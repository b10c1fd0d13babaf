"""Texture coordinates of what the mouth holds: crowns and tongue as disks, gums as strips; the left half's."""

import numpy as np

from . import teeth, tongue
from .blocks import spread, spread_half
from .layout import block_quads, ring_quads
from .mouth import mouth_parts
from .uv import Island

CROWN = (0.5175, 0.230, 0.0165, 0.0346)  # u and v of the first one's middle, radius, distance of the next
GUMS = ((0.505, 0.735), (0.755, 0.985))  # u from the middle to the last molar, of the upper and of the lower jaw
GUM = (0.253, 0.284)  # v
GUM_END = 0.008  # breadth of the piece that closes a gum, and a quarter more
TONGUE = (0.5, 0.155, 0.052)
DEEP = 0.78  # share of a disk's radius that rings fill, the cap has the rest


def islands() -> list[Island]:
    """In the order in which the parts' vertices are numbered."""
    found, start, place = [], 0, 0
    for arch, (low, high) in zip((teeth.UPPER, teeth.LOWER), GUMS, strict=True):
        rings, cap = teeth.crown_layout()
        count, turned = cap.max() + 1, arch.up > 0
        for _ in arch.crowns:
            found.append(crown(rings, cap, start, place, turned))
            start, place = start + count, place + 1
        loops = teeth.gum_layout(arch)
        found += gum(loops, start, low, high, turned)
        start += loops.size
    return [*found, tongue_disk(start)]


def moved(quads: np.ndarray, uvs: np.ndarray, start: int, turned: bool = False) -> Island:
    """An island whose vertices are numbered from `start` in the parts; turned: its quads run the other way round."""
    places = np.zeros((len(mouth_parts().points), 2))
    places[start : start + len(uvs)] = uvs
    return Island((quads[:, ::-1] if turned else quads) + start, places)


def crown(rings: np.ndarray, cap: np.ndarray, start: int, place: int, turned: bool) -> Island:
    """The biting edge in the middle."""
    u, v, radius, step = CROWN
    angle = np.radians(225) + np.arange(teeth.AROUND) * 2 * np.pi / teeth.AROUND
    way = np.stack([np.cos(angle) * (-1 if turned else 1), np.sin(angle)], 1)
    uvs = np.zeros((cap.max() + 1, 2))
    uvs[rings] = (1 - DEEP * np.arange(len(rings)) / (len(rings) - 0.5))[:, None, None] * way
    uvs[cap] = spread(uvs[rings[-1]], teeth.SIDE, teeth.SIDE)
    quads = np.concatenate([ring_quads(rings, True), block_quads(cap)])
    return moved(quads, np.array([u + step * place, v]) + radius * uvs, start, turned)


def gum(loops: np.ndarray, start: int, low: float, high: float, turned: bool) -> list[Island]:
    """A strip from the middle to behind the last molar, and the piece that closes it."""
    u, v = np.meshgrid(np.linspace(low, high, len(loops)), np.linspace(*GUM[:: 1 if turned else -1], loops.shape[1]))
    strip = np.stack([u.T, v.T], -1).reshape(-1, 2)
    cells, end = teeth.gum_end(loops), np.zeros((loops.size, 2))
    u, v = np.meshgrid(
        high + GUM_END * np.array([0.25, 1.25]), np.linspace(*GUM[:: 1 if turned else -1], cells.shape[1])
    )
    end[cells] = np.stack([u, v], -1).transpose(1, 0, 2)
    return [moved(block_quads(loops), strip, start, turned), moved(block_quads(cells), end, start, turned)]


def tongue_disk(start: int) -> Island:
    """The right half of a disk: the root outside, the upper face above."""
    rings, cap = tongue.layout()
    angle = np.linspace(-np.pi / 2, np.pi / 2, rings.shape[1])
    uvs = np.zeros((cap.max() + 1, 2))
    uvs[rings] = (1 - DEEP * np.arange(len(rings)) / (len(rings) - 0.5))[:, None, None] * np.stack(
        [np.cos(angle), np.sin(angle)], 1
    )
    uvs[cap] = spread_half(uvs[rings[-1]], tongue.HALF.wide, tongue.HALF.tall)
    quads = np.concatenate([ring_quads(rings, False), block_quads(cap)])
    u, v, radius = TONGUE
    return moved(quads, np.array([u, v]) + radius * uvs, start)
