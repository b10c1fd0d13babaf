"""The nearest points of a triangle mesh, among those that look the same way."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from ..scene import Surface

_CANDIDATES = 8  # samples that are looked at exactly
_FINEST = 12  # parts that a triangle's side is cut into at most


@dataclass(frozen=True)
class Touch:
    """Where N points touch a mesh.

    face (N,) int; weights (N, 3) of its corners; point (N, 3); away (N,) the distance;
    agreement (N,) the cosine between the point's normal and the mesh's
    """

    face: np.ndarray
    weights: np.ndarray
    point: np.ndarray
    away: np.ndarray
    agreement: np.ndarray


class Closest:
    """Finds nearest points in position and direction: sheets that lie back to back are not mixed up.

    Samples of the triangles lie in a tree of six dimensions, place and scaled normal; the triangles of the nearest
    samples are then measured exactly.
    """

    def __init__(self, surface: Surface, spacing: float, turn: float):
        """spacing: between samples. turn: the length that normals at a right angle count as (over sqrt 2)."""
        self._corners = surface.vertices[surface.faces].astype(float)
        self._normals = surface.vertex_normals()[surface.faces].astype(float)
        self._turn = turn
        self._owner, weights = _samples(self._corners, spacing)
        places = np.einsum("nk,nkc->nc", weights, self._corners[self._owner])
        self._tree = cKDTree(np.concatenate([places, turn * self._looks(self._owner, weights)], 1))

    def touch(self, points: np.ndarray, normals: np.ndarray) -> Touch:
        """points, normals (N, 3) -> the touches with the least squared sum of distance and scaled turn."""
        points, normals = points.astype(float), normals.astype(float)
        near = self._tree.query(np.concatenate([points, self._turn * normals], 1), _CANDIDATES)[1]
        face = self._owner[np.minimum(near, len(self._owner) - 1)]
        weights = nearest_weights(points[:, None], self._corners[face])
        place = np.einsum("nks,nksc->nkc", weights, self._corners[face])
        look = self._looks(face, weights)
        away = np.linalg.norm(place - points[:, None], axis=2)
        cost = away**2 + self._turn**2 * ((look - normals[:, None]) ** 2).sum(2)
        best = cost.argmin(1)
        rows = np.arange(len(points))
        agreement = (look[rows, best] * normals).sum(1)
        return Touch(face[rows, best], weights[rows, best], place[rows, best], away[rows, best], agreement)

    def _looks(self, face: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Unit normals (..., 3), interpolated as for shading."""
        looks = np.einsum("...k,...kc->...c", weights, self._normals[face])
        return looks / np.maximum(np.linalg.norm(looks, axis=-1, keepdims=True), 1e-12)


def nearest_weights(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """points (..., 3), corners (..., 3, 3) -> barycentric weights (..., 3) of the triangles' nearest points."""
    origin = corners[..., 0, :]
    ab, ac, ap = corners[..., 1, :] - origin, corners[..., 2, :] - origin, points - origin
    bb, cc, bc = _dot(ab, ab), _dot(ac, ac), _dot(ab, ac)
    pb, pc = _dot(ap, ab), _dot(ap, ac)
    area = np.maximum(bb * cc - bc * bc, 1e-30)
    v, w = (cc * pb - bc * pc) / area, (bb * pc - bc * pb) / area
    flat = np.stack([1 - v - w, v, w], -1)
    sides = np.stack([_on_side(points, corners, k) for k in range(3)], -2)  # (..., side, 3)
    places = np.einsum("...sk,...kc->...sc", sides, corners)
    nearest = ((places - points[..., None, :]) ** 2).sum(-1).argmin(-1)
    outside = np.take_along_axis(sides, nearest[..., None, None], -2)[..., 0, :]
    return np.where((flat >= 0).all(-1, keepdims=True), flat, outside)


def _on_side(points: np.ndarray, corners: np.ndarray, side: int) -> np.ndarray:
    start, end = corners[..., side, :], corners[..., (side + 1) % 3, :]
    along = end - start
    share = np.clip(_dot(points - start, along) / np.maximum(_dot(along, along), 1e-30), 0, 1)
    weights = np.zeros((*share.shape, 3))
    weights[..., side], weights[..., (side + 1) % 3] = 1 - share, share
    return weights


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a * b).sum(-1)


def _samples(corners: np.ndarray, spacing: float) -> tuple[np.ndarray, np.ndarray]:
    """Triangles (F, 3, 3) -> owner (N,) and weights (N, 3): the middles of equal parts about `spacing` wide."""
    longest = np.linalg.norm(corners - np.roll(corners, 1, 1), axis=2).max(1)
    parts = np.clip(np.ceil(longest / spacing), 1, _FINEST).astype(int)
    owners, weights = [], []
    for count in np.unique(parts):
        faces, inside = np.flatnonzero(parts == count), _middles(count)
        owners.append(np.repeat(faces, len(inside)))
        weights.append(np.tile(inside, (len(faces), 1)))
    return np.concatenate(owners), np.concatenate(weights)


def _middles(count: int) -> np.ndarray:
    """Weights (count², 3) of the middles of the triangles that cutting each side into `count` parts makes."""
    i, j = np.meshgrid(np.arange(count), np.arange(count), indexing="ij")
    upward, downward = i + j < count, i + j < count - 1
    first = np.concatenate([i[upward] + 1 / 3, i[downward] + 2 / 3]) / count
    second = np.concatenate([j[upward] + 1 / 3, j[downward] + 2 / 3]) / count
    return np.stack([1 - first - second, first, second], 1)
