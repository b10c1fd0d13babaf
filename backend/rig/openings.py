"""Where a head model opens: the rims of lids and lips, found by what its vertices belong to.

A rim is the loop along which the skin that is seen meets what lies behind it (sockets, the mouth's bag). It may lie a
few millimeters inside of where the lids or lips touch one another; what touches is looked for from there.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse
from scipy.sparse.csgraph import dijkstra

from ..head.model import HeadModel
from ..scene.head import EYEBALL, FACE, LIPS, MOUTH, SOCKET


@dataclass(frozen=True)
class Rim:
    """A closed loop of vertices, once around, from the corner of greatest x along the upper side.

    loop   (N,) int vertices
    count  how many of them run along the upper side, both corners among them
    """

    loop: np.ndarray
    count: int

    @property
    def upper(self) -> np.ndarray:
        return self.loop[: self.count]

    @property
    def lower(self) -> np.ndarray:
        """From one corner to the other as well, the corners among them."""
        return np.append(self.loop[self.count - 1 :], self.loop[0])


@dataclass(frozen=True)
class Opening:
    """What lies about a rim, on one person.

    vertices  (K,) int: of the skin, within reach of the rim along the surface
    distance  (K,) meters to the rim, along the surface
    lean      (K,) meters: how much nearer to the rim's upper side than to its lower one
    faces     (F, 3) int32 into the model's vertices: triangles of these vertices alone
    """

    rim: Rim
    vertices: np.ndarray
    distance: np.ndarray
    lean: np.ndarray
    faces: np.ndarray

    def above(self, blend: float) -> np.ndarray:
        """(K,) 1 on the upper side, -1 on the lower one; it crosses over within `blend` meters about a corner."""
        return np.clip(2 * self.lean / blend, -1, 1)

    def side(self, upper: bool, reach: float, sure: float = 0.0) -> np.ndarray:
        """Triangles (F, 3) of one side within `reach` meters of the rim, into the model's vertices.

        sure: meters; what lies by less nearer to one side than to the other belongs to a corner
        """
        kept = np.zeros(self.faces.max() + 1, bool)
        near = self.distance < reach
        kept[self.vertices[near & ((self.lean if upper else -self.lean) > sure - 1e-6)]] = True
        return self.faces[kept[self.faces].all(1)]


def eye_rims(model: HeadModel) -> dict[str, Rim]:
    """ "Left" and "Right" -> the rim of the lids; a side without one is missing."""
    found = {}
    loops = _loops(model, SOCKET)
    for side, sign in (("Left", 1), ("Right", -1)):
        ball = model.vertices[(model.region == EYEBALL) & (model.vertices[:, 0] * sign > 0)]
        if not len(ball) or not loops:
            continue
        middles = np.array([model.vertices[loop].mean(0) for loop in loops])
        nearest = np.linalg.norm(middles - ball.mean(0), axis=1).argmin()
        if np.linalg.norm(middles[nearest] - ball.mean(0)) < 0.02:  # a nostril is no eye
            found[side] = _rim(loops[nearest], model.vertices)
    return found


def mouth_rim(model: HeadModel) -> Rim | None:
    """The rim between lips and mouth bag, the longest if there are several."""
    loops = _loops(model, MOUTH)
    return _rim(max(loops, key=len), model.vertices) if loops else None


def opening(model: HeadModel, rim: Rim, vertices: np.ndarray, reach: float) -> Opening:
    """What lies within `reach` meters along the surface of `rim`: vertices (V, 3) meters in the model's frame."""
    faces = model.triangles(model.polygons)
    graph = _graph(faces, vertices)
    up, down = (dijkstra(graph, indices=np.unique(arc), limit=reach, min_only=True) for arc in (rim.upper, rim.lower))
    nearest = np.minimum(up, down)
    skin = np.isin(model.region, (FACE, LIPS, SOCKET, MOUTH))
    near = np.isfinite(nearest) & skin
    lean = np.minimum(down, 2 * reach)[near] - np.minimum(up, 2 * reach)[near]
    return Opening(rim, np.flatnonzero(near), nearest[near], lean, faces[near[faces].all(1)])


def _graph(faces: np.ndarray, vertices: np.ndarray) -> scipy.sparse.csr_matrix:
    """Edges as (V, V), their lengths as weights."""
    edges = _distinct(np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), 1))[0]
    length = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1) + 1e-9
    half = scipy.sparse.coo_matrix((length, edges.T), (len(vertices),) * 2)
    return (half + half.T).tocsr()


def _loops(model: HeadModel, inside: int) -> list[np.ndarray]:
    """The closed loops (N,) of vertices outside of a region, along which triangles that touch it begin."""
    faces = model.triangles(model.polygons)
    within = model.region == inside
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), 1)
    beside = np.repeat(within[faces].any(1), 3)
    outside = ~within[edges].any(1)
    distinct, which, count = _distinct(edges[outside])
    touching = np.bincount(which, beside[outside], len(distinct))
    return _walks(distinct[(touching > 0) & (touching < count)])


def _distinct(edges: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Edges (E, 2) -> the distinct ones (D, 2), which of them each is (E,), and how often each occurs (D,)."""
    width = int(edges.max(initial=0)) + 1
    codes, which, count = np.unique(edges.astype(np.int64) @ [width, 1], return_inverse=True, return_counts=True)
    return np.stack([codes // width, codes % width], 1), which.ravel(), count


def _walks(edges: np.ndarray) -> list[np.ndarray]:
    """Edges (E, 2) -> the closed walks among them whose vertices have two edges each."""
    neighbors: dict[int, list[int]] = {}
    for a, b in edges.tolist():
        neighbors.setdefault(a, []).append(b)
        neighbors.setdefault(b, []).append(a)
    walks, seen = [], set()
    for start in neighbors:
        walk, at = [], start
        while at is not None and at not in seen:
            seen.add(at)
            walk.append(at)
            at = next((other for other in neighbors[at] if other not in seen), None)
        if len(walk) > 7 and all(len(neighbors[v]) == 2 for v in walk) and start in neighbors[walk[-1]]:
            walks.append(np.array(walk))
    return walks


def _rim(loop: np.ndarray, vertices: np.ndarray) -> Rim:
    """Turned so that it begins at the corner of greatest x and runs along the upper side."""
    loop = np.roll(loop, -int(vertices[loop, 0].argmax()))
    far = int(vertices[loop, 0].argmin())
    if vertices[loop[1:far], 2].mean() < vertices[loop[far + 1 :], 2].mean():
        loop = np.roll(loop[::-1], 1)
        far = len(loop) - far
    return Rim(loop, far + 1)
