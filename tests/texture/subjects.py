"""Small surfaces and captures whose texture, light and exposure are known."""

from functools import lru_cache

import numpy as np

from backend.scene import Surface, UvAtlas, View
from backend.texture.pack import pack
from backend.texture.row_launch import RowLauncher
from backend.texture.transfer import harmonics_of
from backend.texture.unwrap_worker import lay_out
from tests import synthetic

LAUNCHER = RowLauncher("cpu", 2)
SIZE = 256  # texels


@lru_cache
def sphere(level: int = 3, radius: float = 0.8) -> Surface:
    """An icosphere of 20 * 4**level triangles."""
    golden = (1 + 5**0.5) / 2
    points = [(-1, golden, 0), (1, golden, 0), (-1, -golden, 0), (1, -golden, 0)]
    points = np.array(points + [p[2:] + p[:2] for p in points] + [p[1:] + p[:1] for p in points], float)
    faces = np.array([
        (0, 11, 5), (0, 5, 1), (0, 1, 7), (0, 7, 10), (0, 10, 11), (1, 5, 9), (5, 11, 4), (11, 10, 2), (10, 7, 6),
        (7, 1, 8), (3, 9, 4), (3, 4, 2), (3, 2, 6), (3, 6, 8), (3, 8, 9), (4, 9, 5), (2, 4, 11), (6, 2, 10),
        (8, 6, 7), (9, 8, 1),
    ])  # fmt: skip
    points = points[:, [0, 1, 2]] / np.linalg.norm(points, axis=1, keepdims=True)
    for _ in range(level):
        edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), 1)
        unique, inverse = np.unique(edges, axis=0, return_inverse=True)
        middle = inverse.reshape(-1, 3) + len(points)
        points = np.concatenate([points, points[unique].sum(1)])
        points /= np.linalg.norm(points, axis=1, keepdims=True)
        a, b, c = faces.T
        d, e, f = middle.T
        faces = np.concatenate([np.stack(t, 1) for t in ((a, d, f), (b, e, d), (c, f, e), (d, e, f))])
    surface = Surface((points * radius).astype(np.float32), faces.astype(np.int32))
    outwards = (surface.vertex_normals() * surface.vertices).sum(1).mean() > 0
    return surface if outwards else Surface(surface.vertices, surface.faces[:, ::-1].copy())


@lru_cache
def ellipsoid() -> Surface:
    """The subject of tests.synthetic, as a mesh."""
    unit = sphere(4, 1.0)
    return Surface((unit.vertices * synthetic.RADII).astype(np.float32), unit.faces)


@lru_cache
def ellipsoid_atlas(size: int = SIZE, gutter: int = 4) -> UvAtlas:
    return atlas_of(ellipsoid(), size, gutter)


def atlas_of(surface: Surface, size: int = SIZE, gutter: int = 4) -> UvAtlas:
    layout = lay_out(surface.vertices, surface.faces)
    return UvAtlas(pack(layout, size, gutter), layout.faces.astype(np.int32))


def quad(size: float = 1.0) -> tuple[Surface, UvAtlas]:
    """A square in the plane z = 0 that faces +Z, its uv axes along +X and +Y."""
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    vertices = np.concatenate([(corners - 0.5) * size, np.zeros((4, 1), np.float32)], 1).astype(np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    return Surface(vertices, faces), UvAtlas(0.1 + 0.8 * corners, faces)


@lru_cache
def orbit(count: int = 12, size: int = 96) -> tuple[View, ...]:
    return synthetic.orbit(count, size)


def lit_photo(camera, name: str, albedo, coefficients: np.ndarray, with_camera: bool = False) -> View:
    """The ellipsoid with albedo(points) linear under spherical-harmonic light (9, 3), as an sRGB photo."""
    from backend.scene.color import to_srgb

    rows, columns = np.indices((camera.height, camera.width)) + 0.5
    rays = camera.rays(np.stack([columns, rows], -1))
    o, d = camera.position / synthetic.RADII, rays / synthetic.RADII
    a, b, c = (d * d).sum(-1), d @ o, o @ o - 1
    root = b * b - a * c
    hit = root > 0
    points = camera.position + rays * ((-b - np.sqrt(np.maximum(root, 0))) / a)[..., None]
    normals = points / synthetic.RADII**2
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    if with_camera:
        normals = normals @ camera.camera_to_world[:3, :3]
    lobes = np.array([1.0] + [2 / 3] * 3 + [1 / 4] * 5)  # Ramamoorthi & Hanrahan 2001, divided by pi
    shading = (harmonics_of(normals) * lobes) @ coefficients
    photo = np.where(hit[..., None], to_srgb(albedo(points) * shading), 0.2)
    return View(name, photo.astype(np.float32), hit.astype(np.float32), camera)


def texel_points(texels, surface: Surface, atlas: UvAtlas) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, columns and positions (N, 3) of all texels that own a face, computed anew in numpy."""
    owner = texels.owner.numpy()
    rows, columns = np.nonzero(owner >= 0)
    face = owner[rows, columns]
    uv = np.stack([(columns + 0.5) / texels.size, 1 - (rows + 0.5) / texels.size], 1)
    a, b, c = np.moveaxis(atlas.uvs[atlas.faces[face]].astype(np.float64), 1, 0)
    matrix = np.stack([b - a, c - a], -1)
    second, third = np.linalg.solve(matrix, (uv - a)[..., None])[..., 0].T
    weights = np.stack([1 - second - third, second, third], 1)
    return rows, columns, np.einsum("nk,nkc->nc", weights, surface.vertices[surface.faces[face]])
