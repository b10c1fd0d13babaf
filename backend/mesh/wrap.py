"""A head model laid onto a fitted surface: the model's clean topology with the surface's shape.

Rounds of nearest points, from stiff to soft (Amberg, Romdhani and Vetter 2007, "Optimal Step Nonrigid ICP
Algorithms for Surface Registration"), on the skin as a whole with sockets and mouth bag. A point is trusted as far
as it is near and looks the same way; where skin lies on skin (lips, lids) the surface is fused and nothing is
trusted: there the model's own shape is carried along. What the skin encloses follows.
"""

from dataclasses import replace

import numpy as np

from ..scene import Carrier, HeadShape, Progress, Surface, silent
from ..scene.head import EYEBALL, MOUTH, SOCKET, TEETH
from .bending import Bending, harmonic
from .closest import Closest
from .followers import carried_eyes, carried_mouth
from .parts import Parts, along_skin, part_surface, parts_of

# Meters: over how far displacements are smoothed, and from where a nearest point is doubted, round by round.
_ROUNDS = (
    (0.030, 0.012), (0.030, 0.010), (0.016, 0.008), (0.010, 0.006), (0.007, 0.005),
    (0.005, 0.004), (0.0035, 0.003), (0.0025, 0.003), (0.0018, 0.003), (0.0018, 0.003),
)  # fmt: skip
_LAST_ROUNDS = (0.003, 0.004), (0.0015, 0.003), (0.0008, 0.002), (0.0008, 0.002)  # where it lies there already
_SPACING, _TURN = 0.002, 0.006  # meters, see Closest
_ALIKE = 0.5, 0.8  # cosine of normals: from where trust begins, and where it is whole
_SHUT = 0.0015  # meters between skin and the skin or eyeball that it lies on
# Meters along the skin from there: how far nothing is trusted, and from where all.
_FUSED = {"lips": (0.001, 0.012), "lids": (0.001, 0.007)}
_EVENED = 0.001  # meters: what is farther from the target is not there on purpose
_FEWEST = 0.5  # places on the target, so to speak, that tell of a vertex
_UPRIGHT = 0.3  # cosine between a triangle's normals before and after, below which it counts as folded
_MENDS = 8  # times that one more ring about folded triangles is smoothed


def wrap(shape: HeadShape, target: Surface, metre: float, progress: Progress = silent) -> np.ndarray:
    """The model's vertices (V, 3) float32 on the target (same frame). metre: length of one in that frame."""
    unknown = np.zeros(len(shape.region), bool)
    return _laid(shape, target, metre, _ROUNDS, (unknown, shape.surface.vertices), progress)


def settle(
    shape: HeadShape, laid: np.ndarray, target: Surface, carrier: Carrier, metre: float, progress: Progress = silent
) -> np.ndarray:
    """The model's vertices (V, 3) float32 on a surface that has been refined since they were laid onto it.

    laid (V, 3): what `wrap` returned; carrier: where the target's vertices lie on the model. Those that were grafted
    are the model's own: what they enclose, and the lips and lids themselves, are taken over as they are.
    """
    known, places = np.zeros(len(laid), bool), laid.copy()
    own = carrier.corners[:, 0] == carrier.corners[:, 1]
    known[carrier.corners[own, 0]] = True
    places[carrier.corners[own, 0]] = target.vertices[own]
    shape = replace(shape, surface=replace(shape.surface, vertices=laid))
    vertices = _laid(shape, target, metre, _LAST_ROUNDS, (known, places), progress)
    return _evened(shape, vertices, part_surface(target, ~own), known, metre)


def _laid(shape: HeadShape, target: Surface, metre: float, rounds, told: tuple, progress: Progress) -> np.ndarray:
    """told: which vertices are known (V,) bool, and their places (V, 3)."""
    parts, (known, places) = parts_of(shape, metre), told
    skin, at = part_surface(shape.surface, parts.skin), np.flatnonzero(parts.skin)
    trust, pairs = _prior(shape, parts, skin, at, known[at], metre)
    bending = Bending(skin, pairs)
    nearest = Closest(target, _SPACING * metre, _TURN * metre)
    moved, given = np.zeros(skin.vertices.shape), places[at] - skin.vertices
    for number, (reach, doubt) in enumerate(rounds):
        progress(number / (len(rounds) + 1))
        wanted, heard = _evidence(skin, moved, nearest, trust, doubt * metre)
        wanted, heard = np.where(known[at, None], given, wanted), np.where(known[at], 1.0, heard)
        moved = _unfolded(skin, bending.solve(wanted, heard, reach * metre, moved), bending)
    vertices = shape.surface.vertices.astype(float)
    vertices[at] += moved
    vertices = carried_mouth(shape, parts, vertices, metre)
    vertices = carried_eyes(shape, parts, vertices, metre)
    progress(1.0)
    return np.where(known[:, None], places, vertices).astype(np.float32)


def _prior(
    shape: HeadShape, parts: Parts, skin: Surface, at: np.ndarray, known: np.ndarray, metre: float
) -> tuple[np.ndarray, np.ndarray]:
    """How far a surface fitted to photos can tell of each vertex of the skin (S,), and pairs (P, 2) that are shut.

    at (S,): the skin's vertices in the shape; what is known (S,) bool is not fused.
    """
    shut, pairs = _shut(skin, metre)
    region = shape.region[at]
    trust = (~np.isin(region, (SOCKET, MOUTH, EYEBALL, TEETH))).astype(float)
    for name, seeds in (
        ("lips", shut | (region == MOUTH)),
        ("lids", (region == SOCKET) | _on_eyes(shape, parts, skin, metre)),
    ):
        seeds = seeds & ~known
        if seeds.any():
            low, high = (length * metre for length in _FUSED[name])
            trust *= np.clip((along_skin(skin, seeds) - low) / (high - low), 0, 1) ** 2
    return trust, pairs


def _shut(skin: Surface, metre: float) -> tuple:
    """Vertices (S,) bool in front of which other skin lies close, and pairs (P, 2) of such skin."""
    normals = skin.vertex_normals()
    facing = Closest(skin, _SPACING * metre, _TURN * metre).touch(skin.vertices, -normals)
    ahead = ((facing.point - skin.vertices) * normals).sum(1) > -0.3 * facing.away
    shut = (facing.away < _SHUT * metre) & ahead & (facing.agreement > 0.5)
    rows = np.arange(len(shut))
    partner = skin.faces[facing.face, facing.weights.argmax(1)]
    return shut, np.stack([rows, partner], 1)[shut & (partner != rows)]


def _on_eyes(shape: HeadShape, parts: Parts, skin: Surface, metre: float) -> np.ndarray:
    """(S,) bool: skin that lies on an eyeball."""
    lying, normals = np.zeros(len(skin.vertices), bool), skin.vertex_normals()
    for eye in parts.eyes:
        ball = Closest(part_surface(shape.surface, eye), _SPACING * metre, 0.0)
        lying |= ball.touch(skin.vertices, normals).away < _SHUT * metre
    return lying


def _evidence(skin: Surface, moved: np.ndarray, nearest: Closest, trust: np.ndarray, doubt: float) -> tuple:
    """Where each vertex should go (S, 3), and how far that is to be believed (S,)."""
    places = (skin.vertices + moved).astype(np.float32)
    touch = nearest.touch(places, Surface(places, skin.faces).vertex_normals())
    low, high = _ALIKE
    alike = np.clip((touch.agreement - low) / (high - low), 0, 1)
    near = 1 / (1 + (touch.away / doubt) ** 2) ** 2  # Geman and McClure's weight
    return touch.point - skin.vertices, trust * alike * near


def _evened(shape: HeadShape, vertices: np.ndarray, target: Surface, known: np.ndarray, metre: float) -> np.ndarray:
    """The vertices (V, 3), moved along their normals until the triangles, not their corners, lie on the target.

    Corners on a surface that bulges leave all that is between them below it. known (V,) bool: what stays.
    """
    faces = shape.surface.faces
    faces = faces[parts_of(shape, metre).skin[faces].all(1)]
    places = np.concatenate([target.vertices, target.vertices[target.faces].mean(1)])
    looks = np.concatenate([target.vertex_normals(), _unit_normals(target.vertices, target.faces)])
    touch = Closest(Surface(vertices, faces), _SPACING * metre, _TURN * metre).touch(places, looks)
    heard = (touch.away < _EVENED * metre) & (touch.agreement > _ALIKE[1])
    height = ((places - touch.point) * looks).sum(1)[heard]
    at, share = faces[touch.face[heard]].ravel(), touch.weights[heard]
    total = np.bincount(at, (share * height[:, None]).ravel(), len(vertices))
    total /= np.maximum(np.bincount(at, share.ravel(), len(vertices)), _FEWEST)
    outward = Surface(vertices, shape.surface.faces).vertex_normals()
    return np.where(known[:, None], vertices, vertices + outward * total[:, None]).astype(np.float32)


def _unfolded(skin: Surface, moved: np.ndarray, bending: Bending) -> np.ndarray:
    """The displacements, where triangles would be folded interpolated between those around."""
    loose = np.zeros(len(moved), bool)
    for _ in range(_MENDS):
        folded = _folded(skin, moved)
        if not folded.any():
            break
        loose[skin.faces[folded].ravel()] = True
        loose[skin.faces[loose[skin.faces].any(1)].ravel()] = True
        moved = harmonic(bending.stiffness, moved, loose)
    return moved


def _folded(skin: Surface, moved: np.ndarray) -> np.ndarray:
    """(F,) bool: triangles whose normal was turned away from the model's."""
    before, after = (_unit_normals(places, skin.faces) for places in (skin.vertices, skin.vertices + moved))
    return (before * after).sum(1) < _UPRIGHT


def _unit_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    corners = vertices[faces].astype(float)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
