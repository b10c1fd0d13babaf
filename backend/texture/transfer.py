"""How much of each spherical-harmonic light reaches a point of the surface: precomputed radiance transfer.

T[i] = mean over cosine-distributed directions w of V(w) Y[i](w): for light L the irradiance is pi L . T, self-
occlusion included (Sloan, Kautz & Snyder 2002; without occlusion it is the convolution of Ramamoorthi &
Hanrahan 2001). A ray that meets the surface again finds some of the mean light that it reflects.

Glossary: Y[0..8] real spherical harmonics in the order 00, 1-1, 10, 11, 2-2, 2-1, 20, 21, 22.
"""

import numpy as np
import warp as wp

from ..scene import Surface
from .row_launch import RowLauncher

wp.set_module_options({"enable_backward": False})

_Harmonics = wp.types.vector(length=9, dtype=wp.float32)
_RAYS = 64
_REFLECTED = 0.3  # share of the mean light that an occluded direction still sends
_LIFT = 2e-3  # unit lengths off the surface where rays start


@wp.func
def harmonics(d: wp.vec3) -> _Harmonics:
    y = _Harmonics()
    y[0] = 0.282095
    y[1] = 0.488603 * d[1]
    y[2] = 0.488603 * d[2]
    y[3] = 0.488603 * d[0]
    y[4] = 1.092548 * d[0] * d[1]
    y[5] = 1.092548 * d[1] * d[2]
    y[6] = 0.315392 * (3.0 * d[2] * d[2] - 1.0)
    y[7] = 1.092548 * d[0] * d[2]
    y[8] = 0.546274 * (d[0] * d[0] - d[1] * d[1])
    return y


def harmonics_of(directions: np.ndarray) -> np.ndarray:
    """Unit directions (..., 3) -> Y (..., 9)."""
    x, y, z = np.moveaxis(directions, -1, 0)
    return np.stack([
        np.full_like(x, 0.282095), 0.488603 * y, 0.488603 * z, 0.488603 * x, 1.092548 * x * y, 1.092548 * y * z,
        0.315392 * (3 * z * z - 1), 1.092548 * x * z, 0.546274 * (x * x - y * y),
    ], -1)  # fmt: skip


def harmonic_rotation(rotation: np.ndarray) -> np.ndarray:
    """D (9, 9) with Y(rotation @ w) = D @ Y(w)."""
    index = np.arange(64) + 0.5
    z, angle = 1 - 2 * index / 64, np.pi * (1 + 5**0.5) * index
    radius = np.sqrt(1 - z * z)
    directions = np.stack([radius * np.cos(angle), radius * np.sin(angle), z], -1)
    solved, *_ = np.linalg.lstsq(harmonics_of(directions), harmonics_of(directions @ rotation.T), rcond=None)
    return solved.T


def _hemisphere() -> np.ndarray:
    """Cosine-distributed directions (R, 3) around +Z, low discrepancy (golden-ratio spiral)."""
    index = np.arange(_RAYS) + 0.5
    radius, angle = np.sqrt(index / _RAYS), np.pi * (1 + 5**0.5) * index
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1 - radius**2)], 1)


@wp.kernel
def transfer_kernel(
    first_row: int,
    mesh: wp.uint64,
    vertices: wp.array(dtype=wp.vec3),
    normals: wp.array(dtype=wp.vec3),
    hemisphere: wp.array(dtype=wp.vec3),
    out: wp.array2d(dtype=wp.float32),
):
    band_row, single = wp.tid()
    vertex = band_row + first_row + single
    normal = normals[vertex]
    # Orthonormal frame around the normal without branches on nearly equal axes (Duff et al. 2017)
    sign = wp.sign(normal[2])
    a = -1.0 / (sign + normal[2])
    b = normal[0] * normal[1] * a
    tangent = wp.vec3(1.0 + sign * normal[0] * normal[0] * a, sign * b, -sign * normal[0])
    bitangent = wp.vec3(b, sign + normal[1] * normal[1] * a, -normal[1])
    start = vertices[vertex] + normal * _LIFT
    total = _Harmonics()
    blocked = wp.float32(0.0)
    for ray in range(hemisphere.shape[0]):
        h = hemisphere[ray]
        direction = tangent * h[0] + bitangent * h[1] + normal * h[2]
        if wp.mesh_query_ray_anyhit(mesh, start, direction, 4.0):
            blocked += 1.0
        else:
            total += harmonics(direction)
    total[0] = total[0] + blocked * _REFLECTED * 0.282095
    for k in range(9):
        out[vertex, k] = total[k] / float(hemisphere.shape[0])


def measure_transfer(surface: Surface, launcher: RowLauncher) -> np.ndarray:
    """Surface in the normalized frame -> transfer (V, 9) of every vertex."""
    vertices = launcher.upload(surface.vertices.astype(np.float32), wp.vec3)
    normals = launcher.upload(surface.vertex_normals().astype(np.float32), wp.vec3)
    indices = launcher.upload(surface.faces.astype(np.int32).ravel(), wp.int32)
    mesh = wp.Mesh(points=vertices, indices=indices)
    hemisphere = launcher.upload(_hemisphere().astype(np.float32), wp.vec3)
    count = len(surface.vertices)
    out = wp.zeros((count, 9), dtype=wp.float32, device=launcher.device)
    launcher.rows(transfer_kernel, count, 1, [mesh.id, vertices, normals, hemisphere, out])
    return out.numpy()
