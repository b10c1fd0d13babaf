"""Marching tetrahedra: the zero level of signed distances on the lattice, differentiable in the distances.

(Doi & Koide 1991; as a differentiable layer: Shen et al. 2021, "Deep Marching Tetrahedra".)
"""

import torch

from .lattice import Lattice

# Four tetrahedra around the edge between the two centers: points of a cell, and their six edges
# (01 02 03 12 13 23) as columns of Lattice.cell_edges.
_TETRAHEDRA = torch.tensor([[0, 1, 2, 3], [0, 1, 3, 4], [0, 1, 4, 5], [0, 1, 5, 2]])
_TETRAHEDRON_EDGES = torch.tensor([
    [0, 1, 2, 5, 6, 9],
    [0, 2, 3, 6, 7, 10],
    [0, 3, 4, 7, 8, 11],
    [0, 4, 1, 8, 5, 12],
])  # fmt: skip


def _triangles_of_case(case: int) -> list[list[int]]:
    """Triangles (as edges 0..5 of a tetrahedron) for the set of inner corners given by `case`'s bits."""
    edge = {(0, 1): 0, (0, 2): 1, (0, 3): 2, (1, 2): 3, (1, 3): 4, (2, 3): 5}
    inside = [corner for corner in range(4) if case >> corner & 1]
    outside = [corner for corner in range(4) if not case >> corner & 1]
    # An even order of the corners keeps the tetrahedron's orientation, and with it the triangles' winding.
    order = inside + outside
    swaps = sum(order[i] > order[j] for i in range(4) for j in range(i + 1, 4))
    a, b, c, d = order

    def cut(i: int, j: int) -> int:
        return edge[min(i, j), max(i, j)]

    if len(inside) == 1:
        faces = [[cut(a, b), cut(a, c), cut(a, d)]]
    elif len(inside) == 3:
        faces = [[cut(a, d), cut(b, d), cut(c, d)]]
    elif len(inside) == 2:
        quad = [cut(a, c), cut(a, d), cut(b, d), cut(b, c)]
        faces = [[quad[0], quad[1], quad[2]], [quad[0], quad[2], quad[3]]]
    else:
        return []
    flip = swaps % 2 == 1
    return [[face[0], face[2], face[1]] if flip else face for face in faces]


_CASES = torch.full((16, 2, 3), -1, dtype=torch.long)
for _case in range(16):
    for _row, _face in enumerate(_triangles_of_case(_case)):
        _CASES[_case, _row] = torch.tensor(_face)


def marching_tetrahedra(
    lattice: Lattice, distances: torch.Tensor, margin: float = 0.0
) -> tuple[torch.Tensor, torch.Tensor]:
    """distances (N,) at lattice.points -> vertices (V, 3) float32, faces (F, 3) int32, outward counter-clockwise.

    Closed wherever the surface stays within the band. `margin` keeps vertices that far (as a share of
    the edge) from its ends: no slivers, at the price of a displacement that a refinement takes back.
    """
    inside = distances.detach() < 0
    crossing = inside[lattice.edges[:, 0]] != inside[lattice.edges[:, 1]]
    number = torch.cumsum(crossing, 0) - 1
    vertices = _edge_points(lattice, distances, torch.nonzero(crossing).squeeze(1), margin)

    cell_inside = inside[lattice.cells]
    total = cell_inside.sum(1)
    active = torch.nonzero((total > 0) & (total < 6)).squeeze(1)
    corner_inside = cell_inside[active][:, _TETRAHEDRA.to(active.device)]  # (A, 4, 4)
    bits = torch.tensor([1, 2, 4, 8], device=active.device)
    case = (corner_inside * bits).sum(-1)
    edges = lattice.cell_edges[active][:, _TETRAHEDRON_EDGES.to(active.device)]  # (A, 4, 6)
    table = _CASES.to(active.device)[case]  # (A, 4, 2, 3)
    chosen = table[..., 0] >= 0
    rows = torch.nonzero(chosen)
    faces = torch.gather(edges[rows[:, 0], rows[:, 1]], 1, table[chosen])
    return vertices, number[faces].int()


def _edge_points(lattice: Lattice, distances: torch.Tensor, edges: torch.Tensor, margin: float) -> torch.Tensor:
    ends = lattice.edges[edges]
    a, b = distances[ends[:, 0]], distances[ends[:, 1]]
    share = (a / (a - b)).clamp(margin, 1 - margin)
    start, end = lattice.points[ends[:, 0]], lattice.points[ends[:, 1]]
    return start + (end - start) * share[:, None]
