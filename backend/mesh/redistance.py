"""From a closed surface back to signed distances on a lattice of any spacing."""

import numpy as np
import torch
import warp as wp
from scipy import ndimage

from ..kernels.warp_runtime import launch, wrap
from ..scene import Surface
from .lattice import Lattice, band_lattice

wp.set_module_options({"enable_backward": False})

_BAND_CUBES = 2  # cubes kept on either side of the surface


@wp.kernel
def distance_kernel(mesh: wp.uint64, points: wp.array(dtype=wp.vec3), reach: float, out: wp.array(dtype=wp.float32)):
    i = wp.tid()
    query = wp.mesh_query_point_sign_normal(mesh, points[i], reach)
    if query.result:
        closest = wp.mesh_eval_position(mesh, query.face, query.u, query.v)
        out[i] = query.sign * wp.length(points[i] - closest)


def signed_distance(surface: Surface, points: torch.Tensor, reach: float) -> torch.Tensor:
    """Distance (N,) of points (N, 3) to the closed surface, negative inside; +`reach` where it is farther than that."""
    vertices = torch.as_tensor(surface.vertices, dtype=torch.float32).contiguous()
    faces = torch.as_tensor(surface.faces, dtype=torch.int32).reshape(-1).contiguous()
    mesh = wp.Mesh(points=wrap(vertices, wp.vec3), indices=wrap(faces))
    out = torch.full((len(points),), float(reach))
    launch(distance_kernel, len(points), [mesh.id, wrap(points, wp.vec3), float(reach), wrap(out)], points.device)
    return out


def lattice_around(surface: Surface, resolution: int, extent: float) -> tuple[Lattice, torch.Tensor]:
    """The band of a lattice with `resolution` cubes along [-extent, extent] around the surface, with its distances.

    Returns the lattice and its signed distances (N,). The band is wide enough for the surface to move by
    two cubes.
    """
    spacing = 2 * extent / resolution
    touched = np.zeros((resolution,) * 3, bool)
    # Samples of every triangle at least twice as dense as the cubes, so that none is missed.
    corners = surface.vertices[surface.faces]
    longest = float(np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max()) if len(corners) else 0.0
    steps = int(np.clip(np.ceil(2 * longest / spacing), 1, 64))
    for i in range(steps + 1):
        for j in range(steps + 1 - i):
            weights = np.array([i, j, steps - i - j], np.float32) / steps
            sample = np.einsum("k,fkc->fc", weights, corners)
            cube = np.clip(((sample + extent) / spacing).astype(int), 0, resolution - 1)
            touched[tuple(cube.T)] = True
    active = ndimage.binary_dilation(touched, iterations=_BAND_CUBES, structure=np.ones((3, 3, 3), bool))
    lattice = band_lattice(active, extent)
    # The band's farthest point is the corner of a cube that touches a sampled one over its corner.
    reach = (np.sqrt(3) * (_BAND_CUBES + 1) + 1) * spacing
    return lattice, signed_distance(surface, lattice.points, reach)
