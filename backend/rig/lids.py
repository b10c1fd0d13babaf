"""Lids on the fitted eyeballs: they meet where they should close, and never cut the ball.

A lid moves about the ball's center: down or up along it (elevation), and away from it (radius). Coordinates of a
point: azimuth from -Y to +X and elevation towards +Z, in radians, and the distance from the ball's center in meters.
"""

from dataclasses import dataclass

import numpy as np

from ..head.model import HeadModel
from ..scene.eyeball import ANY_GAZE, Eyeball, fitted_ball
from ..scene.head import EYEBALL, FACE
from .openings import Opening, eye_rims, opening
from .shell import cartesian, samples, spherical, spread

_REACH = 0.018  # meters along the surface: farther from its rim nothing belongs to a lid
_KEPT, _FADED = 0.003, 0.011  # meters from the rim: up to here a correction holds in full, from there on not at all
_MARGIN = 0.005  # meters from the rim: where a lid's edge is looked for
_OVERLAP = 0.0002  # meters by which the closed lids overlap, for a slit that no picture shows
_CLEAR = 0.0001  # meters that a lid keeps from the ball
_BURIED = 0.0001  # meters: what lies deeper in the ball at rest is the hidden end of the skin, no lid
_ON_THE_WAY = 0.0002  # meters that a lid half closed may lie in the ball: a key moves along a straight line
_CUT = 0.0  # meters that a lid may lie in the ball under any key but eyeBlink
_BULGE = 0.0012  # meters: the most that a closed lid is lifted for that
_UPPER_SHARE = 0.7  # of a slit that the upper lid closes
_BLEND = 0.002  # meters: how wide the upper lid passes into the lower one at a corner
_COLUMN = 0.0003  # meters
_SMOOTH = 5  # columns
_ROUNDS = 6


@dataclass(frozen=True)
class Lids:
    """One eye's lids on one person.

    ball      the eyeball; rest (K, 3) meters: the neutral's vertices of `place`, from the ball's center
    weight    (K,) how far a correction holds; shown (K,) bool: skin, and not buried in the ball
              at rest, on the mean or on this person
    """

    ball: Eyeball
    place: Opening
    rest: np.ndarray
    weight: np.ndarray
    shown: np.ndarray
    faces: np.ndarray  # (F, 3) into the K vertices, of what is shown
    upper: np.ndarray  # (F, 3) likewise, of the upper lid near its edge
    lower: np.ndarray


def eyeball(model: HeadModel, side: str, vertices: np.ndarray) -> Eyeball | None:
    """The "Left" or "Right" ball of a person: vertices (V, 3) meters in the model's frame."""
    own = (model.region == EYEBALL) & (model.vertices[:, 0] * {"Left": 1, "Right": -1}[side] > 0)
    if not own.any():
        return None
    triangles, number = model.triangles(model.polygons), np.cumsum(own) - 1
    return fitted_ball(vertices[own], number[triangles[own[triangles].all(1)]])


def lids(model: HeadModel, side: str, vertices: np.ndarray) -> Lids | None:
    """The lids of the "Left" or "Right" eye of a person: vertices (V, 3) meters in the model's frame."""
    rim, ball = eye_rims(model).get(side), eyeball(model, side, vertices)
    if rim is None or ball is None:
        return None
    mean = eyeball(model, side, model.vertices)
    place = opening(model, rim, vertices, _REACH)
    number = np.full(len(vertices), -1)
    number[place.vertices] = np.arange(len(place.vertices))
    rest = vertices[place.vertices] - ball.center
    weight = np.clip((_FADED - place.distance) / (_FADED - _KEPT), 0, 1)
    buried = np.minimum(_depth(mean, model.vertices[place.vertices]), _depth(ball, vertices[place.vertices]))
    shown = (model.region == FACE)[place.vertices] & (buried < _BURIED)
    upper, lower = (number[place.side(side, _MARGIN)] for side in (True, False))
    upper, lower, every = (faces[shown[faces].all(1)] for faces in (upper, lower, number[place.faces]))
    return Lids(ball, place, rest, weight * weight * (3 - 2 * weight), shown, every, upper, lower)


def closed(eye: Lids, moved: np.ndarray) -> np.ndarray:
    """eyeBlink made to close: moved (K, 3) meters -> (K, 3), how the vertices of `eye.place` move at coefficient 1."""
    pose = eye.rest + moved
    for _ in range(_ROUNDS):
        pose = pose + _lifted(eye, pose, np.array([0.0, -1.0, 0.0]), ANY_GAZE, np.zeros(len(pose)))
        pose = pose + _half_way(eye, pose)
        pose = _shut(eye, pose)
    pose = pose + _lifted(eye, pose, np.array([0.0, -1.0, 0.0]), ANY_GAZE, np.zeros(len(pose)))
    return pose - eye.rest


def cleared(eye: Lids, moved: np.ndarray, key: str) -> np.ndarray:
    """Any other key: moved (K, 3) meters -> (K, 3), lifted off the ball where it would cut it deeper than at rest."""
    allowed = np.maximum(_depth(eye.ball, eye.rest + eye.ball.center), _CUT) + _CLEAR
    pose = eye.rest + moved
    for _ in range(3):
        pose = pose + _lifted(eye, pose, eye.ball.axis_of(key), 0.0, allowed)
    return pose - eye.rest


def uncut(eye: Lids) -> np.ndarray:
    """What lifts the lids off the ball at rest, (K, 3): on another face than the mean's it may cut them."""
    return _lifted(eye, eye.rest, np.array([0.0, -1.0, 0.0]), 0.0, np.zeros(len(eye.rest)))


def slit(eye: Lids, pose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How wide the lids stand open: azimuths (N,), and from the lower to the upper lid's edge (N,), both radians."""
    angle = spherical(pose)[0]
    ends = np.sort(angle[[_index(eye, eye.place.rim.upper[0]), _index(eye, eye.place.rim.upper[-1])]])
    count = max(int((ends[1] - ends[0]) * eye.ball.radius / _COLUMN), 4)
    columns = np.linspace(*ends, count)
    edges = [_edge(eye, faces, pose, columns, sign) for faces, sign in ((eye.upper, 1), (eye.lower, -1))]
    known = np.isfinite(edges[0]) & np.isfinite(edges[1])
    if known.sum() < 2:
        return columns, np.zeros(count)
    gap = np.interp(columns, columns[known], (edges[0] - edges[1])[known])
    return columns, gap


def _edge(eye: Lids, faces: np.ndarray, pose: np.ndarray, columns: np.ndarray, sign: int) -> np.ndarray:
    """The least (sign 1) or greatest (-1) elevation of a lid outside of the ball over each column, inf if none."""
    points = np.concatenate([_along(pose, faces[:, [a, b]]) for a, b in ((0, 1), (1, 2), (2, 0))])
    angle, height, size = spherical(points)
    over = size > eye.ball.extent(points / size[:, None]) - _BURIED
    step = columns[1] - columns[0]
    which = np.rint((angle - columns[0]) / step).astype(int)
    kept = over & (which >= 0) & (which < len(columns))
    least = np.full(len(columns), np.inf)
    np.minimum.at(least, which[kept], sign * height[kept])
    return sign * least


def _depth(ball: Eyeball, points: np.ndarray) -> np.ndarray:
    """How deep points (N, 3) lie in the ball at rest, (N,) meters; < 0 outside."""
    size = np.linalg.norm(points - ball.center, axis=1)
    return ball.extent((points - ball.center) / np.maximum(size, 1e-9)[:, None]) - size


def _along(pose: np.ndarray, edges: np.ndarray, steps: int = 16) -> np.ndarray:
    """Points (E * steps, 3) along edges (E, 2)."""
    share = np.linspace(0, 1, steps)[:, None, None]
    return ((1 - share) * pose[edges[:, 0]] + share * pose[edges[:, 1]]).reshape(-1, 3)


def _shut(eye: Lids, pose: np.ndarray) -> np.ndarray:
    """The lids turned towards one another by what their slit is wide."""
    columns, gap = slit(eye, pose)
    angle, height, size = spherical(pose)
    way = _smooth_above(gap) + _OVERLAP / eye.ball.radius
    turn = np.interp(angle, columns, way, left=0, right=0) * eye.weight
    above = eye.place.above(_BLEND)
    turn = turn * np.where(above > 0, -_UPPER_SHARE, 1 - _UPPER_SHARE) * np.abs(above)
    return cartesian(angle, height + turn, size)


def _smooth_above(gap: np.ndarray) -> np.ndarray:
    """A smooth curve over the columns (N,) that lies above `gap` nearly everywhere, for edges are jagged."""
    padded = np.pad(gap, 2 * _SMOOTH, mode="edge")
    greatest = np.lib.stride_tricks.sliding_window_view(padded, 2 * _SMOOTH + 1).max(1)
    bell = np.hanning(2 * _SMOOTH + 3)[1:-1]
    return np.convolve(greatest, bell / bell.sum(), "valid")


def _half_way(eye: Lids, pose: np.ndarray) -> np.ndarray:
    """Displacements (K, 3) for which half of the key, that moves along a straight line, does not cut the ball much."""
    half = samples((eye.rest + pose) / 2, eye.faces)
    size = np.linalg.norm(half, axis=1)
    need = np.clip(2 * (eye.ball.extent(half / size[:, None]) - _ON_THE_WAY - size), 0, _BULGE)
    return _by(eye, pose, need)


def _lifted(eye: Lids, pose: np.ndarray, axis: np.ndarray, slack: float, allowed: np.ndarray) -> np.ndarray:
    """Displacements (K, 3) off the ball; `allowed` (K,) meters is how deep a vertex may lie in it."""
    points = samples(pose, eye.faces)
    size = np.linalg.norm(points, axis=1)
    need = eye.ball.extent(points / size[:, None], axis, slack) + _CLEAR - size - samples(allowed, eye.faces)
    return _by(eye, pose, np.maximum(need, 0))


def _by(eye: Lids, pose: np.ndarray, need: np.ndarray) -> np.ndarray:
    """Displacements (K, 3) away from the ball's center where `samples` of the faces need it."""
    lift = spread(need, samples(pose, eye.faces), pose) * eye.weight
    own = np.zeros(len(pose))
    np.maximum.at(own, eye.faces.ravel(), need.reshape(-1, 7)[:, :3].ravel())
    return pose * (np.maximum(lift, own) / np.linalg.norm(pose, axis=1))[:, None]


def _index(eye: Lids, vertex: int) -> int:
    return int(np.searchsorted(eye.place.vertices, vertex))
