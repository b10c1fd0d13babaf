"""Points on surfaces: even samples, exact distances, and which of them can be seen."""

from collections.abc import Sequence

import numpy as np
import warp as wp

from backend.kernels import warp_runtime  # noqa: F401  (quiets and starts Warp)
from backend.pictures.raster import sample
from backend.scene import Camera, Surface

_STEEP = 0.3  # cosine below which a sloping surface gets no more depth tolerance


@wp.kernel
def nearest_kernel(
    mesh: wp.uint64,
    points: wp.array(dtype=wp.vec3),
    distances: wp.array(dtype=wp.float32),
    faces: wp.array(dtype=wp.int32),
):
    i = wp.tid()
    found = wp.mesh_query_point_no_sign(mesh, points[i], 1.0e6)
    at = wp.mesh_eval_position(mesh, found.face, found.u, found.v)
    distances[i] = wp.length(at - points[i])
    faces[i] = found.face


def nearest(surface: Surface, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """points (N, 3) -> exact distances (N,) to the triangles, and the nearest triangle of each (N,)."""
    center = surface.vertices.mean(0)  # single precision is finest near the origin
    mesh = wp.Mesh(
        wp.array(surface.vertices - center, dtype=wp.vec3, device="cpu"),
        wp.array(surface.faces.reshape(-1), dtype=wp.int32, device="cpu"),
    )
    queries = wp.array((points - center).astype(np.float32), dtype=wp.vec3, device="cpu")
    distances = wp.empty(len(points), dtype=wp.float32, device="cpu")
    faces = wp.empty(len(points), dtype=wp.int32, device="cpu")
    wp.launch(nearest_kernel, dim=len(points), inputs=[mesh.id, queries, distances, faces], device="cpu")
    return distances.numpy().astype(float), faces.numpy()


def spread(surface: Surface, count: int, use: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`count` points (N, 3) spread evenly over the faces that `use` (F,) bool names, and the face of each (N,)."""
    corners = surface.vertices[surface.faces].astype(float)
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) * use
    total = np.cumsum(areas)
    rng = np.random.default_rng(seed)
    faces = np.searchsorted(total, (np.arange(count) + rng.random(count)) / count * total[-1])
    faces = np.minimum(faces, len(areas) - 1)
    root, along = np.sqrt(rng.random(count)), rng.random(count)
    weights = np.stack([1 - root, root * (1 - along), root * along], 1)
    return np.einsum("nk,nkc->nc", weights, corners[faces]), faces


def face_normals(surface: Surface) -> np.ndarray:
    """Unit normals (F, 3)."""
    corners = surface.vertices[surface.faces].astype(float)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)


def seen_by(cameras: Sequence[Camera], surface: Surface, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """How many cameras see each point (N,) of the surface: inside the picture, turned to it, nothing before it."""
    return sum(_visible(camera, surface, points, normals) for camera in cameras)


def directions_around(surface: Surface, count: int = 42, side: int = 384) -> list[Camera]:
    """Nearly parallel views of a surface from all around (a spiral of equal areas)."""
    center = (surface.vertices.max(0) + surface.vertices.min(0)) / 2.0
    radius = np.linalg.norm(surface.vertices - center, axis=1).max() * 1.01
    distance = 60 * radius
    turns = np.arange(count) + 0.5
    polar, around = np.arccos(1 - 2 * turns / count), np.pi * (1 + 5**0.5) * turns
    cameras = []
    for p, a in zip(polar, around, strict=True):
        back = np.array([np.cos(a) * np.sin(p), np.sin(a) * np.sin(p), np.cos(p)])
        right = np.cross([0.3, 0.5, 0.81], back)
        right /= np.linalg.norm(right)
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = np.stack([right, np.cross(back, right), back], 1), center + distance * back
        focal = side / 2 * distance / radius
        cameras.append(Camera(side, side, focal, focal, side / 2, side / 2, pose))
    return cameras


def _visible(camera: Camera, surface: Surface, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    pixels, depth = camera.project(points)
    column, row = np.floor(pixels).astype(int).T
    inside = (depth > 0) & (column >= 0) & (row >= 0) & (column < camera.width) & (row < camera.height)
    to_camera = camera.position - points
    slope = (normals * to_camera).sum(1) / np.linalg.norm(to_camera, axis=1)
    samples = sample(surface, camera, across=1)
    buffer = np.full(samples.face.shape, np.inf)
    drawn = samples.gather(surface.vertices.astype(float), surface.faces)
    buffer[samples.hit] = camera.project(drawn)[1]
    extent = np.linalg.norm(np.ptp(surface.vertices, axis=0))
    footprint = depth / np.sqrt(camera.fl_x * camera.fl_y)
    tolerance = 0.001 * extent + footprint / np.maximum(slope, _STEEP)
    seen = np.zeros(len(points), bool)
    i = np.nonzero(inside & (slope > 0))[0]
    seen[i] = depth[i] <= buffer[row[i], column[i]] + tolerance[i]
    return seen
