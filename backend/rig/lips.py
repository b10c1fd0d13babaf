"""Lips that touch one another and the teeth, without passing through either.

The upper lip is seen from below and the lower one from above, as heights over a plane across the mouth: where the two
maps come nearest, in each column from the left to the right, the lips meet.
"""

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse

from ..head.model import HeadModel
from ..scene.head import MOUTH, TEETH
from ..scene.relief import Nodes, lowest
from .openings import Opening, mouth_rim, opening

_STEP = 0.0006  # meters between the nodes of the maps
_LIP, _REACH = 0.018, 0.040  # meters along the surface from the rim: what counts as lip, as what a lip may move
_SURE = 0.0003  # meters: what lies less than this nearer to one lip than to the other is of neither
_KEPT, _FADED = 0.004, 0.013  # meters from where the lips meet: a correction holds in full; not at all
_WIDE = 0.026  # meters: the same where mouthClose as a whole is wrong by many millimeters
_BLEND, _WIDE_BLEND = 0.003, 0.008  # meters: how wide one lip passes into the other at a corner
_STRENGTH = (0.6, 1.2)  # of mouthClose
_LINING = 1.5  # the lining of a lip goes less far with its edge than the skin, so as not to come out through it
_FOLLOW = np.array([1.0, 0.6, 1.0])  # a jaw that is open draws the lower lip back a little, though it is sealed
_BEYOND = 0.005  # meters outside of the corners where nothing moves with the lips
_CORNER = 0.0025  # meters of the slit at either corner, where upper and lower lip are one
_TAPER, _AT_ENDS = 0.005, 0.3  # meters from there on within which less and less is corrected: no crease
_TOUCH = 0.00005  # meters by which sealed lips overlap, for a line that no picture shows
_RESTING = 0.0003  # meters by which lips may go on crossing as they do at rest
_APART = 0.012  # meters: lips farther from one another than this do not belong together
_SMOOTH = 7  # columns
_TOUCHING = 0.001  # meters about a point of the line where the lips meet: what goes with it
_STRIDE = 0.001  # meters: the most that lips move in a round
_ROUNDS = 16


@dataclass(frozen=True)
class Lips:
    """The mouth of one person. Meters, the model's frame.

    rest    (V, 3) the neutral; `place` says which vertices are near the mouth
    upper, lower  (F, 3) triangles of either lip, into the model's vertices; teeth likewise
    weight  (V,) how far a correction holds; above (V,) 1 on the upper lip, -1 on the lower one, 0 elsewhere
    columns  (N,) x where the lips meet; touch_upper, touch_lower (N, V) sparse: means over what touches there
    lower_share (V,) how far a vertex goes with the lower lip's edge
    """

    rest: np.ndarray
    place: Opening
    upper: np.ndarray
    lower: np.ndarray
    teeth: np.ndarray
    weight: np.ndarray
    above: np.ndarray
    columns: np.ndarray
    touch_upper: scipy.sparse.csr_matrix
    touch_lower: scipy.sparse.csr_matrix
    lower_share: np.ndarray


def lips(model: HeadModel, vertices: np.ndarray) -> Lips | None:
    """The lips of a person: vertices (V, 3) meters in the model's frame. None where the model has no mouth."""
    rim = mouth_rim(model)
    if rim is None:
        return None
    place = opening(model, rim, vertices, _REACH)
    faces = model.triangles(model.polygons)
    above, weight = np.zeros(len(vertices)), np.zeros(len(vertices))
    above[place.vertices] = place.above(_BLEND)
    nothing = scipy.sparse.csr_matrix((0, len(vertices)))
    found = Lips(
        vertices, place, place.side(True, _LIP, _SURE), place.side(False, _LIP, _SURE),
        faces[(model.region == TEETH)[faces].all(1)], weight, above, np.zeros(0), nothing, nothing, weight,
    )  # fmt: skip
    line = meeting(found, vertices)
    near = vertices[place.vertices]
    distance = np.sqrt(((near[:, None] - line[None]) ** 2).sum(2).min(1))
    weight[place.vertices] = _fading(distance, _KEPT, _FADED)
    follows = np.zeros(len(vertices))
    lining = np.where(model.region[place.vertices] == MOUTH, _LINING, 1.0)
    follows[place.vertices] = _fading(distance * lining, _KEPT, _WIDE) * np.clip(-2 * place.lean / _WIDE_BLEND, 0, 1)
    return replace(
        found, columns=line[:, 0], lower_share=follows,
        touch_upper=_touching(found, line, 1), touch_lower=_touching(found, line, -1),
    )  # fmt: skip


def _fading(distance: np.ndarray, kept: float, faded: float) -> np.ndarray:
    """1 up to `kept` meters, 0 from `faded` on, smooth."""
    share = np.clip((faded - distance) / (faded - kept), 0, 1)
    return share * share * (3 - 2 * share)


def together(mouth: Lips, opened: np.ndarray, closing: np.ndarray) -> np.ndarray:
    """mouthClose (V, 3) for this jawOpen (V, 3): the lower lip goes where the upper one goes, if both are at 1.

    At first by how strong the key is, then by what is missing in each place.
    """
    needed, given = (mouth.touch_upper @ moved - mouth.touch_lower @ moved for moved in (opened, closing))
    strength = np.clip(-(needed * given).sum() / max((given**2).sum(), 1e-12), *_STRENGTH)
    lag = (needed + strength * given) * _FOLLOW
    follow = [np.interp(mouth.rest[:, 0], *_widened(mouth.columns, _mean(_median(axis)))) for axis in lag.T]
    return strength * closing + np.stack(follow, 1) * mouth.lower_share[:, None]


def sealed(mouth: Lips, pose: np.ndarray, upper_share: float, limit: float = np.inf) -> np.ndarray:
    """pose (V, 3) -> pose in which the lips touch along the whole slit; the upper one goes `upper_share` of the way.

    limit: meters; where they are farther apart they stay so
    """
    for _ in range(_ROUNDS):
        columns, gap = slit(mouth, pose)
        way = np.where(gap < limit, gap + _TOUCH, 0)
        if np.abs(way).max(initial=0) < _TOUCH:
            break
        pose = _moved(mouth, pose, columns, way, upper_share)
    return pose


def uncrossed(mouth: Lips, pose: np.ndarray) -> np.ndarray:
    """pose (V, 3) -> pose whose lips pass less through one another than at rest or than they did."""
    best, least = pose, np.inf
    at_rest, resting = slit(mouth, mouth.rest)
    for _ in range(_ROUNDS):
        columns, gap = slit(mouth, pose)
        if len(at_rest):
            gap = gap + np.interp(columns, at_rest, np.clip(-resting, 0, _RESTING))
        way = np.minimum(gap + _TOUCH, 0)
        worst = float(-(way * _taper(columns)).min(initial=0))
        if worst < least:
            best, least = pose, worst
        if worst < _TOUCH:
            break
        pose = _moved(mouth, pose, columns, way, 0.5)
    return best


def slit(mouth: Lips, pose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x of the columns (N,) between the corners, and from the lower lip up to the upper one in each (N,); < 0: crossed.

    Meters. Where the lips do not lie over one another their distance counts.
    """
    columns, gap, _ = _gaps(mouth, pose)
    return columns, gap


def meeting(mouth: Lips, pose: np.ndarray) -> np.ndarray:
    """Where the lips come nearest to one another: a point (N, 3) in each column between the corners."""
    return _gaps(mouth, pose)[2]


def _gaps(mouth: Lips, pose: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    near = pose[mouth.place.vertices, :2]
    nodes = Nodes.over(near, _STEP)
    upper = lowest(pose, mouth.upper, nodes)
    lower = -lowest(pose * np.array([1, 1, -1]), mouth.lower, nodes)
    both = np.isfinite(upper) & np.isfinite(lower)
    gap = np.where(both, upper - np.where(both, lower, 0), np.inf)
    gap = np.where(np.abs(gap) < _APART, gap, np.inf)
    where = gap.argmin(1)
    rows = np.arange(len(gap))
    ends = [pose[mouth.place.rim.loop[i], 0] for i in (mouth.place.rim.count - 1, 0)]
    kept = np.isfinite(gap[rows, where]) & (nodes.u > ends[0] + _CORNER) & (nodes.u < ends[1] - _CORNER)
    rows, where = rows[kept], where[kept]
    height = (upper[rows, where] + lower[rows, where]) / 2
    if not len(rows):
        return np.zeros(0), np.zeros(0), np.zeros((0, 3))
    return nodes.u[kept], _median(gap[rows, where]), np.stack([nodes.u[rows], nodes.v[where], height], 1)


def _moved(mouth: Lips, pose: np.ndarray, columns: np.ndarray, way: np.ndarray, upper_share: float) -> np.ndarray:
    """The lips moved towards one another by `way` (N,) meters at x = columns."""
    if len(columns) < 2:
        return pose
    way = np.clip(_mean(way), -_STRIDE, _STRIDE) * _taper(columns)
    rise = np.interp(pose[:, 0], *_widened(columns, way)) * mouth.weight
    rise = rise * np.where(mouth.above > 0, -upper_share, 1 - upper_share) * np.abs(mouth.above)
    return pose + np.stack([np.zeros_like(rise), np.zeros_like(rise), rise], 1)


def _taper(columns: np.ndarray) -> np.ndarray:
    """1 along the slit, less towards its ends, where what is measured is less certain."""
    if not len(columns):
        return np.zeros(0)
    return np.clip(np.minimum(columns - columns[0], columns[-1] - columns) / _TAPER + _AT_ENDS, 0, 1)


def _widened(columns: np.ndarray, way: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """With a zero on either side."""
    return np.concatenate([columns[:1] - _BEYOND, columns, columns[-1:] + _BEYOND]), np.pad(way, 1)


def _mean(way: np.ndarray) -> np.ndarray:
    bell = np.hanning(_SMOOTH + 2)[1:-1]
    return np.convolve(np.pad(way, _SMOOTH // 2, mode="edge"), bell / bell.sum(), "valid") if len(way) else way


def _median(gap: np.ndarray) -> np.ndarray:
    """Without what single columns say: in a fold of the corner the nearest surface may be another one."""
    padded = np.pad(gap, 3, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, 7), axis=1)


def _touching(mouth: Lips, line: np.ndarray, side: int) -> scipy.sparse.csr_matrix:
    """(N, V): the mean over one lip's vertices about each point (N, 3) of the line."""
    own = np.flatnonzero(mouth.above * side > 0.5)
    squared = ((line[:, None] - mouth.rest[own][None]) ** 2).sum(2)
    share = np.exp(-0.5 * (squared - squared.min(1, keepdims=True)) / _TOUCHING**2)
    share = np.where(share > 1e-3, share, 0)
    rows, columns = np.nonzero(share)
    values = (share / share.sum(1, keepdims=True))[rows, columns]
    return scipy.sparse.csr_matrix((values, (rows, own[columns])), (len(line), len(mouth.rest)))
