"""How an expression moves one person's skin beside what the model's keys say: dense flow, spread smoothly.

A neutral photo, carried onto the head in the expression that is known so far, shows what an expressive photo from
nearby should look like; the flow between both says how far each point of the skin really is from there. The free
directions that it moves are a Gaussian process whose deviation follows the keys' own motion (see smooth_modes.py).
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from ...scene import Camera, Surface
from ...scene.head import EYEBALL, FACE, LIPS, MOUTH, NECK, SOCKET, TEETH
from ..model import HeadModel
from .photo import HeadPhoto
from .reading import Marks
from .sight import look
from .tracks import Seen, certainty, flow_between, redraw

_LUMA = np.array([0.299, 0.587, 0.114], np.float32) * 255
_LENGTH = 0.016  # metres over which a departure from the keys changes
_ANCHORS = 180
_STILL, _STILL_OF_SLACK = 0.0003, 0.3  # metres, one deviation where no key moves: of a good model, and more by slack
_SHARE, _SHARE_OF_SLACK, _MOST = 0.1, 100.0, 0.4  # of a key's motion: of a good model, and more for a metre of slack
_LINING = 0.004  # metres behind the rims of lids and lips over which what lies there follows them
_SPARSE = 7  # pixels between points of the flow
_SIGMA = 0.6  # pixels that flow is off by at best
_ROBUST = 5.0  # deviations
_OWN = 0.25  # share of the points whose errors are their own
_GRAZING = 0.35  # least cosine between skin and a line of sight
_STRETCH = 2.5  # beyond which skin unfolds rather than moves: the other photo does not show it
_AWAY = 0.001  # metres, and as much again as the model's slack: how far skin at rest lies from where it is taken to be


@dataclass(frozen=True)
class Modes:
    """Free directions of the skin: shapes (V, K), each along x, y and z; of unit deviation.

    size  (V,) metres: the deviation that a vertex has, of which shapes hold the part that is near the face
    """

    shapes: np.ndarray
    size: np.ndarray

    @property
    def count(self) -> int:
        """Number of coefficients."""
        return 3 * self.shapes.shape[1]

    def at(self, corners: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Directions (M, 3, 3 K) at points of the surface."""
        shapes = np.einsum("mck,mc->mk", self.shapes[corners], weights)
        fields = np.zeros((len(shapes), 3, 3, shapes.shape[1]))
        for axis in range(3):
            fields[:, axis, axis] = shapes
        return fields.reshape(len(shapes), 3, -1)

    def displacement(self, coefficients: np.ndarray) -> np.ndarray:
        """coefficients (3 K,) -> (V, 3) metres."""
        return self.shapes @ coefficients.reshape(3, -1).T

    def known(self, evidence: np.ndarray) -> np.ndarray:
        """evidence (3 K, 3 K), an inverse covariance -> (V,): share of a vertex's variance that it takes away."""
        count = self.shapes.shape[1]
        left = np.linalg.inv(evidence + np.eye(len(evidence)))
        mean = sum(left[k * count : (k + 1) * count, k * count : (k + 1) * count] for k in range(3)) / 3
        prior = (self.shapes**2).sum(1)
        rest = np.einsum("vk,kl,vl->v", self.shapes, mean, self.shapes, optimize=True)
        return np.where(prior > 0, (prior - rest) / np.maximum(self.size**2, 1e-12), 0.0)


def modes_of(model: HeadModel, neutral: np.ndarray, moved: np.ndarray) -> Modes:
    """Where the skin may leave the keys, for an expression that takes it from neutral (V, 3) to moved (V, 3), metres.

    Lips that touch at rest may part: closeness is judged at rest and in the expression, both together. What lies
    behind lids and lips follows their rims only.
    """
    face, soft = np.isin(model.region, (FACE, LIPS)), ~np.isin(model.region, (EYEBALL, TEETH))
    places = np.concatenate([neutral, moved], 1) / np.sqrt(2)
    length = np.linalg.norm(moved - neutral, axis=1)
    size = _STILL + _STILL_OF_SLACK * model.slack + min(_SHARE + _SHARE_OF_SLACK * model.slack, _MOST) * length
    lining = np.isin(model.region, (MOUTH, SOCKET))
    size[lining] *= np.exp(-((cKDTree(neutral[face]).query(neutral[lining])[0] / _LINING) ** 2) / 2)
    anchors = places[face][_spread_out(places[face], _ANCHORS)]
    values, vectors = np.linalg.eigh(_kernel(anchors, anchors))
    strong = values > 1e-3 * values[-1]
    shapes = np.zeros((len(neutral), int(strong.sum())))
    shapes[soft] = size[soft, None] * (_kernel(places[soft], anchors) @ vectors[:, strong] / np.sqrt(values[strong]))
    return Modes(shapes, size)


@dataclass(frozen=True)
class Take:
    """A photo of the head, and the head (V, 3) metres as it is in it; the camera stands in the head's frame."""

    seen: Seen
    vertices: np.ndarray

    @classmethod
    def of(cls, photo: HeadPhoto, camera: Camera, vertices: np.ndarray, model: HeadModel) -> "Take":
        """vertices: the head in the photo, as far as it is known."""
        faces = model.triangles(model.polygons).astype(np.int32)
        sight = look(vertices, faces, camera)
        rigid = ~np.isin(model.region[faces], (NECK, EYEBALL, SOCKET, MOUTH, TEETH)).any(1)
        usable = rigid[sight.face] & sight.covered
        if photo.person is not None:
            usable &= photo.person > 0.5
        if photo.trust is not None:
            usable &= photo.trust > 0.5
        if photo.face is not None and photo.face.masks is not None:
            usable &= photo.face.masks.glasses < 96
        return cls(Seen(photo.picture @ _LUMA, usable, camera, sight), vertices)


def seen_departure(
    take: Take, neutral: Take, model: HeadModel, keys: np.ndarray, modes: Modes, rest: np.ndarray
) -> Marks:
    """What a photo with an expression and a neutral one from nearby say of the skin.

    keys (52, V, 3) metres; rest (V, 3): the head without any expression.
    """
    faces = model.triangles(model.polygons).astype(np.int32)
    first, second, moved, other = take.seen, neutral.seen, take.vertices, neutral.vertices
    redrawn, known = redraw(first, second, other, faces)
    flow, sure = flow_between(first.gray, redrawn, known & first.usable)
    rows, columns = np.nonzero(_grid(sure & first.usable))
    sharp = certainty(first.gray, _flow_sigma(take, neutral, model), rows, columns)
    own = np.stack([columns + 0.5, rows + 0.5], -1)
    # What the photo shows at `own`, the redrawn one shows at `there`: the skin of the pixel around it really is at own.
    there = own + flow[rows, columns]
    x, y = np.clip(np.floor(there).astype(int), 0, np.array(sure.shape[::-1]) - 1).T
    corners, weights = faces[first.sight.face[y, x]], first.sight.weights[y, x]
    target = own + np.stack([x + 0.5, y + 0.5], -1) - there
    kept = (first.usable & known)[y, x] & (_facing(moved, faces, corners, weights, first.camera) > _GRAZING)
    stretch = _areas(moved, corners) / np.maximum(_areas(other, corners), 1e-12)
    kept &= (stretch < _STRETCH) & (stretch > 1 / _STRETCH)
    corners, weights, target, whiten = corners[kept], weights[kept], target[kept], sharp[kept]
    at_keys = np.einsum("kmcd,mc->mdk", keys[:, corners].astype(float), weights)
    fields = np.concatenate([at_keys, modes.at(corners, weights)], 2)
    place = np.einsum("mcd,mc->md", rest[corners].astype(float), weights)
    return Marks(place, fields, target, whiten, _ROBUST, _OWN)


def _flow_sigma(take: Take, neutral: Take, model: HeadModel) -> float:
    """Pixels: of flow itself, and of skin that is not quite where it is taken to be, seen from two directions."""
    camera = take.seen.camera
    apart = np.sqrt(max(0.0, 1 - float(camera.forward @ neutral.seen.camera.forward) ** 2))
    scale = camera.fl_x / np.linalg.norm(camera.position - take.vertices.mean(0))
    return float(np.hypot(_SIGMA * max(camera.width, camera.height) / 640, (_AWAY + model.slack) * apart * scale))


def _areas(vertices: np.ndarray, corners: np.ndarray) -> np.ndarray:
    a, b, c = np.moveaxis(vertices[corners], 1, 0)
    return np.linalg.norm(np.cross(b - a, c - a), axis=1)


def _grid(usable: np.ndarray) -> np.ndarray:
    chosen = np.zeros_like(usable)
    chosen[_SPARSE // 2 :: _SPARSE, _SPARSE // 2 :: _SPARSE] = True
    return chosen & usable


def _facing(vertices: np.ndarray, faces: np.ndarray, corners, weights, camera: Camera) -> np.ndarray:
    """Cosine between the surface's normal and the line to the camera (M,)."""
    normals = Surface(vertices, faces).vertex_normals()
    normal, point = (np.einsum("mcd,mc->md", values[corners], weights) for values in (normals, vertices))
    toward = camera.position - point
    return (normal * toward).sum(1) / (np.linalg.norm(normal, axis=1) * np.linalg.norm(toward, axis=1) + 1e-12)


def _kernel(points: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    squares = (points**2).sum(1)[:, None] + (anchors**2).sum(1) - 2 * points @ anchors.T
    return np.exp(-np.maximum(squares, 0) / (2 * _LENGTH**2))


def _spread_out(points: np.ndarray, count: int) -> np.ndarray:
    """Indices of `count` points far from one another (farthest point sampling)."""
    chosen = [0]
    nearest = np.full(len(points), np.inf)
    while len(chosen) < min(count, len(points)):
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(-1))
        chosen.append(int(np.argmax(nearest)))
    return np.array(chosen)
