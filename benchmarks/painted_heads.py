"""Pictures of a head model's random people, painted and lit so that a detector of landmarks takes them for photos.

The paint is a function of where a sample lies on the mean head, so it is as sharp as the picture. Brows are painted
where the landmarks of ICT-FaceKit have them (on their upper half), relative to the eyes; what a detector says of brows
is as good as that.
"""

from dataclasses import dataclass

import numpy as np

from backend.head.model import HeadModel
from backend.kernels.rasterize import rasterize
from backend.pictures.raster import Samples, sample
from backend.pictures.shade import compose
from backend.scene import Camera, Surface
from backend.scene.color import to_srgb
from backend.scene.head import EYEBALL, LIPS, MOUTH, REGIONS, SCALP, SOCKET, TEETH

SIZE = 560  # pixels
IDENTITY_SPREAD = 0.8  # standard deviations
TARGET = np.array([0.0, -0.06, 0.0])  # metres: what cameras look at
# Brow from the nose outwards, in distances between the eyes' centers: away from the eye's center (x, z).
_BROW = np.array([(-0.31, 0.30), (-0.14, 0.355), (0.05, 0.37), (0.24, 0.335), (0.40, 0.22)])
_IRIS, _PUPIL = 0.0059, 0.0021  # metres, radii
_SKIN = np.array([(0.62, 0.40, 0.30), (0.46, 0.27, 0.18), (0.21, 0.11, 0.07)])  # linear, light to dark
_HAIR = np.array([(0.20, 0.12, 0.06), (0.04, 0.025, 0.02), (0.012, 0.01, 0.01)])
_IRISES = np.array([(0.07, 0.13, 0.18), (0.06, 0.09, 0.05), (0.05, 0.025, 0.012)])


@dataclass(frozen=True)
class Canvas:
    """What is the same for all people of a model. Vertex values (V, ...)."""

    model: HeadModel
    faces: np.ndarray  # (F, 3) triangles
    open_sky: np.ndarray  # (V,) share of the sky that a vertex sees, 0 .. 1
    parts: np.ndarray  # (V, regions) 1 where a vertex belongs to a region
    eyes: np.ndarray  # (2, 3) metres: the front of each eyeball, the right one first
    lash: np.ndarray  # (V,) 1 on the rims of the lids, falling off within a millimetre


@dataclass(frozen=True)
class Picture:
    """A picture (H, W, 3) float32 sRGB of the person with these coefficients."""

    photo: np.ndarray
    camera: Camera
    vertices: np.ndarray  # (V, 3) metres


def canvas(model: HeadModel) -> Canvas:
    """Prepare the painting of a model."""
    faces = model.triangles(model.polygons)
    eyeball = model.region == EYEBALL
    eyes = np.stack([_front(model.vertices[eyeball & (model.vertices[:, 0] * side > 0)]) for side in (-1, 1)])
    rims = model.region == SOCKET
    seam = np.zeros(len(model.vertices), bool)
    mixed = rims[faces].any(1) & ~rims[faces].all(1)
    seam[faces[mixed]] = True
    seam &= ~rims
    away = (
        np.linalg.norm(model.vertices[:, None] - model.vertices[seam][None, ::2], axis=-1).min(1) if seam.any() else 1
    )
    parts = np.eye(len(REGIONS), dtype=np.float32)[model.region]
    lash = np.exp(-((away / 0.0009) ** 2)) * ~eyeball
    return Canvas(model, faces, _open_sky(model.vertices, faces), parts, eyes, lash.astype(np.float32))


def draw_person(board: Canvas, rng: np.random.Generator, size: int = SIZE) -> Picture:
    """A random person, seen by a random camera in random light."""
    model = board.model
    identity = rng.normal(0, IDENTITY_SPREAD, len(model.identity_names))
    vertices = model.shape(identity, np.zeros(len(model.expression_names)))
    yaw, pitch, roll = np.radians([rng.uniform(-25, 25), rng.uniform(-10, 15), rng.normal(0, 4)])
    camera = _camera(yaw, pitch, roll, rng.uniform(0.45, 2.5), size)
    surface = Surface(vertices, board.faces)
    seen = sample(surface, camera)
    spot = seen.gather(model.vertices, board.faces)  # on the mean head
    normal = seen.gather(surface.vertex_normals(), board.faces)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    sky = seen.gather(board.open_sky[:, None], board.faces)
    place = seen.gather(vertices, board.faces)
    colors = _shade(_paint(board, seen, spot, rng), normal, sky, _unit(camera.position - place), camera, rng)
    photo, _ = compose(seen, to_srgb(colors), rng.uniform(0.25, 0.75, 3).astype(np.float32))
    photo = np.clip(photo + rng.normal(0, 0.012, photo.shape), 0, 1).astype(np.float32)
    return Picture(photo, camera, vertices)


def _paint(board: Canvas, seen: Samples, spot: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Linear reflectances (N, 3) of the samples, whose places on the mean head are spot (N, 3)."""
    skin, hair, iris = (_blend(colors, rng) for colors in (_SKIN, _HAIR, _IRISES))
    part = seen.gather(board.parts, board.faces)
    color = (
        np.repeat(skin[None], len(spot), 0)
        * (1 + 0.07 * _noise(spot, 120, rng) + 0.03 * _noise(spot, 900, rng))[:, None]
    )
    between = board.eyes[1, 0] - board.eyes[0, 0]
    flush = np.exp(
        -(((np.abs(spot[:, 0]) - 0.55 * between) / 0.018) ** 2) - ((spot[:, 2] - board.eyes[0, 2] + 0.04) / 0.018) ** 2
    )
    color *= 1 - flush[:, None] * [0.02, 0.18, 0.18]
    red = skin * rng.uniform((0.75, 0.35, 0.4), (0.95, 0.6, 0.65))
    color = _over(color, red, part[:, LIPS])
    color = _over(color, hair, part[:, SCALP] * rng.uniform(0.8, 1.0))
    color = _over(color, hair, _brow(board, spot, rng) * rng.uniform(0.6, 0.95))
    color = _over(color, np.array([0.35, 0.09, 0.08]), part[:, MOUTH])
    color = _over(color, np.array([0.7, 0.66, 0.55]), part[:, TEETH])
    color = _over(color, skin * [0.9, 0.6, 0.55], part[:, SOCKET])
    color = _over(color, _eye(board, spot, iris), part[:, EYEBALL])
    lash = seen.gather(board.lash[:, None], board.faces)[:, 0] * np.where(spot[:, 2] > board.eyes[0, 2], 0.9, 0.35)
    return _over(color, np.array([0.02, 0.015, 0.015]), lash).astype(np.float32)


def _eye(board: Canvas, spot: np.ndarray, iris: np.ndarray) -> np.ndarray:
    away = np.minimum(*(np.linalg.norm((spot - eye)[:, [0, 2]], axis=1) for eye in board.eyes))
    color = np.repeat(np.array([[0.66, 0.62, 0.60]]), len(spot), 0)
    color = _over(color, iris, _step(_IRIS - away, 0.0003))
    color = _over(color, iris * 0.3, np.exp(-(((away - _IRIS) / 0.0005) ** 2)))
    return _over(color, np.array([0.004, 0.004, 0.004]), _step(_PUPIL - away, 0.0002))


def _brow(board: Canvas, spot: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cover (N,) of the brows."""
    between = board.eyes[1, 0] - board.eyes[0, 0]
    out = np.abs(spot[:, 0]) - between / 2
    line, thick = _BROW * between, rng.uniform(0.0028, 0.0042)
    middle = np.interp(out, line[:, 0], line[:, 1]) + board.eyes[:, 2].mean() + rng.normal(0, 0.0015)
    width = thick * np.interp(out, line[[0, 1, 4], 0], [0.9, 1.15, 0.45])
    ends = _step(out - line[0, 0], 0.0012) * _step(line[-1, 0] - out, 0.0012)
    front = _step(-0.045 - spot[:, 1], 0.002)
    streaks = 0.85 + 0.25 * _noise(spot * [1, 1, 0.4], 2500, rng)
    return ends * front * _step(width - np.abs(spot[:, 2] - middle), 0.0008) * np.clip(streaks, 0, 1)


def _shade(
    color: np.ndarray, normal: np.ndarray, sky: np.ndarray, toward: np.ndarray, camera: Camera, rng: np.random.Generator
) -> np.ndarray:
    """Linear colors (N, 3): two lamps, the sky, a faint shine."""
    axes = camera.camera_to_world[:3, :3]
    key = axes @ _unit(np.array([rng.uniform(-0.9, 0.9), rng.uniform(0.1, 0.8), rng.uniform(0.4, 1.0)]))
    fill = axes @ _unit(np.array([rng.uniform(-1, 1), rng.uniform(-0.2, 0.5), rng.uniform(0.3, 1.0)]))
    lamps = ((key, rng.uniform(0.5, 0.95)), (fill, rng.uniform(0.1, 0.4)))
    light, shine = rng.uniform(0.3, 0.55) * sky * (0.8 + 0.2 * normal[:, 2:]), 0.0
    for direction, power in lamps:
        light = light + power * np.clip(normal @ direction, 0, 1)[:, None] * np.sqrt(sky)
        half = _unit(toward + direction)
        shine = shine + 0.10 * power * np.clip((normal * half).sum(1), 0, 1)[:, None] ** 24 * sky
    return color * light * rng.uniform(0.9, 1.3) + shine


def _camera(yaw: float, pitch: float, roll: float, distance: float, size: int) -> Camera:
    """A camera `distance` metres from the head, which fills about half of the picture. Angles in radians."""
    away = np.array([np.sin(yaw) * np.cos(pitch), -np.cos(yaw) * np.cos(pitch), np.sin(pitch)])
    right = np.array([np.cos(yaw), np.sin(yaw), 0.0])
    up = np.cross(away, right)
    right, up = np.cos(roll) * right + np.sin(roll) * up, np.cos(roll) * up - np.sin(roll) * right
    pose = np.eye(4)
    pose[:3] = np.stack([right, up, away, TARGET + away * distance], 1)
    focal = size * distance / 0.34
    return Camera(size, size, focal, focal, size / 2, size / 2, pose)


def _open_sky(vertices: np.ndarray, faces: np.ndarray, directions: int = 64, size: int = 320) -> np.ndarray:
    """Share of the directions, weighted by their cosine, in which nothing lies before a vertex: (V,)."""
    import torch

    normals = Surface(vertices, faces).vertex_normals()
    radius = np.linalg.norm(vertices, axis=1).max() * 1.02
    seen, asked = np.zeros(len(vertices)), np.full(len(vertices), 1e-9)
    for index in range(directions):  # a Fibonacci sphere
        z = 1 - 2 * (index + 0.5) / directions
        angle = np.pi * (1 + 5**0.5) * index
        toward = np.array([np.cos(angle) * np.sqrt(1 - z * z), np.sin(angle) * np.sqrt(1 - z * z), z])
        right = _unit(np.cross([0.3, 0.9, 0.3], toward))
        local = vertices @ np.stack([right, np.cross(toward, right), -toward], 1) / radius
        clip = torch.from_numpy(np.c_[local, np.ones(len(local))].astype(np.float32))
        rast = rasterize(clip, torch.from_numpy(faces.astype(np.int32)), (size, size)).numpy()
        column, row = ((local[:, :2] + 1) / 2 * size).astype(int).clip(0, size - 1).T
        gap = local[:, 2] - rast[row, column, 2]
        cosine = np.clip(normals @ toward, 0, 1)
        seen += cosine * (gap * radius < 0.002 + 0.004 * (1 - cosine))
        asked += cosine
    return (seen / asked).astype(np.float32)


def _front(eyeball: np.ndarray) -> np.ndarray:
    """The foremost point of an eyeball's vertices (V, 3): the middle of its iris."""
    forward = eyeball[:, 1]
    return eyeball[forward <= np.quantile(forward, 0.02)].mean(0)


def _blend(colors: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random color between neighbors of the list."""
    place = rng.uniform(0, len(colors) - 1)
    first = int(place)
    return colors[first] * (1 - place + first) + colors[min(first + 1, len(colors) - 1)] * (place - first)


def _noise(places: np.ndarray, frequency: float, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise (N,) of unit variance: a sum of plane waves (radians per metre)."""
    waves = rng.normal(0, frequency, (12, 3))
    return np.sin(places @ waves.T + rng.uniform(0, 2 * np.pi, 12)).sum(1) / np.sqrt(6)


def _over(below: np.ndarray, color: np.ndarray, cover: np.ndarray) -> np.ndarray:
    return below * (1 - cover[:, None]) + color * cover[:, None]


def _step(value: np.ndarray, softness: float) -> np.ndarray:
    return np.clip(value / softness / 2 + 0.5, 0, 1)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector, axis=-1, keepdims=True)
