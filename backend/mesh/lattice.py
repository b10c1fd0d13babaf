"""A body-centered cubic lattice of tetrahedra, kept only in a band around a surface.

Cubes of side h have a lattice point at each corner and one at each center. Two neighboring centers and
the square of corners between them make an octahedron-like cell of four congruent tetrahedra around the
center-center edge (Labelle & Shewchuk 2007, "Isosurface stuffing"): no direction is favored, no sliver is
made, and a cell at half the spacing splits each cube into eight.
"""

from dataclasses import dataclass

import numpy as np
import torch

# The corners of the square between two cubes that touch along x, y or z, counter-clockwise seen from the first cube's
# center looking at the second, as offsets from the second cube's lowest corner.
_SQUARES = np.array([
    [[0, 0, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]],
    [[0, 0, 0], [0, 0, 1], [1, 0, 1], [1, 0, 0]],
    [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]],
])  # fmt: skip

_NEAR = 2.5  # cubes on either side of a surface that are kept around it

# Edges of a cell, as pairs of its six points (two centers, four corners).
_CELL_EDGES = np.array(
    [[0, 1], *([0, k] for k in (2, 3, 4, 5)), *([1, k] for k in (2, 3, 4, 5)), [2, 3], [3, 4], [4, 5], [5, 2]]
)


@dataclass(frozen=True)
class Lattice:
    """The band's points and cells, numbered compactly.

    points      (N, 3) float32, normalized frame
    cells       (M, 6) int64: two cube centers, then the four corners between them
    cell_edges  (M, 13) int64 into edges, in the order of _CELL_EDGES
    edges       (E, 2) int64, lower point first
    spacing     side of a cube
    """

    points: torch.Tensor
    cells: torch.Tensor
    cell_edges: torch.Tensor
    edges: torch.Tensor
    spacing: float


def cube_centers(resolution: int, extent: float) -> np.ndarray:
    """Centers (R, R, R, 3) of the cubes that fill [-extent, extent]^3."""
    ticks = (np.arange(resolution) + 0.5) * (2 * extent / resolution) - extent
    return np.stack(np.meshgrid(ticks, ticks, ticks, indexing="ij"), -1)


def band_lattice(active: np.ndarray, extent: float) -> Lattice:
    """The lattice of the cubes where `active` (R, R, R) is set, and of the cells between two such cubes."""
    resolution = active.shape[0]
    spacing = 2 * extent / resolution
    side = resolution + 1
    cells = []
    for axis in range(3):
        first = np.moveaxis(active, axis, 0)[:-1] & np.moveaxis(active, axis, 0)[1:]
        cube = np.argwhere(np.moveaxis(first, 0, axis))
        second = cube + np.eye(3, dtype=np.int64)[axis]
        corners = second[:, None] + _SQUARES[axis]
        centers = np.stack([cube, second], 1)
        center_ids = side**3 + _ravel(centers, resolution)
        cells.append(np.concatenate([center_ids, _ravel(corners, side)], 1))
    cells = np.concatenate(cells)
    used, cells = np.unique(cells, return_inverse=True)
    cells = cells.reshape(-1, 6)
    edges, cell_edges = _unique_edges(cells, len(used))
    return Lattice(
        points=torch.from_numpy(_positions(used, resolution, spacing, extent)),
        cells=torch.from_numpy(cells),
        cell_edges=torch.from_numpy(cell_edges),
        edges=torch.from_numpy(edges),
        spacing=spacing,
    )


def lattice_near(distance: np.ndarray, extent: float) -> Lattice:
    """The lattice of the cubes close to a surface; distance (R, R, R) to it at the cubes' centers, about right."""
    return band_lattice(np.abs(distance) < _NEAR * 2 * extent / distance.shape[0], extent)


def _ravel(index: np.ndarray, side: int) -> np.ndarray:
    return (index[..., 0] * side + index[..., 1]) * side + index[..., 2]


def _unravel(index: np.ndarray, side: int) -> np.ndarray:
    return np.stack([index // (side * side), index // side % side, index % side], -1)


def _positions(ids: np.ndarray, resolution: int, spacing: float, extent: float) -> np.ndarray:
    side = resolution + 1
    is_center = ids >= side**3
    grid = np.where(is_center[:, None], _unravel(ids - side**3, resolution) + 0.5, _unravel(ids, side))
    return (grid * spacing - extent).astype(np.float32)


def _unique_edges(cells: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    pairs = np.sort(cells[:, _CELL_EDGES], axis=-1)
    keys, cell_edges = np.unique(pairs[..., 0] * count + pairs[..., 1], return_inverse=True)
    return np.stack([keys // count, keys % count], -1), cell_edges.reshape(len(cells), -1)
