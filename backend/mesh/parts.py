"""The parts of a head model's triangles: its skin, its eyes, and what the mouth holds."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from ..scene import HeadShape, Surface
from ..scene.head import EYEBALL, FACE, MOUTH, SOCKET
from .topology import compact

_SAME_EYE = 0.015  # meters between the middles of what makes up one eye


@dataclass(frozen=True)
class Parts:
    """Vertices of the model, (V,) bool each.

    skin    what is joined to the face, sockets and mouth bag too
    eyes    for each eye, what makes up its ball
    inside  all else: teeth, gums, tongue
    """

    skin: np.ndarray
    eyes: tuple[np.ndarray, ...]
    inside: np.ndarray


def parts_of(shape: HeadShape, metre: float) -> Parts:
    """Told apart by how triangles hang together. metre: length of one in the surface's frame."""
    vertices, count = shape.surface.vertices, len(shape.surface.vertices)
    label = components(shape.surface.faces, count)
    skin = label == np.bincount(label[shape.region == FACE]).argmax()
    balls = (shape.region == EYEBALL) & ~skin
    middles = {part: vertices[label == part].mean(0) for part in np.unique(label[balls])}
    eyes: list[np.ndarray] = []
    for middle in middles.values():
        near = [k for k, other in middles.items() if np.linalg.norm(middle - other) < _SAME_EYE * metre]
        eye = np.isin(label, near)
        if not any((eye & known).any() for known in eyes):
            eyes.append(eye)
    return Parts(skin, tuple(eyes), ~skin & ~balls)


def components(faces: np.ndarray, count: int) -> np.ndarray:
    """(V,) number of the component that each vertex belongs to."""
    rows, columns = faces[:, [0, 1, 2]].ravel(), faces[:, [1, 2, 0]].ravel()
    graph = coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def part_surface(surface: Surface, chosen: np.ndarray) -> Surface:
    """The triangles whose corners are all chosen (V,) bool, with these vertices alone, in their order."""
    return compact(Surface(surface.vertices, surface.faces[chosen[surface.faces].all(1)]))


def away_from(vertices: np.ndarray, part: np.ndarray) -> np.ndarray:
    """(V,) distance of vertices (V, 3) from the nearest of those of a part (V,) bool; inf where it has none."""
    return cKDTree(vertices[part]).query(vertices)[0] if part.any() else np.full(len(vertices), np.inf)


def socket_of(shape: HeadShape, skin: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """(V,) bool: the vertices of the skin that line the socket of one eye."""
    sockets = skin & (shape.region == SOCKET)
    faces, count = shape.surface.faces, len(skin)
    label = components(faces[sockets[faces].all(1)], count)
    places = np.flatnonzero(sockets)
    away = np.linalg.norm(shape.surface.vertices[places] - shape.surface.vertices[eye].mean(0), axis=1)
    return sockets & (label == label[places[away.argmin()]]) if len(places) else sockets


def mouth_bag(shape: HeadShape, skin: np.ndarray) -> np.ndarray:
    """(V,) bool: the vertices of the skin that line the mouth."""
    return skin & (shape.region == MOUTH)


def along_skin(surface: Surface, seeds: np.ndarray) -> np.ndarray:
    """(V,) length of the shortest way along edges from the seeds (V,) bool; inf where there is none."""
    faces, count = surface.faces, len(surface.vertices)
    pairs = np.unique(np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), 1), axis=0)
    length = np.linalg.norm(surface.vertices[pairs[:, 0]] - surface.vertices[pairs[:, 1]], axis=1)
    graph = coo_matrix((np.maximum(length, 1e-12), (pairs[:, 0], pairs[:, 1])), shape=(count, count)).tocsr()
    return dijkstra(graph, directed=False, indices=np.flatnonzero(seeds), min_only=True)
