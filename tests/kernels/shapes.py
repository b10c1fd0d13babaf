"""Meshes in clip space for the kernels' tests; orthographic ones have w = 1."""

import torch
from torch import Tensor


def triangle_soup(random: torch.Generator, count: int) -> tuple[Tensor, Tensor]:
    """`count` separate triangles under perspective: clip (3 * count, 4) float32 with w in [0.5, 3], faces int32."""
    w = 0.5 + 2.5 * torch.rand(3 * count, 1, generator=random)
    ndc = 2.4 * torch.rand(3 * count, 3, generator=random) - 1.2
    ndc[:, 2] *= 0.7
    return torch.cat([ndc * w, w], 1), torch.arange(3 * count, dtype=torch.int32).view(-1, 3)


def disc(rings: int, sectors: int, aspect: float = 0.7) -> tuple[Tensor, Tensor]:
    """An ellipse with half axes 1 and `aspect` as a flat mesh (V, 3) float64 at z = 0: `rings` = 1 is a fan."""
    angle = torch.arange(sectors, dtype=torch.float64) * (2 * torch.pi / sectors) + 0.1
    circle = torch.stack([angle.cos(), aspect * angle.sin(), 0 * angle], -1)
    radii = torch.arange(1, rings + 1, dtype=torch.float64) / rings
    vertices = torch.cat([torch.zeros(1, 3, dtype=torch.float64), (radii[:, None, None] * circle).view(-1, 3)])
    faces = []
    for k in range(sectors):
        n = (k + 1) % sectors
        faces.append((0, 1 + k, 1 + n))
        for ring in range(rings - 1):
            a, b = 1 + ring * sectors + k, 1 + ring * sectors + n
            faces += [(a, a + sectors, b + sectors), (a, b + sectors, b)]
    return vertices, torch.tensor(faces, dtype=torch.int32)


def sphere(subdivisions: int) -> tuple[Tensor, Tensor]:
    """A subdivided icosahedron of radius 1: vertices (V, 3) float64, faces (20 * 4**n, 3) int32, outwards."""
    import trimesh

    mesh = trimesh.creation.icosphere(subdivisions=subdivisions, radius=1.0)
    return torch.tensor(mesh.vertices, dtype=torch.float64), torch.tensor(mesh.faces, dtype=torch.int32)


def orthographic(points: Tensor) -> Tensor:
    """points (V, 3) in normalized device coordinates -> clip (V, 4) of the same dtype."""
    return torch.cat([points, torch.ones_like(points[:, :1])], 1)


def perspective(points: Tensor, distance: float, focal: float = 2.0) -> Tensor:
    """points (V, 3) before a camera at z = +distance looking down -Z -> clip (V, 4); near 0.1, far 100."""
    depth = distance - points[:, 2]
    z = (100.1 * depth - 20.0) / 99.9
    return torch.stack([focal * points[:, 0], focal * points[:, 1], z, depth], 1)
