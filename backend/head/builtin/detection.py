"""Where mediapipe's face mesh sees its 478 points on the builtin head: it is shown pictures of it.

Only generate.py uses this. The head is painted with what a detector looks for (lips, brows, irises, a scalp's hair),
photographed from some directions under some lights, and each point found is followed back onto the surface.
"""

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from ...kernels.rasterize import rasterize
from ...scene import Camera
from ...scene import head as regions
from ..model import HeadModel

SIZE, DISTANCE, FOCAL = 640, 0.9, 2.6  # pixels, meters, focal length in picture widths
VIEWS = [(yaw, pitch) for yaw in (-24, -12, 0, 12, 24) for pitch in (-10, 0, 12)]  # degrees
MIDDLE = (0, 1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 94, 151, 152, 164, 168, 175, 195, 197, 199,
          200)  # fmt: skip  # the points of mediapipe's face mesh that lie on the middle line
LIGHTS = ((0.5, 0.6, 0.7), (-0.5, 0.6, 0.7), (0.0, 0.3, 1.0))  # camera axes
SKIN, LIPS, BROWS, HAIR = (0.60, 0.42, 0.33), (0.40, 0.17, 0.15), (0.10, 0.07, 0.05), (0.08, 0.06, 0.05)
WHITE, IRIS, PUPIL, DARK = (0.75, 0.73, 0.70), (0.13, 0.08, 0.04), (0.01, 0.01, 0.01), (0.12, 0.03, 0.03)


def paint(model: HeadModel) -> np.ndarray:
    """Linear colors (V, 3)."""
    p = model.vertices * 100
    color = np.tile(np.float32(SKIN), (len(p), 1))
    brow_z = np.interp(np.abs(p[:, 0]), [0.9, 2.2, 3.6, 5.0], [3.05, 3.35, 3.6, 3.0])
    thick = np.interp(np.abs(p[:, 0]), [0.9, 2.2, 3.6, 5.2], [0.36, 0.38, 0.28, 0.10])
    brow = (
        np.exp(-(((p[:, 2] - brow_z) / thick) ** 4))
        * (np.abs(p[:, 0]) > 0.8)
        * (np.abs(p[:, 0]) < 5.2)
        * (p[:, 1] < -5.5)
    )
    color += 0.85 * brow[:, None] * (np.float32(BROWS) - color)
    hairline = np.interp(np.degrees(np.arctan2(np.abs(p[:, 0]), -p[:, 1])), [0, 28, 42, 60, 75, 85, 100, 125, 180],
                         [7.6, 7.8, 6.8, 4.6, 1.4, 0.5, 3.0, 0.0, -4.0])  # fmt: skip
    hair = (model.region != regions.EAR) & (p[:, 2] > hairline) & (model.region != regions.EYEBALL)
    color[hair] = HAIR
    color[model.region == regions.LIPS] = LIPS
    color[np.isin(model.region, (regions.MOUTH, regions.SOCKET))] = DARK
    ball = model.region == regions.EYEBALL
    color[ball] = WHITE
    balls = np.flatnonzero(ball).reshape(2, -1)
    for eye in balls:
        center = (p[eye].min(0) + p[eye].max(0)) / 2
        away = np.linalg.norm((p[eye] - center)[:, [0, 2]], axis=1) + 10 * (p[eye, 1] > center[1])
        color[eye[away < 0.58]] = IRIS
        color[eye[away < 0.22]] = PUPIL
    return color


def photograph(model: HeadModel, color: np.ndarray, view: tuple, light: tuple) -> tuple[np.ndarray, np.ndarray, Camera]:
    """An sRGB picture (SIZE, SIZE, 3) uint8, what pixels see (SIZE, SIZE, 4: u, v, depth, face + 1), the camera."""
    yaw, pitch = np.radians(view)
    away = np.array([np.sin(yaw) * np.cos(pitch), -np.cos(yaw) * np.cos(pitch), np.sin(pitch)])
    right = np.array([np.cos(yaw), np.sin(yaw), 0.0])
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(away, right), away], 1)
    pose[:3, 3] = np.array([0, -0.02, -0.01]) + DISTANCE * away
    camera = Camera(SIZE, SIZE, FOCAL * SIZE, FOCAL * SIZE, SIZE / 2, SIZE / 2, pose)
    faces = model.triangles(model.polygons)
    clip = np.c_[model.vertices.astype(float), np.ones(len(model.vertices))] @ camera.clip_matrix(0.3, 2.0).T
    clip = torch.from_numpy(clip.astype(np.float32))
    seen = rasterize(clip, torch.from_numpy(faces), (SIZE, SIZE)).numpy()[::-1]
    hit = seen[..., 3] > 0
    corners = faces[seen[hit][:, 3].astype(int) - 1]
    weights = np.stack([seen[hit][:, 0], seen[hit][:, 1], 1 - seen[hit][:, 0] - seen[hit][:, 1]], 1)
    mix = lambda values: (values[corners] * weights[..., None]).sum(1)  # noqa: E731
    normal = mix(normals(model.vertices, faces)) @ pose[:3, :3]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    toward = np.asarray(light) / np.linalg.norm(light)
    shade = 0.30 + 0.12 * normal[:, 1:2] + 0.75 * np.maximum(normal @ toward, 0)[:, None]
    picture = np.full((SIZE, SIZE, 3), 0.55)
    picture[hit] = np.clip(mix(color) * shade * 1.3, 0, 1) ** (1 / 2.2)
    return (picture * 255).astype(np.uint8), seen, camera


def normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Area-weighted unit normals (V, 3)."""
    corners = vertices[faces]
    face_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros_like(vertices)
    np.add.at(total, faces.ravel(), np.repeat(face_normals, 3, 0))
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-20)


def sightings(model: HeadModel) -> np.ndarray:
    """(N, 478, 3) meters: the points on the surface in each picture; nan where a point is seen too obliquely."""
    import mediapipe

    color, faces, found = paint(model), model.triangles(model.polygons), []
    normal = normals(model.vertices, faces)
    with mediapipe.solutions.face_mesh.FaceMesh(static_image_mode=True, refine_landmarks=True) as mesh:
        for number, view in enumerate(VIEWS):
            picture, seen, camera = photograph(model, color, view, LIGHTS[number % len(LIGHTS)])
            answer = mesh.process(picture).multi_face_landmarks
            if not answer:
                continue
            pixels = np.array([(mark.x * SIZE, mark.y * SIZE) for mark in answer[0].landmark])
            x, y = np.clip(pixels.astype(int), 0, SIZE - 1).T
            cell = seen[y, x]
            corners = faces[np.maximum(cell[:, 3].astype(int) - 1, 0)]
            weights = np.stack([cell[:, 0], cell[:, 1], 1 - cell[:, 0] - cell[:, 1]], 1)[..., None]
            point, way = (model.vertices[corners] * weights).sum(1), (normal[corners] * weights).sum(1)
            view_way = camera.position - point
            slope = (way * view_way).sum(1) / np.linalg.norm(way, axis=1) / np.linalg.norm(view_way, axis=1)
            found.append(np.where(((cell[:, 3] > 0) & (slope > 0.35))[:, None], point, np.nan))
    return np.stack(found)


def table(model: HeadModel) -> dict[str, np.ndarray]:
    """corners (478, 3), weights (478, 3) and spread (478,) meters, as in LandmarkTable; exactly symmetric."""
    found = sightings(model)
    with np.errstate(all="ignore"):
        middle = np.nanmedian(found, 0)
        spread = 1.4826 * np.nanmedian(np.linalg.norm(found - middle, axis=2), 0)
    counts = np.isfinite(found[..., 0]).sum(0)
    middle[counts == 0] = 0.0
    other = twins(middle)
    middle = (middle + middle[other] * np.array([-1, 1, 1])) / 2
    spread = np.maximum((spread + spread[other]) / 2, 0.0008)
    corners, weights = nearest(model, middle)
    spread = np.where(counts >= 3, spread, np.inf).astype(np.float32)
    return {"corners": corners.astype(np.int32), "weights": weights.astype(np.float32), "spread": spread}


def twins(points: np.ndarray) -> np.ndarray:
    """Which point (N,) lies on the other side of each of the points (N, 3): an involution."""
    cost = np.linalg.norm(points[:, None] * np.array([-1, 1, 1]) - points[None], axis=2) ** 2
    cost[MIDDLE, :] = cost[:, MIDDLE] = 1.0
    cost[MIDDLE, MIDDLE] = 0.0
    other = linear_sum_assignment(cost + cost.T)[1]
    return np.where(other[other] == np.arange(len(points)), other, np.arange(len(points)))


def nearest(model: HeadModel, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners (N, 3) and weights (N, 3) of the triangles' nearest points, among those whose middle is near."""
    faces = model.triangles(model.polygons)
    hidden = np.isin(model.region, (regions.MOUTH, regions.SOCKET))
    faces = faces[~hidden[faces].any(1)]
    around = cKDTree(model.vertices[faces].mean(1)).query(points, 24)[1]
    triangles = model.vertices[faces[around]].astype(float)  # (N, 24, 3, 3)
    a, ab, ac = triangles[:, :, 0], triangles[:, :, 1] - triangles[:, :, 0], triangles[:, :, 2] - triangles[:, :, 0]
    gram = np.stack([(ab * ab).sum(-1), (ab * ac).sum(-1), (ac * ac).sum(-1)], -1)
    to = points[:, None] - a
    d, e = (ab * to).sum(-1), (ac * to).sum(-1)
    det = np.maximum(gram[..., 0] * gram[..., 2] - gram[..., 1] ** 2, 1e-20)
    v = (gram[..., 2] * d - gram[..., 1] * e) / det
    w = (gram[..., 0] * e - gram[..., 1] * d) / det
    weights = np.clip(np.stack([1 - v - w, v, w], -1), 0, None)
    weights /= weights.sum(-1, keepdims=True)
    gap = np.linalg.norm((triangles * weights[..., None]).sum(2) - points[:, None], axis=2)
    best = gap.argmin(1)
    rows = np.arange(len(points))
    return faces[around[rows, best]], weights[rows, best]
