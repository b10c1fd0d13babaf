"""An eyeball for what touches it: how far it reaches in each direction, at rest and wherever it may look.

numpy alone: this also runs inside Blender.
"""

from dataclasses import dataclass

import numpy as np

from .rig import GAZE

_BINS = 46  # of the angle from the axis, 0 .. 90 degrees
_SHELL = 0.0006  # meters: what is this near to the ball's sphere belongs to it
AHEAD = np.array([0.0, -1.0, 0.0])
ANY_GAZE = np.radians(max(GAZE.values()))


@dataclass(frozen=True)
class Eyeball:
    """A ball with a dome in front, turned to -Y at rest. Meters, the model's frame.

    center (3,); radius of the ball; reach (_BINS,) its extent at even angles from the axis, 0 .. 90 degrees
    """

    center: np.ndarray
    radius: float
    reach: np.ndarray

    def extent(self, directions: np.ndarray, axis: np.ndarray = AHEAD, slack: float = 0.0):
        """How far the ball reaches along unit directions (..., 3) -> (...,), while it looks along `axis`
        or up to `slack` radians away from that."""
        angle = np.arccos(np.clip(directions @ axis, -1, 1))
        angle = np.maximum(angle - slack, 0)
        return np.interp(angle, np.linspace(0, np.pi / 2, _BINS), self.reach)

    def axis_of(self, key: str) -> np.ndarray:
        """Where it looks while an eyeLook key is 1, (3,); to the front for every other key."""
        name, side = next(((key.removesuffix(s), s) for s in ("Left", "Right") if key.endswith(s)), (key, ""))
        angle = np.radians(GAZE.get(name, 0.0))
        outwards = 1.0 if side == "Left" else -1.0
        to = {"eyeLookUp": (0, 1), "eyeLookDown": (0, -1), "eyeLookOut": (outwards, 0), "eyeLookIn": (-outwards, 0)}
        across, up = to.get(name, (0, 0))
        return np.array([across * np.sin(angle), -np.cos(angle), up * np.sin(angle)])


def fitted_ball(points: np.ndarray) -> Eyeball:
    """Points (N, 3) on (and in) an eyeball that looks to -Y: a sphere through its back half, and its reach in front."""
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
    return Eyeball(center, radius, np.maximum.accumulate(reach[::-1])[::-1])


def _sphere(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Least squares |p|^2 = 2 p.c + (r^2 - |c|^2)."""
    middle = points.mean(0)
    local = points - middle
    solved = np.linalg.lstsq(np.c_[2 * local, np.ones(len(local))], (local**2).sum(1), rcond=None)[0]
    return middle + solved[:3], float(np.sqrt(solved[3] + solved[:3] @ solved[:3]))
