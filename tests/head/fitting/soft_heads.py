"""A head that is an ellipsoid with smooth random directions, and photos of it whose truth is a formula."""

import numpy as np

from backend.head.fitting.photo import HeadPhoto
from backend.head.fitting.sight import look
from backend.head.fitting.solution import Placement
from backend.head.kits.symmetry import mirror_pairs
from backend.head.model import HeadModel, LandmarkTable
from backend.scene import Camera, FaceRecord
from backend.scene.face import LANDMARKS
from backend.scene.head import EYEBALL, FACE, NECK, SCALP
from tests.synthetic import orbit_camera

RADII = np.array([0.075, 0.095, 0.12])  # metres
EYES = {33: (-0.045, -0.07, 0.02), 263: (0.045, -0.07, 0.02), 468: (-0.03, -0.08, 0.02), 473: (0.03, -0.08, 0.02)}
HERE = Placement(1.0, np.eye(3), np.zeros(3))


def ellipsoid(columns: int, rows: int, radii=RADII, center=(0, 0, 0)) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (V, 3) and polygons (P, 4), -1 in the last place of a triangle; poles on the z axis."""
    angle, height = 2 * np.pi * np.arange(columns) / columns, np.pi * np.arange(1, rows) / rows
    ring = np.stack([np.sin(angle), -np.cos(angle)], -1)
    body = np.concatenate([np.c_[ring * np.sin(h), np.full(columns, np.cos(h))] for h in height])
    points = np.concatenate([body, [[0, 0, 1], [0, 0, -1]]])
    at = np.arange(columns)
    after, last, top = (at + 1) % columns, (rows - 2) * columns, len(body)
    quads = [
        np.stack([r * columns + at, (r + 1) * columns + at, (r + 1) * columns + after, r * columns + after], 1)
        for r in range(rows - 2)
    ]
    no = np.full(columns, -1)
    caps = [np.stack([at, after, np.full(columns, top), no], 1)]
    caps.append(np.stack([last + after, last + at, np.full(columns, top + 1), no], 1))
    return points * radii + np.asarray(center), np.concatenate([*quads, *caps]).astype(np.int32)


def soft_head(identities: int = 4, expressions: int = 2, seed: int = 0, slack: float = 0.0) -> HeadModel:
    """The model: 4 mm along each identity, 6 mm along each expression; landmarks all over its front."""
    rng = np.random.default_rng(seed)
    parts = [ellipsoid(32, 20)]
    parts += [ellipsoid(8, 6, np.full(3, 0.012), (side * 0.03, -0.06, 0.02)) for side in (-1, 1)]
    starts = np.cumsum([0, *(len(points) for points, _ in parts)])
    vertices = np.concatenate([points for points, _ in parts])
    polygons = np.concatenate([
        np.where(rows < 0, -1, rows + start) for (_, rows), start in zip(parts, starts, strict=False)
    ])  # fmt: skip
    region = np.full(len(vertices), FACE, np.uint8)
    region[vertices[:, 1] > 0.02], region[vertices[:, 2] < -0.09], region[starts[1] :] = SCALP, NECK, EYEBALL
    skin = parts[0][1]
    return HeadModel(
        name="soft", license="none", vertices=vertices.astype(np.float32), polygons=polygons.astype(np.int32),
        uvs=np.zeros((1, 2), np.float32), uv_polygons=np.where(polygons < 0, -1, 0).astype(np.int32), region=region,
        mirror=mirror_pairs(vertices), identity=_waves(vertices, identities, 0.004, rng),
        identity_names=tuple(f"i{k}" for k in range(identities)),
        expressions=_waves(vertices, expressions, 0.006, rng),
        expression_names=tuple(f"e{k}" for k in range(expressions)),
        landmarks=_landmarks(vertices, np.concatenate([skin[:, :3], skin[skin[:, 3] >= 0][:, [0, 2, 3]]]), rng),
        slack=slack,
    )  # fmt: skip


def _waves(vertices: np.ndarray, count: int, size: float, rng) -> np.ndarray:
    waves = rng.normal(0, 25.0, (count, 3, 3))  # per metre
    return (size * np.sin(vertices @ waves + rng.uniform(0, 6, (count, 1, 3)))).astype(np.float32)


def _landmarks(vertices: np.ndarray, faces: np.ndarray, rng) -> LandmarkTable:
    middles = vertices[faces].mean(1)
    chosen = rng.choice(np.nonzero(middles[:, 1] < -0.045)[0], LANDMARKS)
    for number, place in EYES.items():
        chosen[number] = np.argmin(np.linalg.norm(middles - place, axis=1))
    weights = rng.dirichlet([2, 2, 2], LANDMARKS).astype(np.float32)
    return LandmarkTable(faces[chosen].astype(np.int32), weights, np.full(LANDMARKS, 0.001, np.float32))


def on_table(model: HeadModel, vertices: np.ndarray) -> np.ndarray:
    """(478, 3): where vertices (V, 3) bring the landmarks."""
    table = model.landmarks
    return (vertices[table.corners] * table.weights[..., None]).sum(1)


def seen_by(camera: Camera, model: HeadModel, vertices: np.ndarray, sigma: float = 0.2) -> FaceRecord:
    """What a perfect detector says of the head in the camera's photo."""
    pixels = camera.project(on_table(model, vertices))[0].astype(np.float32)
    return FaceRecord(pixels, np.full(LANDMARKS, sigma, np.float32), np.zeros(LANDMARKS, np.float32), 1.0)


def portrait_camera(azimuth: float, elevation: float = 5.0, size: int = 240, focal: float = 2.0) -> Camera:
    """A camera 0.7 m from the middle of the head; focal in picture widths."""
    return orbit_camera(azimuth, elevation, size, 0.7, focal)


def texture(points: np.ndarray) -> np.ndarray:
    """points (..., 3) metres -> gray (...,) in [0, 255]: detail of 5 to 20 mm in every direction."""
    rng = np.random.default_rng(11)
    directions = rng.normal(size=(24, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    waves = np.sin(points @ (directions * (2 * np.pi / rng.uniform(0.008, 0.03, (24, 1)))).T + rng.uniform(0, 6, 24))
    return 128 + 22 * waves.sum(-1) / np.sqrt(12)


def painted(vertices, faces, camera: Camera, rest: np.ndarray, pattern=texture) -> tuple[np.ndarray, np.ndarray]:
    """Gray (H, W) float32 of the mesh painted where its vertices lay at `rest` (V, 3), and where it is seen (H, W)."""
    sight = look(vertices, faces, camera)
    points = (rest[faces[sight.face]] * sight.weights[..., None]).sum(-2)
    return np.where(sight.covered, pattern(points), 60.0).astype(np.float32), sight.covered


def head_photo(name: str, model: HeadModel, vertices: np.ndarray, camera: Camera, **known) -> HeadPhoto:
    """A photo of the head with its landmarks and its outline."""
    gray, covered = painted(vertices, model.triangles(model.polygons), camera, model.vertices)
    picture = np.repeat(gray[..., None] / np.float32(255), 3, -1)
    return HeadPhoto(name, picture, seen_by(camera, model, vertices), covered.astype(np.float32), **known)


def degrees_apart(one: np.ndarray, other: np.ndarray) -> float:
    """Angle of the rotation between two rotations (3, 3)."""
    return float(np.degrees(np.arccos(np.clip((np.trace(one.T @ other) - 1) / 2, -1, 1))))
