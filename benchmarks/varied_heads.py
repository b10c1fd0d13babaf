"""Pictures of a head model's random people, painted and lit as differently as faces are, seen nearly from the front.

What a detector of landmarks makes of a shape must not be mistaken for what it makes of one kind of paint: brows, lips,
lashes, hair, skin, shadows, light, lens and sharpness all vary. The paint lies where a sample lies on the mean head.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from backend.pictures.raster import sample
from backend.pictures.shade import compose, to_srgb
from backend.scene import Camera, Surface
from backend.scene.head import EYEBALL, LIPS, MOUTH, SCALP, SOCKET, TEETH

from .painted_heads import Canvas, Picture

SIZE = 400  # pixels
FRAME = 0.30  # metres across the picture at the head's distance
TARGET = np.array([0.0, -0.06, -0.005])  # metres: what cameras look at
YAW, PITCH, ROLL = (-15.0, 15.0), (-8.0, 12.0), 3.0  # degrees: ranges, and a deviation
DISTANCE = (0.4, 2.5)  # metres
# Brow from the nose outwards, in distances between the eyes' centers: away from the eye's center (x, z).
_BROW = np.array([(-0.31, 0.30), (-0.14, 0.355), (0.05, 0.37), (0.24, 0.335), (0.40, 0.22)])
_SKIN = np.array([(0.75, 0.52, 0.42), (0.55, 0.33, 0.23), (0.35, 0.19, 0.12), (0.12, 0.06, 0.04)])  # linear
_HAIR = np.array([(0.45, 0.30, 0.15), (0.20, 0.12, 0.06), (0.04, 0.025, 0.02), (0.012, 0.01, 0.01)])
_IRIS = np.array([(0.10, 0.18, 0.26), (0.07, 0.12, 0.06), (0.06, 0.03, 0.015), (0.02, 0.01, 0.006)])


@dataclass(frozen=True)
class Ground:
    """A canvas, and what the paint needs beside it: (V,) 1 where the lips meet, falling off within a millimetre."""

    canvas: Canvas
    parting: np.ndarray


@dataclass(frozen=True)
class Light:
    """What falls onto the samples: unit normals (N, 3), share of the sky (N, 1), unit directions to the camera."""

    normal: np.ndarray
    sky: np.ndarray
    toward: np.ndarray


def ground(canvas: Canvas) -> Ground:
    """Prepare the painting of a model."""
    model = canvas.model
    region = model.region[canvas.faces]
    mixed = (region == LIPS).any(1) & (region == MOUTH).any(1)
    seam = np.unique(canvas.faces[mixed])
    seam = seam[model.region[seam] == LIPS]
    if not len(seam):
        return Ground(canvas, np.zeros(len(model.vertices), np.float32))
    away = np.linalg.norm(model.vertices[:, None] - model.vertices[seam][None, ::2], axis=-1).min(1)
    return Ground(canvas, np.exp(-((away / 0.0012) ** 2)).astype(np.float32))


def draw_varied(board: Ground, identity: np.ndarray, rng: np.random.Generator, paintings: int = 1) -> list[Picture]:
    """The person of these coefficients (K,), seen by one random camera, painted and lit several times."""
    model, faces = board.canvas.model, board.canvas.faces
    vertices = model.shape(identity, np.zeros(len(model.expression_names)))
    camera = _camera(rng)
    surface = Surface(vertices, faces)
    seen = sample(surface, camera)
    fields = (model.vertices, vertices, surface.vertex_normals(), board.canvas.open_sky[:, None],
              board.canvas.lash[:, None], board.parting[:, None], board.canvas.parts)  # fmt: skip
    stack = seen.gather(np.concatenate(fields, 1).astype(np.float32), faces)
    spot, place, normal, sky, lash, parting, part = np.split(stack, [3, 6, 9, 10, 11, 12], 1)
    light = Light(_unit(normal), sky, _unit(camera.position.astype(np.float32) - place))
    pictures = []
    for _ in range(paintings):
        paint = _paint(board.canvas, spot, part, lash[:, 0], parting[:, 0], rng)
        colors = to_srgb(_lit(paint, light, camera, rng))
        photo, _ = compose(seen, colors, _backdrop(rng))
        pictures.append(Picture(_developed(photo, rng), camera, vertices))
    return pictures


def _camera(rng: np.random.Generator) -> Camera:
    yaw, pitch, roll = np.radians([rng.uniform(*YAW), rng.uniform(*PITCH), rng.normal(0, ROLL)])
    distance = np.exp(rng.uniform(*np.log(DISTANCE)))
    away = np.array([np.sin(yaw) * np.cos(pitch), -np.cos(yaw) * np.cos(pitch), np.sin(pitch)])
    right = np.array([np.cos(yaw), np.sin(yaw), 0.0])
    up = np.cross(away, right)
    right, up = np.cos(roll) * right + np.sin(roll) * up, np.cos(roll) * up - np.sin(roll) * right
    pose = np.eye(4)
    aim = TARGET + rng.normal(0, 0.006, 3)
    pose[:3] = np.stack([right, up, away, aim + away * distance], 1)
    focal = SIZE * distance / FRAME
    return Camera(SIZE, SIZE, focal, focal, SIZE / 2, SIZE / 2, pose)


def _paint(board: Canvas, spot, part, lash, parting, rng: np.random.Generator) -> np.ndarray:
    """Linear reflectances (N, 3) of samples at spot (N, 3) of the mean head, with shares of the regions (N, R)."""
    skin, hair, iris = (_blend(colors, rng) for colors in (_SKIN, _HAIR, _IRIS))
    skin = skin * rng.uniform(0.9, 1.1, 3)
    color = _skin(board, spot, skin, hair, rng)
    lips = skin * rng.uniform((0.6, 0.3, 0.35), (1.05, 0.95, 0.95)) * rng.uniform(0.75, 1.05)
    color = _over(color, lips, part[:, LIPS] * rng.uniform(0.5, 1.0))
    color = _over(color, lips * 0.25, parting * rng.uniform(0.2, 1.0))
    above = spot[:, 2] - board.eyes[0, 2]
    edge = spot[:, 2] - 0.25 * np.abs(spot[:, 1] + 0.02) - rng.normal(0, 0.006) + 0.006 * _noise(spot, 150, rng)
    cover = part[:, SCALP] * _step(edge, rng.uniform(0.002, 0.012)) * rng.choice([0.0, 0.4, 0.8, 1.0], p=[0.1, 0.2, 0.4, 0.3])
    color = _over(color, hair * (1 + 0.2 * _noise(spot, 1500, rng))[:, None].clip(0.3, 2), cover)
    shade = np.where(rng.random() < 0.7, 1.0, rng.uniform(1, 3))  # brows lighter than the hair
    color = _over(color, hair * shade, _brow(board, spot, rng) * rng.uniform(0.25, 1.0))
    color = _over(color, np.array([0.30, 0.08, 0.07]), part[:, MOUTH])
    color = _over(color, np.array([0.7, 0.66, 0.55]), part[:, TEETH])
    color = _over(color, skin * [0.85, 0.55, 0.5], part[:, SOCKET])
    color = _over(color, _eye(board, spot, iris, rng), part[:, EYEBALL])
    upper, lower = rng.uniform(0.1, 1.0), rng.uniform(0.0, 0.5)
    return np.maximum(_over(color, np.array([0.02, 0.015, 0.015]), lash * np.where(above > 0, upper, lower)), 0.002)


def _skin(board: Canvas, spot: np.ndarray, skin: np.ndarray, hair: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blotches, freckles, flush, shadows around the eyes and of a beard."""
    mottled = 1 + rng.uniform(0, 0.1) * _noise(spot, 120, rng) + rng.uniform(0, 0.08) * _noise(spot, 700, rng)
    freckles = np.clip(_noise(spot, 1400, rng) - 1.6, 0, 1) * rng.choice([0.0, 0.5])
    color = skin * (mottled * (1 - freckles)).clip(0.3, 1.7)[:, None]
    between = board.eyes[1, 0] - board.eyes[0, 0]
    side, height = np.abs(spot[:, 0]), spot[:, 2] - board.eyes[0, 2]
    flush = np.exp(-(((side - 0.55 * between) / 0.018) ** 2) - ((height + 0.04) / 0.018) ** 2)
    tip = np.exp(-((side / 0.012) ** 2) - ((height + 0.042) / 0.012) ** 2) * (spot[:, 1] < -0.09)
    color = color * (1 - (flush + tip * rng.uniform(0, 1))[:, None] * np.array([0.05, 0.25, 0.25]) * rng.uniform(0, 1))
    around = np.exp(-(((side - between / 2) / 0.016) ** 2) - ((height + rng.normal(0.002, 0.004)) / 0.011) ** 2)
    color = color * (1 - around * rng.choice([0.0, rng.uniform(0, 0.45)]))[:, None]
    beard = _step(-0.045 - height + 0.3 * np.clip(side - 0.03, 0, 1), 0.006) * (spot[:, 1] < 0.0) * _step(height + 0.14, 0.01)
    return _over(color, hair, beard * rng.choice([0.0, rng.uniform(0, 0.5)], p=[0.65, 0.35]))


def _eye(board: Canvas, spot: np.ndarray, iris: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    away = np.minimum(*(np.linalg.norm((spot - eye)[:, [0, 2]], axis=1) for eye in board.eyes))
    color = np.repeat(rng.uniform((0.45, 0.40, 0.38), (0.8, 0.78, 0.76))[None], len(spot), 0)
    radius = rng.normal(0.0059, 0.0002)
    color = _over(color, iris, _step(radius - away, 0.0004))
    color = _over(color, iris * 0.3, np.exp(-(((away - radius) / 0.0005) ** 2)) * rng.uniform(0.2, 1))
    return _over(color, np.array([0.004, 0.004, 0.004]), _step(rng.uniform(0.0015, 0.003) - away, 0.0002))


def _brow(board: Canvas, spot: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cover (N,) of the brows, whose place, arch, length and thickness differ among people."""
    between = board.eyes[1, 0] - board.eyes[0, 0]
    out = np.abs(spot[:, 0]) - between / 2
    line = _BROW * between
    inner, outer = line[0, 0] + rng.normal(0, 0.002), line[-1, 0] + rng.normal(0, 0.002)
    arch = (line[:, 1] - line[:, 1].mean()) * rng.uniform(0.5, 1.3) + rng.normal(0, 0.0025) + line[:, 1].mean()
    middle = np.interp(out, line[:, 0], arch) + board.eyes[:, 2].mean()
    width = rng.uniform(0.0020, 0.0055) * np.interp(out, line[[0, 1, 4], 0], [0.9, 1.15, rng.uniform(0.3, 0.7)])
    ends = _step(out - inner, 0.0015) * _step(outer - out, 0.0015)
    front = _step(-0.045 - spot[:, 1], 0.002)
    streaks = 0.85 + rng.uniform(0, 0.3) * _noise(spot * np.float32([1, 1, 0.4]), 2500, rng)
    return ends * front * _step(width - np.abs(spot[:, 2] - middle), rng.uniform(0.0006, 0.002)) * np.clip(streaks, 0, 1)


def _lit(color: np.ndarray, light: Light, camera: Camera, rng: np.random.Generator) -> np.ndarray:
    """Linear colors (N, 3): two or three lamps, the sky, a shine; shadows of random depth."""
    axes = camera.camera_to_world[:3, :3].astype(np.float32)
    power = rng.uniform(0.15, 0.7) * (0.8 + 0.2 * light.normal[:, 2:]) * light.sky ** rng.uniform(0.8, 2.5)
    total, shine = power * rng.uniform(0.85, 1.15, 3), 0.0
    depth, gloss, sharpness = rng.uniform(0.3, 1.5), rng.uniform(0, 0.2), rng.uniform(8, 50)
    for strength in (rng.uniform(0.3, 1.0), rng.uniform(0.0, 0.5), rng.uniform(0.0, 0.3)):
        lamp = axes @ _unit(rng.uniform((-1, -0.3, 0.2), (1, 1.0, 1.0)).astype(np.float32))
        facing = np.clip((light.normal * lamp).sum(1, keepdims=True), 0, 1) * light.sky**depth
        total = total + strength * facing * rng.uniform(0.85, 1.15, 3)
        half = _unit(light.toward + lamp)
        shine = shine + gloss * strength * np.clip((light.normal * half).sum(1, keepdims=True), 0, 1) ** sharpness * light.sky
    exposed = color * total + shine
    bright = np.quantile(exposed.mean(1), 0.9)
    return exposed * rng.uniform(0.35, 0.9) / max(bright, 0.02) if rng.random() < 0.6 else exposed


def _backdrop(rng: np.random.Generator) -> np.ndarray:
    """A smooth background (SIZE, SIZE, 3)."""
    corners = np.clip(rng.uniform(0.05, 0.95) + rng.normal(0, 0.12, (2, 2, 3)), 0, 1).astype(np.float32)
    return cv2.resize(corners, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)


def _developed(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blurred, contrasted, made noisy."""
    photo = cv2.GaussianBlur(photo, (0, 0), rng.uniform(0.3, 1.2))
    photo = 0.5 + (photo - 0.5) * rng.uniform(0.8, 1.15) + rng.normal(0, 0.03)
    return np.clip(photo + rng.normal(0, rng.uniform(0, 0.02), photo.shape), 0, 1).astype(np.float32)


def _blend(colors: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random color between neighbors of the list."""
    place = rng.uniform(0, len(colors) - 1)
    first = int(place)
    return colors[first] * (1 - place + first) + colors[min(first + 1, len(colors) - 1)] * (place - first)


def _noise(places: np.ndarray, frequency: float, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise (N,) of unit variance: a sum of plane waves (radians per metre)."""
    waves = rng.normal(0, frequency, (6, 3)).astype(np.float32)
    return np.sin(places @ waves.T + rng.uniform(0, 2 * np.pi, 6).astype(np.float32)).sum(1) / np.float32(np.sqrt(3))


def _over(below: np.ndarray, color: np.ndarray, cover: np.ndarray) -> np.ndarray:
    return below + (color - below) * cover[:, None]


def _step(value: np.ndarray, softness: float) -> np.ndarray:
    return np.clip(value / softness / 2 + 0.5, 0, 1)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector, axis=-1, keepdims=True)
