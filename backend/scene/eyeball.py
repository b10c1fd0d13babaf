"""An eyeball for what touches it: how far it reaches in each direction, at rest and wherever it may look.

numpy alone: this also runs inside Blender.
"""

from dataclasses import dataclass

import numpy as np

from .relief import Nodes, lowest
from .rig import GAZE

_BINS = 46  # of the angle from the axis, 0 .. 90 degrees
_SHELL = 0.0006  # meters: what is this near to the ball's sphere belongs to it
VIEW = Nodes(np.array([-1.8, -1.1]), 0.015, (241, 148))  # tangents of directions out of a ball, see `outermost`
AHEAD = np.array([0.0, -1.0, 0.0])
_NO_FACES = np.zeros((0, 3), int)
ANY_GAZE = np.radians(max(GAZE.values()))


@dataclass(frozen=True)
class Eyeball:
    """A ball with a dome in front, turned to -Y at rest. Meters, the model's frame.

    center (3,); radius of the ball; reach (_BINS,) its extent at even angles from the axis, 0 .. 90 degrees: the most
    front (VIEW.shape) its extent at rest in each direction, inf where that is not known: domes may lie aslant
    """

    center: np.ndarray
    radius: float
    reach: np.ndarray
    front: np.ndarray

    def extent(self, directions: np.ndarray, axis: np.ndarray = AHEAD, slack: float = 0.0) -> np.ndarray:
        """How far the ball reaches along unit directions (..., 3) -> (...,), while it looks along `axis`
        or up to `slack` radians away from that."""
        angle = np.arccos(np.clip(directions @ axis, -1, 1))
        most = np.interp(np.maximum(angle - slack, 0), np.linspace(0, np.pi / 2, _BINS), self.reach)
        if slack:
            return most
        here = self._front_along(directions @ _turn_to(axis))
        return np.where(np.isfinite(here), here, most)

    def _front_along(self, directions: np.ndarray) -> np.ndarray:
        """`front`, bilinear, along (..., 3) -> (...,); inf beyond it."""
        ahead = np.maximum(-directions[..., 1], 1e-6)
        at = (directions[..., [0, 2]] / ahead[..., None] - VIEW.low) / VIEW.step
        within = (directions[..., 1] < 0) & (at >= 0).all(-1) & (at < np.array(VIEW.shape) - 1).all(-1)
        at = np.where(within[..., None], at, 0)
        (i, j), (u, v) = np.moveaxis(at.astype(int), -1, 0), np.moveaxis(at % 1, -1, 0)
        with np.errstate(invalid="ignore"):
            near = (1 - v) * self.front[i, j] + v * self.front[i, j + 1]
            far = (1 - v) * self.front[i + 1, j] + v * self.front[i + 1, j + 1]
            mixed = (1 - u) * near + u * far
        return np.where(within & np.isfinite(mixed), mixed, np.inf)

    def axis_of(self, key: str) -> np.ndarray:
        """Where it looks while an eyeLook key is 1, (3,); to the front for every other key."""
        name, side = next(((key.removesuffix(s), s) for s in ("Left", "Right") if key.endswith(s)), (key, ""))
        angle = np.radians(GAZE.get(name, 0.0))
        outwards = 1.0 if side == "Left" else -1.0
        to = {"eyeLookUp": (0, 1), "eyeLookDown": (0, -1), "eyeLookOut": (outwards, 0), "eyeLookIn": (-outwards, 0)}
        across, up = to.get(name, (0, 0))
        return np.array([across * np.sin(angle), -np.cos(angle), up * np.sin(angle)])


def outermost(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """How far triangles (F, 3) of points (N, 3), from a ball's center, reach in each direction: VIEW.shape, 0 if none.

    Rows run from the right to the left, columns upwards.
    """
    ahead = np.where(points[:, 1] < -1e-4, -points[:, 1], np.nan)
    seen = np.stack([points[:, 0] / ahead, points[:, 2] / ahead, 1 / ahead], 1)  # planes are planes in such a view too
    nearness = lowest(seen, faces.reshape(-1, 3), VIEW)  # least where the skin lies farthest out
    return np.linalg.norm(_rays(), axis=-1) / nearness


def view_directions() -> np.ndarray:
    """The unit vectors (*VIEW.shape, 3) of `outermost`."""
    rays = _rays()
    return rays / np.linalg.norm(rays, axis=-1, keepdims=True)


def _rays() -> np.ndarray:
    u, v = np.meshgrid(VIEW.u, VIEW.v, indexing="ij")
    return np.stack([u, -np.ones_like(u), v], -1)


def _turn_to(axis: np.ndarray) -> np.ndarray:
    """The least rotation (3, 3) that carries AHEAD to a unit vector (3,)."""
    cross, cosine = np.cross(AHEAD, axis), float(AHEAD @ axis)
    skew = np.array([[0, -cross[2], cross[1]], [cross[2], 0, -cross[0]], [-cross[1], cross[0], 0]])
    return np.eye(3) + skew + skew @ skew / (1 + cosine)


def fitted_ball(points: np.ndarray, faces: np.ndarray = _NO_FACES) -> Eyeball:
    """Points (N, 3) on (and in) an eyeball that looks to -Y: a sphere through its back half, and its reach in front.

    faces (F, 3) into them tell its front more closely.
    """
    low, high = points.min(0), points.max(0)
    radius = float((high - low)[[0, 2]].mean() / 2)
    center = np.array([(low + high)[0] / 2, high[1] - radius, (low + high)[2] / 2])
    for _ in range(3):
        local = points - center
        shell = (local[:, 1] > -0.2 * radius) & (np.abs(np.linalg.norm(local, axis=1) - radius) < _SHELL)
        if shell.sum() < 20:
            break
        center, radius = _sphere(points[shell])
    local = points - center
    size = np.linalg.norm(local, axis=1)
    angle = np.arccos(np.clip(-local[:, 1] / np.maximum(size, 1e-9), -1, 1))
    bins = np.linspace(0, np.pi / 2, _BINS)
    reach = np.full(_BINS, radius)
    np.maximum.at(reach, np.clip(np.rint(angle / bins[1]).astype(int), 0, _BINS - 1), size)
    front = outermost(local, faces[(local[faces, 1] < 0).any(1)])
    front = np.where(front > 0, front, np.inf)
    return Eyeball(center, radius, np.maximum.accumulate(reach[::-1])[::-1], front)


def _sphere(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Least squares |p|^2 = 2 p.c + (r^2 - |c|^2)."""
    middle = points.mean(0)
    local = points - middle
    solved = np.linalg.lstsq(np.c_[2 * local, np.ones(len(local))], (local**2).sum(1), rcond=None)[0]
    return middle + solved[:3], float(np.sqrt(solved[3] + solved[:3] @ solved[:3]))
