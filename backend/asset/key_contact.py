"""How lids and lips of a result touch one another, the eyeballs and the teeth, under any key. numpy alone.

Everything is measured in millimeters in the face's own axes: +X its left, +Y backwards, +Z up, the origin between the
eyes. What is a lid or a lip is found by what a vertex belongs to and by what jawOpen moves, so that this works on any
mesh that carries regions.
"""

from dataclasses import dataclass

import numpy as np

from ..scene.eyeball import VIEW, Eyeball, fitted_ball, outermost, view_directions
from ..scene.head import EYEBALL, FACE, LIPS, MOUTH, TEETH
from ..scene.relief import Nodes, lowest

_STEP = 0.6  # mm between the columns of the mouth
_ENDS, _END_SHARE = 4.0, 0.1  # mm, share of the slit at either corner, where upper and lower lip are one: the greater
_APART = 12.0  # mm: surfaces farther from one another are no pair of lips
_LINING = 3  # rings of the mouth's lining that count as lip
_BEHIND = 6.0  # mm: what lies deeper behind the front of the teeth was never before them
_NEAR_BALL = 2.2  # radii about an eyeball's center within which its lids lie
_BURIED = 0.1  # mm: what lies deeper in the ball at rest is the hidden end of the skin
_LEANING = np.radians(-12.5)  # the lids lie that much behind the lips (both head models, 8 people each: 8 .. 18)


@dataclass(frozen=True)
class FaceAxes:
    """local = (p - origin) @ axes * scale, in millimeters."""

    origin: np.ndarray  # (3,)
    axes: np.ndarray  # (3, 3), columns: to its left, backwards, up
    scale: float

    def points(self, points: np.ndarray) -> np.ndarray:
        return (points.astype(float) - self.origin) @ self.axes * self.scale

    def arrows(self, moved: np.ndarray) -> np.ndarray:
        return moved.astype(float) @ self.axes * self.scale


@dataclass(frozen=True)
class Slit:
    """The mouth: triangles (F, 3) of the upper and of the lower lip, those of the teeth, and the lips' outside."""

    upper: np.ndarray
    lower: np.ndarray
    teeth: np.ndarray
    outside: np.ndarray


@dataclass(frozen=True)
class Eye:
    """An eyeball in the face's axes (meters), and triangles (F, 3) of the skin about it.

    lids are those of them that lie outside of the ball at rest
    """

    ball: Eyeball
    skin: np.ndarray
    lids: np.ndarray


def face_axes(neutral: np.ndarray, region: np.ndarray, blinks: tuple, metre: float) -> FaceAxes:
    """By the eyes and the mouth. blinks: eyeBlinkLeft and eyeBlinkRight (V, 3), or None where a key is missing."""
    scale = 1000.0 / metre
    lips = region == LIPS
    if any(blink is None or not np.abs(blink).any() for blink in blinks) or not lips.any():
        return FaceAxes(neutral.mean(0).astype(float), np.eye(3), scale)
    sizes = [np.linalg.norm(blink, axis=1) ** 2 for blink in blinks]
    left, right = ((neutral * size[:, None]).sum(0) / size.sum() for size in sizes)
    between = (left + right) / 2
    x = (left - right) / np.linalg.norm(left - right)
    up = between - neutral[lips].mean(0)
    up = up - (up @ x) * x
    up = up / np.linalg.norm(up)
    back = np.cross(up, x)
    cosine, sine = np.cos(_LEANING), np.sin(_LEANING)
    return FaceAxes(between, np.stack([x, cosine * back - sine * up, cosine * up + sine * back], 1), scale)


def mouth_of(rest: np.ndarray, faces: np.ndarray, region: np.ndarray, opened: np.ndarray) -> Slit | None:
    """rest (V, 3) mm, opened (V, 3) mm what jawOpen does; None where there are no lips, or none that part."""
    lips = region == LIPS
    near = lips.copy()
    for _ in range(_LINING):
        touched = near[faces].any(1)
        near[np.unique(faces[touched])] = True
        near &= lips | (region == MOUTH)
    if not lips.any() or np.abs(opened[lips]).max() < 1:
        return None
    fall = -opened[:, 2]
    low, high = _range_by_column(rest[near, 0], fall[near])
    ends = [np.interp(rest[:, 0], low[0], values) for values in (low[1], high[1])]
    share = (fall - ends[0]) / np.maximum(ends[1] - ends[0], 1e-9)
    parts = near & (ends[1] - ends[0] > 0.2 * (high[1] - low[1]).max())
    upper, lower = (parts & (share < 0.35)), (parts & (share > 0.65))
    return Slit(
        faces[upper[faces].all(1)], faces[lower[faces].all(1)], faces[(region == TEETH)[faces].all(1)],
        faces[np.isin(region, (LIPS, FACE))[faces].all(1) & near[faces].any(1)],
    )  # fmt: skip


def gap_of_lips(mouth: Slit, pose: np.ndarray) -> np.ndarray:
    """(N,) mm from the lower lip up to the upper one, from corner to corner; < 0 where they pass through one another.

    pose (V, 3) mm. Empty where the lips nowhere lie over one another.
    """
    near = pose[np.unique(np.concatenate([mouth.upper, mouth.lower])), :2]
    nodes = Nodes.over(near, _STEP)
    upper = lowest(pose, mouth.upper, nodes)
    lower = -lowest(pose * np.array([1, 1, -1]), mouth.lower, nodes)
    both = np.isfinite(upper) & np.isfinite(lower)
    gap = np.where(both, upper - np.where(both, lower, 0), np.inf)
    gap = np.where(np.abs(gap) < _APART, gap, np.inf).min(1)
    gap = gap[np.isfinite(gap)]
    skipped = int(np.ceil(max(_ENDS / _STEP, _END_SHARE * len(gap))))
    if len(gap) < 8 + 2 * skipped:
        return np.zeros(0)
    padded = np.pad(gap, 2, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)[skipped : len(gap) - skipped]


def behind_teeth(mouth: Slit, pose: np.ndarray) -> np.ndarray:
    """(V,) mm that the outside of the lips lies behind the front of teeth that are seen; 0 where it lies before them.

    A lip rolled in lies behind teeth by nature: what counts is whether skin lies before these in the same place.
    """
    depth = np.zeros(len(pose))
    if not len(mouth.teeth):
        return depth
    turned = pose[:, [0, 2, 1]]
    nodes = Nodes.over(turned[np.unique(mouth.teeth), :2], _STEP)
    front = lowest(turned, mouth.teeth, nodes)
    front = np.where(lowest(turned, mouth.outside, nodes) < front, np.inf, front)
    corners = pose[mouth.outside]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    ahead = mouth.outside[normal[:, 1] < -0.3 * np.linalg.norm(normal, axis=1)]
    who = np.unique(ahead)
    at = np.rint((turned[who, :2] - nodes.low) / nodes.step).astype(int)
    inside = ((at >= 0) & (at < np.array(nodes.shape))).all(1)
    at = np.clip(at, 0, np.array(nodes.shape) - 1)
    measured = np.where(inside, pose[who, 1] - front[at[:, 0], at[:, 1]], 0)
    depth[who] = np.where(measured < _BEHIND, np.maximum(measured, 0), 0)
    return depth


def eyes_of(rest: np.ndarray, faces: np.ndarray, region: np.ndarray) -> dict[str, Eye]:
    """ "Left" and "Right" -> what there is of an eye. rest (V, 3) mm."""
    found = {}
    for side, sign in (("Left", 1), ("Right", -1)):
        own = (region == EYEBALL) & (rest[:, 0] * sign > 0)
        if own.sum() < 20:
            continue
        ball = fitted_ball(rest[own] / 1000, within(faces, own))
        local = rest - ball.center * 1000
        size = np.maximum(np.linalg.norm(local, axis=1), 1e-9)
        near = (region == FACE) & (size < _NEAR_BALL * ball.radius * 1000) & (local[:, 1] < 0)
        shown = near & (size > ball.extent(local / size[:, None]) * 1000 - _BURIED)
        found[side] = Eye(ball, faces[near[faces].all(1)], faces[shown[faces].all(1)])
    return found


def within(faces: np.ndarray, members: np.ndarray) -> np.ndarray:
    """The triangles (F, 3) whose vertices are all members (V,) bool, as indices into these alone."""
    number = np.cumsum(members) - 1
    return number[faces[members[faces].all(1)]]


def rise(eye: Eye, faces: np.ndarray, pose: np.ndarray, axis: np.ndarray | None = None) -> np.ndarray:
    """In each direction out of the ball (2D): mm that it rises over the outermost of `faces`, inf where there is none.

    axis (3,): where the eye looks, to the front by default. Rows run from the right to the left, columns upwards.
    """
    used, faces = np.unique(faces, return_inverse=True)
    covers = outermost(pose[used] / 1000 - eye.ball.center, faces.reshape(-1, 3))
    directions = view_directions()
    extent = eye.ball.extent(directions) if axis is None else eye.ball.extent(directions, axis)
    return np.where(covers > 0, extent - covers, np.inf) * 1000


def open_slit(eye: Eye, rest: np.ndarray, pose: np.ndarray, poke: float) -> float:
    """mm: the widest that the lids stand apart, up and down, within what they leave open at rest.

    poke: mm by which the ball has to rise over the skin to be seen
    """
    inside = _filled(rise(eye, eye.skin, rest) > poke)
    seen = inside & (rise(eye, eye.skin, pose) > poke)
    return float(seen.sum(1).max(initial=0) * VIEW.step * eye.ball.reach[0] * 1000)


def _filled(open_: np.ndarray) -> np.ndarray:
    """The opening that the view's middle lies in: what is open beyond the lids is none of it."""
    middle = np.zeros_like(open_)
    shape = np.array(open_.shape) // 2
    middle[shape[0] - 12 : shape[0] + 12, shape[1] - 12 : shape[1] + 12] = True
    found = middle & open_
    for _ in range(max(open_.shape)):
        grown = found.copy()
        grown[1:] |= found[:-1]
        grown[:-1] |= found[1:]
        grown[:, 1:] |= found[:, :-1]
        grown[:, :-1] |= found[:, 1:]
        grown &= open_
        if (grown == found).all():
            break
        found = grown
    return found


def _range_by_column(x: np.ndarray, values: np.ndarray, bins: int = 24):
    """The least and the greatest value in each of the columns over x (N,): two pairs of x and value."""
    edges = np.linspace(x.min(), x.max() + 1e-6, bins + 1)
    which = np.digitize(x, edges) - 1
    filled = np.unique(which)
    middle = (edges[filled] + edges[filled + 1]) / 2
    low = np.array([values[which == k].min() for k in filled])
    high = np.array([values[which == k].max() for k in filled])
    return (middle, low), (middle, high)
