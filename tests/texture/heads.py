"""A head whose truth is a formula: an ellipsoid with eyeballs, its regions, a face record, and portraits of it."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from backend.scene import Camera, Surface, UvAtlas, View
from backend.scene.face import LANDMARKS, FaceMasks, FaceRecord
from backend.scene.head import EAR, EYEBALL, FACE, NECK, SCALP, HeadShape
from backend.texture.outlines import FACE_OVAL, LEFT_EYE, LEFT_IRIS, RIGHT_EYE, RIGHT_IRIS
from tests.synthetic import orbit_camera

RADII = np.array([0.55, 0.65, 0.8])
EYE = 0.09  # radius of an eyeball
EYES = np.array([[-0.22, -0.55, 0.1], [0.22, -0.55, 0.1]])  # right, left
SKIN, HAIR = np.array([0.72, 0.52, 0.42]), np.array([0.22, 0.15, 0.10])
IRIS, SCLERA = np.array([0.25, 0.40, 0.55]), np.array([0.72, 0.70, 0.68])


def region_of(points: np.ndarray) -> np.ndarray:
    """points (..., 3) on the ellipsoid -> regions."""
    x, y, z = np.moveaxis(points, -1, 0)
    region = np.full(x.shape, FACE)
    region[(z > 0.42) | ((y > 0.15) & (z > -0.3))] = SCALP
    region[z < -0.45] = NECK
    region[(np.abs(x) > 0.48) & (np.abs(y) < 0.2) & (np.abs(z) < 0.25)] = EAR
    return region


def colors_of(points: np.ndarray) -> np.ndarray:
    """Symmetric skin with soft spots, and hair on the scalp."""
    x, y, z = np.abs(points[..., 0]), points[..., 1], points[..., 2]
    spots = 0.05 * np.sin(14 * x) * np.cos(11 * z + 3 * y)
    return np.where((region_of(points) == SCALP)[..., None], HAIR, SKIN + spots[..., None])


def _globe(rows: int, columns: int, radii, center) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A grid of longitudes and latitudes: vertices, faces, uvs in [0, 1], uv faces, mirror across x."""
    theta = 2 * np.pi * (np.arange(columns) + 0.5) / columns - np.pi  # from the front
    phi = np.pi * (np.arange(rows) + 0.5) / rows - np.pi / 2
    phi, theta = np.meshgrid(phi, theta, indexing="ij")
    grid = np.stack([np.cos(phi) * np.sin(theta), -np.cos(phi) * np.cos(theta), np.sin(phi)], -1).reshape(-1, 3)
    vertices = np.concatenate([grid, [[0, 0, -1], [0, 0, 1]]]) * radii + center
    at, uv_at = np.arange(rows * columns).reshape(rows, columns), np.arange(rows * (columns + 1)).reshape(rows, -1)
    across = np.c_[at, at[:, 0]]
    faces, uv_faces = [], []
    for wrapped, out in ((across, faces), (uv_at, uv_faces)):
        a, b, c, d = wrapped[:-1, :-1], wrapped[:-1, 1:], wrapped[1:, 1:], wrapped[1:, :-1]
        out += [np.stack(t, -1).reshape(-1, 3) for t in ((a, b, c), (a, c, d))]
    caps = ((0, len(grid), 1), (-1, len(grid) + 1, -1))
    for pole, (row, vertex, way) in enumerate(caps):
        low, uv_low = across[row], uv_at[row]
        corners = (low[1:], low[:-1]) if way > 0 else (low[:-1], low[1:])
        uv_corners = (uv_low[1:], uv_low[:-1]) if way > 0 else (uv_low[:-1], uv_low[1:])
        faces.append(np.stack([*corners, np.full(columns, vertex)], 1))
        uv_faces.append(np.stack([*uv_corners, uv_at.size + pole * columns + np.arange(columns)], 1))
    u, v = (np.arange(columns + 1) + 0.0) / columns, (np.arange(rows) + 1.0) / (rows + 1)
    uvs = np.stack(np.meshgrid(u, v), -1).reshape(-1, 2)
    tips = [np.stack([(np.arange(columns) + 0.5) / columns, np.full(columns, end)], 1) for end in (0.0, 1.0)]
    mirror = np.concatenate([at[:, ::-1].ravel(), [len(grid), len(grid) + 1]])
    return vertices, np.concatenate(faces), np.concatenate([uvs, *tips]), np.concatenate(uv_faces), mirror


@lru_cache
def head(rows: int = 40, columns: int = 64) -> HeadShape:
    """The fitted shape, in the normalized frame. Quads are split the same way on both sides: not symmetric."""
    parts = [(_globe(rows, columns, RADII, 0), (0.96, 0.74), (0.02, 0.02))]
    parts += [(_globe(14, 20, EYE, center), (0.4, 0.18), (0.05 + 0.5 * k, 0.8)) for k, center in enumerate(EYES)]
    vertices, faces, uvs, uv_faces, mirror, region = [], [], [], [], [], []
    counts = [len(part[0][0]) for part in parts]
    for (points, *_), center in zip((part[0] for part in parts[1:]), EYES, strict=True):
        points[:] = (points - center)[:, [0, 2, 1]] * [1, -1, 1] + center  # their poles look forward
    starts, uv_start = np.cumsum([0, *counts]), 0
    for k, ((points, triangles, plane, uv_triangles, other), scale, offset) in enumerate(parts):
        vertices.append(points)
        faces.append(triangles + starts[k])
        uvs.append(plane * scale + offset)
        uv_faces.append(uv_triangles + uv_start)
        mirror.append(other + starts[(0, 2, 1)[k]])
        region.append(region_of(points) if k == 0 else np.full(len(points), EYEBALL))
        uv_start += len(plane)
    surface = Surface(np.concatenate(vertices).astype(np.float32), np.concatenate(faces).astype(np.int32))
    atlas = UvAtlas(np.concatenate(uvs).astype(np.float32), np.concatenate(uv_faces).astype(np.int32))
    return HeadShape(surface, atlas, np.concatenate(region).astype(np.uint8), np.concatenate(mirror), "formula")


def see(camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Points (H, W, 3) of the ellipsoid that pixels see, and whether they see it."""
    rows, columns = np.indices((camera.height, camera.width)) + 0.5
    rays = camera.rays(np.stack([columns, rows], -1))
    o, d = camera.position / RADII, rays / RADII
    a, b, c = (d * d).sum(-1), d @ o, o @ o - 1
    root = b * b - a * c
    return camera.position + rays * ((-b - np.sqrt(np.maximum(root, 0))) / a)[..., None], root > 0


def record_of(camera: Camera, masks: FaceMasks | None) -> FaceRecord:
    """Oval, eyes and irises where they project to; all other points in the middle of the face."""
    points = np.tile(camera.project(np.array([[0, -0.65, 0.0]]))[0], (LANDMARKS, 1))

    def ring(indices, center, width, height) -> None:
        angle = 2 * np.pi * np.arange(len(indices)) / len(indices)
        places = center + np.stack([width * np.cos(angle), np.zeros(len(angle)), height * np.sin(angle)], 1)
        points[list(indices)] = camera.project(places)[0]

    ring(FACE_OVAL, np.array([0, -0.45, -0.1]), 0.42, 0.5)
    for center, eye, iris in ((EYES[0], RIGHT_EYE, RIGHT_IRIS), (EYES[1], LEFT_EYE, LEFT_IRIS)):
        front = center - [0, EYE, 0]
        ring(eye, front, 0.085, 0.06)
        points[iris] = camera.project(front[None])[0]
        ring(range(iris + 1, iris + 5), front, 0.49 * EYE, 0.49 * EYE)
    sigma, depth = np.ones(LANDMARKS, np.float32), np.zeros(LANDMARKS, np.float32)
    return FaceRecord(points.astype(np.float32), sigma, depth, 1.0, masks)


def portrait(
    azimuth: float = 0.0, size: int = 256, colors: Callable[[np.ndarray], np.ndarray] = colors_of, masked: bool = True
) -> View:
    """A photo of the head with drawn eyes, and a record with or without masks."""
    camera = orbit_camera(azimuth, 0, size)
    points, hit = see(camera)
    photo = np.where(hit[..., None], colors(points), 0.3)
    record = record_of(camera, None)
    rows, columns = np.indices(hit.shape) + 0.5
    for iris in (RIGHT_IRIS, LEFT_IRIS) if camera.position[1] < 0 else ():
        away = np.hypot(columns - record.points[iris, 0], rows - record.points[iris, 1])
        rim = np.linalg.norm(record.points[iris + 1 : iris + 5] - record.points[iris], axis=1).max()
        photo = np.where((away < 1.7 * rim)[..., None], np.where((away < rim)[..., None], IRIS, SCLERA), photo)
    hair = hit & (region_of(points) == SCALP)
    bytes_ = [(plane * 255).astype(np.uint8) for plane in (hit, hit & ~hair, hair, 0 * hit, 0 * hit)]
    face = record_of(camera, FaceMasks(*bytes_) if masked else None)
    return View(f"{azimuth:.0f}", photo.astype(np.float32), hit.astype(np.float32), camera, face=face)
