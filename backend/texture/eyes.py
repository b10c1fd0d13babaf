"""Eyes drawn onto a head's eyeballs, around the pole of each: pupil, iris, its dark rim, sclera."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import warp as wp
from scipy.ndimage import gaussian_filter
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from ..scene import Surface, View
from ..scene.head import EYEBALL, HeadShape
from .anatomy import Axes
from .iris import RINGS, EyeColors, read_eyes
from .row_launch import RowLauncher

wp.set_module_options({"enable_backward": False})

_ANGLES = 96  # of the polar picture
_FEWEST = 12  # vertices of a component that counts as an eyeball
_CROWDED = 1.5  # times as many vertices along an eyeball's axis as across: then its net has poles there
_AHEAD = 0.8  # cosine to the head's direction within which a pole can be the pupil's
_REDDER = np.array([0.94, 0.72, 0.66])  # times the sclera's color at the back of the eye


@dataclass(frozen=True)
class Eyes:
    """number (F,) int32: the eyeball a face belongs to, -1 off the eyes; center, axis, side (N, 3); radius (N,)."""

    number: np.ndarray
    center: np.ndarray
    axis: np.ndarray
    side: np.ndarray
    radius: np.ndarray


@wp.struct
class EyePaint:
    """Eyes and their colors as the kernels read them."""

    number: wp.array(dtype=wp.int32)
    center: wp.array(dtype=wp.vec3)
    axis: wp.array(dtype=wp.vec3)
    side: wp.array(dtype=wp.vec3)
    polar: wp.array2d(dtype=wp.vec3)  # (rings, angles)
    sclera: wp.vec3
    back: wp.vec3
    iris: wp.float32  # radius, in the surface's frame
    drawn: wp.int32  # 1: instead of what the photos show there


@wp.func
def eye_color(eyes: EyePaint, number: int, point: wp.vec3) -> wp.vec3:
    away = point - eyes.center[number]
    axis, side = eyes.axis[number], eyes.side[number]
    ahead = wp.dot(away, axis)
    across = away - axis * ahead
    share = wp.length(across) / eyes.iris
    behind = wp.clamp(0.5 - ahead / wp.max(wp.length(away), 1.0e-12), 0.0, 1.0)
    white = eyes.sclera * (1.0 - behind) + eyes.back * behind
    if ahead <= 0.0 or share > 1.2:
        return white
    rings, angles = eyes.polar.shape[0], eyes.polar.shape[1]
    turn = wp.atan2(wp.dot(across, wp.cross(axis, side)), wp.dot(across, side)) / 6.2831853 + 1.0
    place = turn * float(angles)
    ring = wp.clamp(share * float(rings) - 0.5, 0.0, float(rings) - 1.0)
    r0, a0 = wp.min(int(ring), rings - 2), int(place)
    tr, ta = ring - float(r0), place - float(a0)
    inner = eyes.polar[r0, a0 % angles] * (1.0 - ta) + eyes.polar[r0, (a0 + 1) % angles] * ta
    outer = eyes.polar[r0 + 1, a0 % angles] * (1.0 - ta) + eyes.polar[r0 + 1, (a0 + 1) % angles] * ta
    iris = inner * (1.0 - tr) + outer * tr
    rim = wp.clamp((share - 0.93) / 0.14, 0.0, 1.0)
    rim = rim * rim * (3.0 - 2.0 * rim)
    return iris * (1.0 - rim) + white * rim


def find_eyes(surface: Surface, head: HeadShape, axes: Axes) -> Eyes:
    """Each connected part of the eyeballs' faces, with the axis that its pupil lies on."""
    faces = surface.faces
    number = np.full(len(faces), -1, np.int32)
    rows = np.flatnonzero((head.region[faces] == EYEBALL).all(1))
    start, end = faces[rows].ravel(), faces[rows][:, [1, 2, 0]].ravel()
    count = len(surface.vertices)
    labels = connected_components(csr_matrix((np.ones(len(start)), (start, end)), (count, count)), directed=False)[1]
    centers, poles, sides, radii = [], [], [], []
    for label in np.unique(labels[faces[rows, 0]]):
        points = surface.vertices[np.unique(faces[rows[labels[faces[rows, 0]] == label]])].astype(np.float64)
        if len(points) < _FEWEST:
            continue
        center, radius = _sphere(points)
        axis = _axis(points - center, axes.forward)
        side = np.cross(axes.turn[2], axis)
        number[rows[labels[faces[rows, 0]] == label]] = len(centers)
        centers.append(center)
        poles.append(axis)
        sides.append(side / max(np.linalg.norm(side), 1e-12))
        radii.append(radius)
    return Eyes(number, *(np.array(part).reshape(-1, 3) for part in (centers, poles, sides)), np.array(radii))


def _axis(away: np.ndarray, forward: np.ndarray) -> np.ndarray:
    """The pole of an eyeball's net, where its meridians meet and vertices crowd; else its foremost vertex.

    away (N, 3) from its center.
    """
    directions = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-12)
    spread, crowded = np.linalg.eigh(np.cov(directions.T))  # ascending
    axis = crowded[:, 2] * np.sign(crowded[:, 2] @ forward)
    if spread[2] > _CROWDED * spread[1] and axis @ forward > _AHEAD:
        return axis
    return directions[(away @ forward).argmax()]


def _sphere(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Least-squares sphere: |p|^2 = 2 p . c + (r^2 - |c|^2), linear in c and the last term."""
    middle = points.mean(0)
    local = points - middle
    solved = np.linalg.lstsq(np.c_[2 * local, np.ones(len(local))], (local**2).sum(1), rcond=None)[0]
    return middle + solved[:3], float(np.sqrt(max(solved[3] + (solved[:3] ** 2).sum(), 1e-12)))


def colors_of(eyes: Eyes, views: Sequence[View]) -> EyeColors | None:
    """What the photos tell of them; None where the head has no eyeballs."""
    return read_eyes(views, eyes.center, float(eyes.radius.mean())) if len(eyes.center) else None


def upload_eyes(eyes: Eyes, colors: EyeColors | None, gain: np.ndarray, launcher: RowLauncher, seed: int) -> EyePaint:
    """gain (3,): what the colors, sRGB, are multiplied with (from the photo to the albedo)."""
    paint = EyePaint()
    paint.number = launcher.upload(eyes.number, wp.int32)
    for name in ("center", "axis", "side"):
        setattr(paint, name, launcher.upload(getattr(eyes, name).astype(np.float32), wp.vec3))
    if colors is None:
        paint.polar = launcher.upload(np.zeros((RINGS, _ANGLES, 3), np.float32), wp.vec3)
        return paint
    paint.polar = launcher.upload(np.clip(_polar(colors, seed) * gain, 0, 1).astype(np.float32), wp.vec3)
    sclera = np.clip(colors.sclera * gain, 0, 0.95)
    paint.sclera, paint.back = wp.vec3(*sclera.tolist()), wp.vec3(*(sclera * _REDDER).tolist())
    paint.iris, paint.drawn = colors.radius, int(colors.measured)
    return paint


def _polar(colors: EyeColors, seed: int) -> np.ndarray:
    """(RINGS, angles, 3): the profile with radial fibers, strongest between pupil and rim."""
    noise = np.random.default_rng(seed).normal(size=(RINGS, _ANGLES))
    noise = gaussian_filter(noise, (3.0, 0.7), mode=("nearest", "wrap"))
    noise *= colors.spread / max(float(noise.std()), 1e-9)
    radii = (np.arange(RINGS) + 0.5) / RINGS
    share = np.clip((radii - 0.34) / 0.15, 0, 1) * np.clip((1 - radii) / 0.2, 0, 1)
    return colors.profile[:, None] * (1 + (noise * share[:, None] / max(float(colors.profile.mean()), 0.1))[..., None])
