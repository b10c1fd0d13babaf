"""A quad mesh of a signed distance's zero level: naive surface nets on a sparse lattice, then Newton's steps.

After S. F. F. Gibson, "Constrained elastic surface nets", 1998. Blocks far from the surface are skipped, so
that the cost follows the surface's area. The lattice lines may be spaced unevenly along each axis.

Glossary: a node is a lattice point, a cell the box between eight nodes; both are named by integers (i, j, k).
"""

from collections.abc import Callable

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Distance = Callable[[np.ndarray], np.ndarray]
CORNERS = np.array([(c & 1, c >> 1 & 1, c >> 2 & 1) for c in range(8)])
EDGES = [(a, a | 1 << axis) for axis in range(3) for a in range(8) if not a >> axis & 1]
SAFETY = 2.7  # the distances are first-order ones: how far they may overestimate
CHUNK = 16384  # points evaluated at once: keeps the temporaries in the cache


def evaluate(distance: Distance, points: np.ndarray) -> np.ndarray:
    """distance(points) in cache-sized pieces: points (N, 3) -> (N,)."""
    if not len(points):
        return np.zeros(0)
    return np.concatenate([distance(points[i : i + CHUNK]) for i in range(0, len(points), CHUNK)])


def surface_nets(distance: Distance, lines: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (V, 3) and quads (Q, 4), counter-clockwise from outside, of distance = 0 on the lattice `lines`."""
    cells, values = active_cells(distance, lines)
    corners = np.stack([lines[a][cells[:, None, a] + CORNERS[None, :, a]] for a in range(3)], -1)
    vertices = crossing_mean(corners, values)
    quads = connect(cells, values, tuple(len(line) for line in lines))
    return snap(distance, vertices, corners[:, 7] - corners[:, 0]), quads


def active_cells(distance: Distance, lines: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Cells (C, 3) that the surface passes, and the distances at their corners (C, 8)."""
    shape = np.array([len(line) - 1 for line in lines])
    size = 16
    blocks = np.argwhere(np.ones(-(-shape // size), bool)) * size
    while True:
        blocks = blocks[touched(distance, lines, blocks, size)]
        if size == 2:
            break
        half = size // 2
        blocks = (blocks[:, None] + CORNERS * half).reshape(-1, 3)
        blocks = blocks[(blocks < shape).all(axis=1)]
        size = half
    cells = (blocks[:, None] + CORNERS).reshape(-1, 3)
    cells = cells[(cells < shape).all(axis=1)]
    nodes = cells[:, None] + CORNERS
    keys = nodes @ strides(shape + 1)
    unique, inverse = np.unique(keys, return_inverse=True)
    where = np.stack(np.unravel_index(unique, shape + 1), -1)
    points = np.stack([lines[a][where[:, a]] for a in range(3)], -1)
    values = evaluate(distance, points)[inverse].reshape(-1, 8)
    mixed = (values < 0).any(axis=1) & (values >= 0).any(axis=1)
    return cells[mixed], values[mixed]


def touched(distance: Distance, lines: tuple[np.ndarray, ...], blocks: np.ndarray, size: int) -> np.ndarray:
    """Which blocks (B, 3) of `size` cells a side may hold a piece of the surface: (B,) bool."""
    low = np.stack([lines[a][blocks[:, a]] for a in range(3)], -1)
    last = np.minimum(blocks + size, [len(line) - 1 for line in lines])
    high = np.stack([lines[a][last[:, a]] for a in range(3)], -1)
    reach = 0.5 * np.linalg.norm(high - low, axis=1)
    return np.abs(evaluate(distance, 0.5 * (low + high))) <= SAFETY * reach


def strides(shape: np.ndarray) -> np.ndarray:
    """Weights (3,) that turn (i, j, k) into a row-major index."""
    return np.array([shape[1] * shape[2], shape[2], 1], np.int64)


def crossing_mean(corners: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The mean of the points where each cell's edges cross zero: corners (C, 8, 3), values (C, 8) -> (C, 3)."""
    total, count = np.zeros((len(values), 3)), np.zeros(len(values))
    for a, b in EDGES:
        crosses = (values[:, a] < 0) != (values[:, b] < 0)
        span = np.where(crosses, values[:, a] - values[:, b], 1.0)
        t = np.where(crosses, values[:, a] / span, 0.0)[:, None]
        point = corners[:, a] * (1 - t) + corners[:, b] * t
        total += np.where(crosses[:, None], point, 0.0)
        count += crosses
    return total / count[:, None]


def connect(cells: np.ndarray, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A quad (Q, 4) of cell indices around every lattice edge that crosses the surface."""
    weights = strides(np.array(shape))
    keys = cells @ weights
    order = np.argsort(keys)
    quads = []
    for axis in range(3):
        b, c = (axis + 1) % 3, (axis + 2) % 3
        inside = values[:, 0] < 0
        crosses = (inside != (values[:, 1 << axis] < 0)) & (cells[:, b] > 0) & (cells[:, c] > 0)
        ring = np.stack([np.zeros(len(keys)), -weights[b] * np.ones(len(keys))], -1).astype(np.int64)
        around = np.stack([ring[:, 0], ring[:, 1], ring[:, 1] - weights[c], ring[:, 0] - weights[c]], -1)
        wanted = keys[crosses, None] + around[crosses]
        at = np.searchsorted(keys, wanted, sorter=order)
        quad = order[np.minimum(at, len(keys) - 1)]
        whole = (keys[quad] == wanted).all(axis=1)
        flip = ~inside[crosses]
        quad[flip] = quad[flip][:, ::-1]
        quads.append(quad[whole])
    return np.concatenate(quads)


def snap(distance: Distance, vertices: np.ndarray, cell: np.ndarray, rounds: int = 3) -> np.ndarray:
    """Vertices (V, 3) pulled onto the zero level by Newton's steps that stay within their own cells (V, 3)."""
    start, eps = vertices, 1e-3 * cell.min()
    for _ in range(rounds):
        value = evaluate(distance, vertices)
        slope = gradient(distance, vertices, eps, value)
        step = value[:, None] * slope / np.maximum((slope**2).sum(axis=1), 0.1)[:, None]
        vertices = np.clip(vertices - step, start - 0.5 * cell, start + 0.5 * cell)
    return vertices


def gradient(distance: Distance, points: np.ndarray, eps: float, value: np.ndarray) -> np.ndarray:
    """Forward differences of the distance: points (N, 3), value (N,) there -> (N, 3)."""
    return np.stack([(evaluate(distance, points + eps * np.eye(3)[a]) - value) / eps for a in range(3)], -1)


def triangulate(vertices: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """Quads (Q, 4) cut along their shorter diagonal: triangles (2Q, 3)."""
    first = np.linalg.norm(vertices[quads[:, 0]] - vertices[quads[:, 2]], axis=1)
    second = np.linalg.norm(vertices[quads[:, 1]] - vertices[quads[:, 3]], axis=1)
    short = (first <= second)[:, None]
    one = np.where(short, quads[:, [0, 1, 2]], quads[:, [0, 1, 3]])
    two = np.where(short, quads[:, [0, 2, 3]], quads[:, [1, 2, 3]])
    return np.concatenate([one, two])


def biggest_piece(vertex_count: int, quads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Drop crumbs: the indices of the vertices (K,) of the largest connected piece, and its quads renumbered (R, 4)."""
    ends = np.concatenate([quads[:, [0, 1]], quads[:, [1, 2]], quads[:, [2, 3]]])
    graph = coo_matrix((np.ones(len(ends), bool), (ends[:, 0], ends[:, 1])), shape=(vertex_count, vertex_count))
    label = connected_components(graph, directed=False)[1]
    kept = label == np.bincount(label).argmax()
    renumbered = np.cumsum(kept) - 1
    return np.flatnonzero(kept), renumbered[quads[kept[quads[:, 0]]]]
