"""In what people differ: named displacements for one standard deviation of adults.

Standard deviations follow the surveys as the author remembers them, rounded, both sexes pooled (Farkas 1994; ANSUR
1988; the NIOSH survey of respirator users, 2003), in mm: head length 8, breadth 6, bizygomatic 6, bigonial 7, sellion
to menton 7, nose length 4, breadth 3.5, protrusion 2.5, interpupillary 3.6, mouth breadth 4, philtrum 2.4, ear length
4.5, neck circumference 28. What has no survey behind it (fullness, slopes) has a size that looks common. Centimeters
on the mean's left half.
"""

from collections.abc import Callable

import numpy as np

from .fields import bump, carried_eye, pull, ramp
from .skin import EYE

Field = Callable[[np.ndarray], np.ndarray]
DIRECTIONS: dict[str, Field] = {}


def direction(name: str) -> Callable[[Field], Field]:
    """Enter a field under its name; it moves the eyeballs as one piece."""

    def enter(field: Field) -> Field:
        DIRECTIONS[name] = field
        return field

    return enter


def pulls(name: str, *handles: tuple) -> None:
    """Enter a sum of pulls (center, size, vector)."""
    DIRECTIONS[name] = lambda p: sum(pull(p, *handle) for handle in handles)


def only(axis: int, values: np.ndarray) -> np.ndarray:
    """Vectors (N, 3) along one axis."""
    out = np.zeros((len(values), 3))
    out[:, axis] = values
    return out


def face(p: np.ndarray) -> np.ndarray:
    """1 on the face, 0 behind the ears: (N,)."""
    return ramp(p[:, 1], 1.0, -6.0)


def above_neck(p: np.ndarray) -> np.ndarray:
    """1 on the head, 0 far down the neck: (N,)."""
    return ramp(p[:, 2], -17.0, -7.0)


@direction("head width")
def head_width(p):
    return only(0, 0.042 * p[:, 0] * above_neck(p))


@direction("head length")
def head_length(p):
    return only(1, np.where(p[:, 1] > 0, 0.052, 0.028) * p[:, 1] * ramp(p[:, 2], -9, 0))


@direction("head height")
def head_height(p):
    return only(2, 0.055 * np.maximum(p[:, 2] - 2.5, 0) ** 2 / (np.maximum(p[:, 2] - 2.5, 0) + 2.0))


@direction("size")
def size(p):
    return 0.028 * p


@direction("face length")
def face_length(p):
    return only(2, 0.062 * np.minimum(p[:, 2] - 2.0, 0) * ramp(p[:, 2], -19, -11.5) * ramp(p[:, 1], 3.0, -4.0))


@direction("forehead slope")
def forehead_slope(p):
    return only(1, 0.55 * ramp(p[:, 2], 3.0, 9.5) * ramp(p[:, 1], 2.0, -6.5) * ramp(p[:, 2], 13.5, 9.0))


@direction("occiput depth")
def occiput_depth(p):
    return only(1, 0.50 * bump(p, (0, 9.3, 2.5), (4.5, 5.0, 4.0)))


@direction("skull base height")
def skull_base_height(p):
    return only(2, -0.50 * bump(p, (0, 7.0, -3.0), (5.0, 3.5, 3.0)))


@direction("crown slope")
def crown_slope(p):
    return only(2, 0.050 * p[:, 1] * ramp(p[:, 2], 4.0, 10.0))


@direction("neck width")
def neck_width(p):
    return only(0, 0.085 * p[:, 0] * ramp(p[:, 2], -5.0, -10.0) * ramp(p[:, 2], -19.0, -15.0))


@direction("neck depth")
def neck_depth(p):
    return only(1, 0.095 * (p[:, 1] - 0.6) * ramp(p[:, 2], -4.0, -9.5) * ramp(p[:, 1], -7.5, -5.0))


@direction("neck lean")
def neck_lean(p):
    return only(1, 0.045 * np.maximum(-7.0 - p[:, 2], 0.0))


@direction("nape hollow")
def nape_hollow(p):
    return only(1, -0.55 * bump(p, (0, 5.6, -9.0), (3.6, 3.0, 3.2)))


@direction("shoulder height")
def shoulder_height(p):
    return only(2, 0.70 * ramp(p[:, 2], -11.0, -17.5) * ramp(p[:, 0], 2.5, 8.0))


@direction("midface depth")
def midface_depth(p):
    return only(1, -0.28 * bump(p, (0, -9.8, -2.0), (3.6, 6.0, 2.6)))


@direction("face width")
def face_width(p):
    return only(0, 0.050 * p[:, 0] * face(p) * ramp(p[:, 2], 6.5, 1.0) * ramp(p[:, 2], -10.5, -4.0))


@direction("lower face depth")
def lower_face_depth(p):
    return only(1, -0.32 * ramp(p[:, 2], -2.3, -7.3) * ramp(p[:, 2], -14.0, -9.3) * ramp(p[:, 1], 0.0, -7.0))


pulls("mastoid fullness", ((4.6, 3.4, -4.6), (1.7, 2.0, 2.2), (0.34, 0.24, 0)))
pulls("throat depth", ((0, -4.9, -11.5), (2.4, 2.4, 2.6), (0, -0.40, 0)))
pulls("parietal width", ((6.6, 3.5, 5.5), (2.6, 4.0, 3.2), (0.32, 0, 0)))
pulls("forehead fullness", ((0, -8.8, 6.8), (3.4, 2.6, 1.9), (0, -0.30, 0)))
pulls("jaw width", ((4.8, -2.5, -6.1), (2.2, 3.0, 2.3), (0.36, 0, 0)))
pulls("jaw height", ((4.8, -2.0, -6.4), (2.2, 3.2, 2.0), (0, 0, -0.40)))
pulls("cheekbone width", ((5.6, -5.2, -0.4), (1.9, 2.4, 1.4), (0.27, -0.08, 0)))
pulls("cheekbone height", ((4.6, -6.8, -1.0), (1.8, 2.2, 1.5), (0.04, -0.1, 0.26)))
pulls("cheek fullness", ((4.4, -6.6, -3.7), (1.6, 2.4, 1.6), (0.26, -0.24, 0)))
pulls("temple fullness", ((6.3, -4.6, 3.6), (1.7, 2.2, 2.2), (0.28, -0.08, 0)))
pulls("brow ridge", ((2.4, -9.0, 3.2), (1.8, 1.6, 0.75), (0, -0.22, 0)))
pulls("brow height", ((2.8, -9.0, 3.2), (2.0, 1.8, 0.9), (0, 0, 0.24)))
pulls("chin protrusion", ((0, -10.15, -8.35), (2.0, 2.2, 1.4), (0, -0.40, 0)))
pulls("chin height", ((0, -9.65, -9.3), (3.0, 2.8, 1.5), (0, 0, -0.36)))
pulls("chin width", ((1.7, -9.65, -8.35), (1.1, 1.8, 1.3), (0.26, 0, 0)))
pulls("under chin fullness", ((0, -6.4, -10.1), (2.8, 2.4, 1.5), (0, -0.10, -0.42)))
pulls("nose length", ((0, -11.25, -1.88), (1.7, 1.7, 1.15), (0, 0, -0.34)))
pulls("nose protrusion", ((0, -11.72, -1.45), (1.3, 1.4, 1.15), (0, -0.26, 0)))
pulls("nose bridge height", ((0, -10, 1.4), (0.75, 1.0, 1.1), (0, -0.24, 0)))
pulls("nose hump", ((0, -10.9, 0.05), (0.6, 0.9, 0.65), (0, -0.17, 0)))
pulls("nose bridge width", ((0.8, -9.85, 0.6), (0.5, 0.9, 1.5), (0.13, 0, 0)))
pulls("nose width", ((1.6, -10.3, -2.1), (0.75, 0.9, 0.7), (0.20, 0, 0)))
pulls("nose tip angle", ((0, -12.02, -1.78), (0.9, 0.65, 0.7), (0, -0.06, 0.27)))
pulls("nose tip width", ((0.5, -11.95, -1.55), (0.4, 0.6, 0.6), (0.14, 0.02, 0)))
pulls("mouth width", ((2.5, -9.6, -5.12), (0.95, 1.2, 0.9), (0.21, 0.03, 0)))
pulls("mouth height", ((0, -10.7, -5.07), (2.6, 1.8, 0.95), (0, 0, 0.20)))
pulls("upper lip fullness", ((0, -10.92, -4.52), (1.3, 0.8, 0.34), (0, -0.14, 0.10)))
pulls("lower lip fullness", ((0, -10.85, -5.7), (1.3, 0.8, 0.38), (0, -0.14, -0.12)))
pulls("lip protrusion", ((0, -10.95, -5.07), (1.7, 1.2, 0.95), (0, -0.23, 0)))
pulls("philtrum depth", ((0, -10.7, -3.6), (0.30, 0.7, 0.6), (0, 0.07, 0)))
pulls("eye spacing", ((3.15, -7.3, 1.65), (1.55, 1.9, 1.4), (0.19, 0, 0)))
pulls("eye height", ((3.15, -7.6, 1.65), (1.9, 1.8, 1.2), (0, 0, 0.22)))
pulls("eye depth", ((3.15, -7.6, 1.65), (1.7, 1.8, 1.2), (0, 0.20, 0)))
pulls("eye fold", ((3.2, -8.6, 2.75), (1.5, 1.0, 0.45), (0, -0.15, -0.10)))
pulls("eye bags", ((3.2, -8.7, 0.35), (1.3, 1.0, 0.5), (0, -0.13, 0)))

EARLIKE = ("ear size", "ear protrusion", "ear height")
ON_EYE = ("eye size", "eye tilt", "eye opening")


def eye_field(name: str, p: np.ndarray) -> np.ndarray:
    """What changes the lids about the eyeball's center; the ball itself is only scaled."""
    local = p - EYE
    near = ramp(np.linalg.norm(local, axis=1), 3.2, 1.4)[:, None]
    if name == "eye size":
        return 0.045 * near * local
    front = ramp(local[:, 1], 0.3, -0.5)[:, None] * near
    if name == "eye tilt":
        turned = 0.075 * np.stack([-local[:, 2], 0 * local[:, 0], local[:, 0]], -1)
        return front * turned
    # eye opening: the lids turn about the ball's horizontal axis, away from one another
    apart = (
        np.tanh(local[:, 2:] / 0.3)
        * np.exp(-0.5 * (local[:, :1] / 1.0) ** 4)
        * np.exp(-0.5 * (local[:, 2:] / 0.9) ** 2)
    )
    return -0.055 * front * apart * np.stack([0 * local[:, 0], -local[:, 2], local[:, 1]], -1)


def ear_field(name: str, p: np.ndarray, share: np.ndarray, root: np.ndarray) -> np.ndarray:
    """What changes the auricle; share (N,) is 1 on it and 0 on the head, root (3,) is the middle of its root."""
    local = (p - root) * share[:, None]
    if name == "ear size":
        return 0.075 * local
    if name == "ear height":
        return only(2, 0.32 * share)
    out = np.maximum(local[:, 1] + 0.9, 0.0) * share
    return np.stack([0.17 * out, -0.05 * out, 0 * out], -1)


def displacements(p: np.ndarray, ear_share: np.ndarray, ear_root: np.ndarray, ball: np.ndarray):
    """Names and fields (K, N, 3) for points (N, 3); ball (N,) bool are those of the eyeball."""
    names, fields = [], []
    for name, field in DIRECTIONS.items():
        moved = carried_eye(p, field)
        moved[ball] = field(EYE[None])
        names.append(name)
        fields.append(moved)
    for name in ON_EYE:
        moved = eye_field(name, p)
        moved[ball] = 0.045 * (p[ball] - EYE) if name == "eye size" else 0.0
        names.append(name)
        fields.append(moved)
    for name in EARLIKE:
        names.append(name)
        fields.append(ear_field(name, p, ear_share, ear_root))
    return tuple(names), np.stack(fields)
