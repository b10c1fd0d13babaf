"""What the skin of a head encloses, after photos have moved the skin: brought along, and kept clear of it."""

import numpy as np

from ..scene import HeadShape, Surface
from ..scene.head import LIPS, MOUTH, SOCKET
from .bending import harmonic, stiffness
from .closest import Closest
from .followers import carried_eyes, carried_mouth
from .parts import Parts, part_surface, parts_of

_SPACING = 0.0015  # meters, see Closest
_NEAR = 0.006  # meters from the lips and the mouth's lining within which teeth are kept clear of them
_CLEAR = 0.0003  # meters that they keep, or less where the model's own are nearer
_SURE = 0.99  # of the vertices that lack room get it
_ROUNDS, _MOST = 4, 0.006  # times that the mouth's parts are moved, and meters altogether


def enclosed(shape: HeadShape, moved: Surface, metre: float) -> Surface:
    """The moved surface (vertices and frame of the shape's) with sockets, eyes, mouth and teeth that follow its skin.

    metre: length of one in that frame.
    """
    parts = parts_of(shape, metre)
    vertices = _lined(shape, parts, moved.vertices.astype(float))
    vertices = carried_mouth(shape, parts, vertices, metre)
    vertices = _cleared(shape, parts, vertices, metre)
    vertices = carried_eyes(shape, parts, vertices, metre)
    return Surface(vertices.astype(np.float32), moved.faces)


def _lined(shape: HeadShape, parts: Parts, vertices: np.ndarray) -> np.ndarray:
    """The linings of sockets and mouth moved as harmonic fields from the skin around them (V, 3)."""
    skin, at = part_surface(shape.surface, parts.skin), np.flatnonzero(parts.skin)
    lining = np.isin(shape.region[at], (SOCKET, MOUTH))
    if lining.any():
        vertices = vertices.copy()
        change = vertices[at] - skin.vertices
        vertices[at] = skin.vertices + harmonic(stiffness(skin)[0], change, lining)
    return vertices


def _cleared(shape: HeadShape, parts: Parts, vertices: np.ndarray, metre: float) -> np.ndarray:
    """Teeth, gums and tongue moved as one until they are not nearer to the lips than the model's own (V, 3)."""
    around = parts.skin & np.isin(shape.region, (LIPS, MOUTH))
    inside = np.flatnonzero(parts.inside)
    if not len(inside) or not around.any():
        return vertices
    before, away, _ = _room(part_surface(shape.surface, around), shape.surface.vertices[inside], metre)
    inside, least = inside[away < _NEAR * metre], np.minimum(before, _CLEAR * metre)[away < _NEAR * metre]
    lining, left = part_surface(Surface(vertices, shape.surface.faces), around), _MOST * metre
    for _ in range(_ROUNDS):
        room, _, out = _room(lining, vertices[inside], metre)
        lacking = least - room
        short = lacking > 0
        if not short.any() or left <= 0:
            break
        way = (lacking[short, None] * out[short]).sum(0)
        way /= max(np.linalg.norm(way), 1e-12)
        step = min(np.quantile(lacking[short] / np.maximum(out[short] @ way, 0.5), _SURE), left)
        vertices = vertices + np.where(parts.inside[:, None], step * way, 0.0)
        left -= step
    return vertices


def _room(lining: Surface, points: np.ndarray, metre: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of points (N, 3): height above the lining (N,), negative in the flesh; distance (N,); its normals (N, 3)."""
    normals = np.zeros((len(points), 3))
    touch = Closest(lining, _SPACING * metre, 0.0).touch(points, normals)
    out = np.einsum("nk,nkc->nc", touch.weights, lining.vertex_normals()[lining.faces[touch.face]])
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
    return ((points - touch.point) * out).sum(1), touch.away, out
