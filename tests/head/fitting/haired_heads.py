"""An ellipsoid with hair of known thickness, and photos whose masks are drawn from it."""

from dataclasses import replace

import numpy as np

from backend.head.fitting.photo import HeadPhoto
from backend.head.fitting.sight import look
from backend.head.kits.symmetry import mirror_pairs
from backend.head.model import HeadModel, LandmarkTable
from backend.scene import Camera, FaceMasks, FaceRecord
from backend.scene.face import LANDMARKS
from backend.scene.head import EAR, EYEBALL, FACE, NECK, SCALP
from tests.head.fitting.soft_heads import RADII, ellipsoid

_PLACES = {10: (0, -0.08, 0.06), 13: (0, -0.09, -0.04), 152: (0, -0.06, -0.09)}  # forehead, lips, chin
_BROWS = {number: (side * 0.03, -0.085, 0.03) for number, side in ((105, -1), (107, -1), (334, 1), (336, 1))}


def bald_head() -> HeadModel:
    """Scalp above and behind, ears at the sides, a neck below, an eye within; one identity that is nothing."""
    skin, polygons = ellipsoid(64, 40)
    eye, rows = ellipsoid(8, 6, np.full(3, 0.012), (0.0, -0.06, 0.02))
    vertices = np.concatenate([skin, eye])
    polygons = np.concatenate([polygons, np.where(rows < 0, -1, rows + len(skin))]).astype(np.int32)
    region = np.full(len(vertices), FACE, np.uint8)
    region[hairline(vertices) > 0] = SCALP
    region[(np.abs(vertices[:, 1]) < 0.015) & (np.abs(vertices[:, 2] + 0.01) < 0.03)] = EAR
    region[vertices[:, 2] < -0.09], region[len(skin) :] = NECK, EYEBALL
    nothing = np.zeros((1, *vertices.shape), np.float32)
    return HeadModel(
        name="bald", license="none", vertices=vertices.astype(np.float32), polygons=polygons,
        uvs=np.zeros((1, 2), np.float32), uv_polygons=np.where(polygons < 0, -1, 0).astype(np.int32), region=region,
        mirror=mirror_pairs(vertices), identity=nothing, identity_names=("none",), expressions=nothing,
        expression_names=("none",), landmarks=_landmarks(vertices),
    )  # fmt: skip


def hairline(points: np.ndarray) -> np.ndarray:
    """Metres above the line from the forehead down to the nape, nearly."""
    return points[:, 2] - 0.05 + 0.9 * np.clip(points[:, 1] + 0.06, 0, None)


def _landmarks(vertices: np.ndarray) -> LandmarkTable:
    corners = np.zeros((LANDMARKS, 3), np.int32)
    for number, place in {**_PLACES, **_BROWS}.items():
        corners[number] = np.argmin(np.linalg.norm(vertices - place, axis=1))
    weights = np.tile(np.float32([1, 0, 0]), (LANDMARKS, 1))
    return LandmarkTable(corners, weights, np.full(LANDMARKS, 0.001, np.float32))


def outward() -> np.ndarray:
    """(V, 3) unit normals of the ellipsoid through each vertex of the bald head."""
    gradient = bald_head().vertices / RADII**2
    return gradient / np.linalg.norm(gradient, axis=1, keepdims=True)


def shell(model: HeadModel, thickness: float, covered: np.ndarray) -> np.ndarray:
    """(V,) metres: full 2 cm above the hairline, nothing below it."""
    rise = np.clip(hairline(model.vertices) / 0.02, 0, 1)
    return np.where(covered, thickness * rise * rise * (3 - 2 * rise), 0)


def photo_of(model: HeadModel, vertices: np.ndarray, hairy: np.ndarray, camera: Camera) -> HeadPhoto:
    """A photo in whose masks vertices (V, 3) are the person, and those that are hairy (V,) bool its hair."""
    faces = model.triangles(model.polygons)
    sight = look(vertices, faces, camera)
    hair = sight.covered & ((hairy[faces[sight.face]] * sight.weights).sum(-1) > 0.5)
    table = model.landmarks
    points = camera.project(vertices[table.corners[:, 0]])[0].astype(np.float32)
    none = np.zeros(sight.covered.shape, np.uint8)
    masks = FaceMasks(*(np.uint8(255) * plane for plane in (sight.covered, sight.covered & ~hair, hair)), none, none)
    record = FaceRecord(points, np.ones(LANDMARKS, np.float32), np.zeros(LANDMARKS, np.float32), 1.0)
    picture = np.zeros((*sight.covered.shape, 3), np.float32)
    return HeadPhoto("photo", picture, replace(record, masks=masks))
