"""Light that falls on a face: lamps all around, none of them negative, and what of them the head itself hides.

    E(n) = 4 / D sum_d L_d max(n . d, 0) V_d        (D directions d, brightness L_d; 1 when all lamps have brightness 1)

Lamps in place of spherical harmonics: nine of those cannot cast the shadow of a nose, and unconstrained they go
negative, which lets a wrong head explain a photo.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from ...scene import Camera, Surface
from ...scene.head import EYEBALL, FACE, LIPS, MOUTH, SOCKET
from ..model import HeadModel
from .sight import look

_COUNT = 100
_SPACING = 0.003  # metres between the compared points of the skin
_AWAY = 0.006  # metres from lips, eyes and mouth, where lashes, moisture and other skin begin
_OPEN = 0.45  # least share of the sky that a point sees: nostrils are out
_SIDE = 192  # pixels of the shadow maps
_LIFT = 1.5e-3  # metres above the skin from which a point looks around
_SLACK = 2e-3  # metres by which a shadow map may be off


def _spiral(count: int) -> np.ndarray:
    """Directions (count, 3), evenly spread (Fibonacci's spiral)."""
    number = np.arange(count) + 0.5
    height, turn = 1 - 2 * number / count, np.pi * (1 + 5**0.5) * number
    radius = np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn), height], -1)


LAMPS = _spiral(_COUNT)


@dataclass(frozen=True)
class Openness:
    """Vertices (S,) of the face's skin that shading compares, and the lamps (S, D) bool that each sees."""

    vertices: np.ndarray
    visible: np.ndarray


def openness_of(model: HeadModel, faces: np.ndarray) -> Openness:
    """What the mean head hides from its own skin, once for a model; faces (F, 3) of the skin."""
    points = model.vertices.astype(float)
    chosen = _bare_skin(model)
    normals = Surface(points, faces).vertex_normals()[chosen]
    normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    lifted, used = points[chosen] + _LIFT * normals, points[np.unique(faces)]
    middle = used.mean(0)
    radius = float(np.linalg.norm(used - middle, axis=1).max())
    visible = np.stack([_lit(points, faces, lifted, middle, radius, lamp) for lamp in LAMPS], 1)
    sky = np.maximum(normals @ LAMPS.T, 0)
    wide = (sky * visible).sum(1) > _OPEN * sky.sum(1)
    return Openness(chosen[wide], visible[wide])


def received(normals: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """What a unit of each lamp lends to skin (M, D); unit normals (M, 3), visible (M, D)."""
    return np.maximum(normals @ LAMPS.T, 0) * visible * (4 / _COUNT)


def received_slope(normals: np.ndarray, visible: np.ndarray, lamps: np.ndarray) -> np.ndarray:
    """How the light of lamps (D,) on the skin changes with its normals (M, 3), tangent to the unit sphere."""
    slope = ((normals @ LAMPS.T > 0) * visible * lamps * (4 / _COUNT)) @ LAMPS
    return slope - (slope * normals).sum(1, keepdims=True) * normals


def _bare_skin(model: HeadModel) -> np.ndarray:
    skin = np.nonzero(model.region == FACE)[0]
    other = model.vertices[np.isin(model.region, (LIPS, SOCKET, MOUTH, EYEBALL))]
    if len(other):
        skin = skin[cKDTree(other).query(model.vertices[skin])[0] > _AWAY]
    cells = np.floor(model.vertices[skin] / _SPACING).astype(int)
    return np.sort(skin[np.unique(cells, axis=0, return_index=True)[1]])


def _lit(points, faces, lifted, middle: np.ndarray, radius: float, lamp: np.ndarray) -> np.ndarray:
    """Which lifted points (S,) see a lamp: a shadow map drawn from far away."""
    side = np.cross([0.0, 0.0, 1.0] if abs(lamp[2]) < 0.9 else [0.0, 1.0, 0.0], lamp)
    side /= np.linalg.norm(side)
    pose, far = np.eye(4), 40 * radius
    pose[:3, :3], pose[:3, 3] = np.stack([side, np.cross(lamp, side), lamp], 1), middle + far * lamp
    focal = 0.98 * far * _SIDE / 2 / radius
    camera = Camera(_SIDE, _SIDE, focal, focal, _SIDE / 2, _SIDE / 2, pose)
    front = look(points, faces, camera).depth
    pixels, depth = camera.project(lifted)
    column, row = np.clip(pixels.astype(int), 0, _SIDE - 1).T
    front = front[row, column]
    return (front == 0) | (depth < front + _SLACK)
