"""What the skin of a head encloses, carried along with it: eyeballs, and teeth with gums and tongue."""

import numpy as np

from ..scene import HeadShape, Surface
from ..scene.head import LIPS, MOUTH
from .closest import Closest
from .parts import Parts, part_surface

_LIDS = 0.003  # meters from an eyeball: skin that it follows
_SPACING = 0.001  # meters, see Closest
_CLEAR = 0.0001  # meters that lids keep from the ball, or less where the model's own are nearer


def carried_mouth(shape: HeadShape, parts: Parts, vertices: np.ndarray, metre: float) -> np.ndarray:
    """Teeth, gums and tongue moved, turned and scaled as one, as lips and mouth bag were on the whole (V, 3)."""
    around = parts.skin & np.isin(shape.region, (LIPS, MOUTH))
    if not parts.inside.any() or not around.any():
        return vertices
    before = shape.surface.vertices.astype(float)
    scale, rotation, shift = similarity(before[around], vertices[around])
    inside = parts.inside[:, None]
    return np.where(inside, scale * before @ rotation.T + shift, vertices)


def carried_eyes(shape: HeadShape, parts: Parts, vertices: np.ndarray, metre: float) -> np.ndarray:
    """Eyeballs moved as the lids about them were on the whole, and the lids kept from lying inside them (V, 3)."""
    before, vertices = shape.surface.vertices.astype(float), vertices.copy()
    normals = shape.surface.vertex_normals()
    for eye in parts.eyes:
        ball = part_surface(shape.surface, eye)
        near = np.flatnonzero(parts.skin)
        middle = ball.vertices.mean(0)
        size = np.linalg.norm(ball.vertices - middle, axis=1).max()
        near = near[np.linalg.norm(before[near] - middle, axis=1) < size + 3 * _LIDS * metre]
        if not len(near):
            continue
        touch = Closest(ball, _SPACING * metre, 0.0)
        gap = _height(touch, ball, before[near], normals[near])
        lids = near[gap < _LIDS * metre]
        moved = (vertices[lids] - before[lids]).mean(0) if len(lids) else np.zeros(3)
        vertices[eye] = before[eye] + moved
        vertices[near] = _pushed_out(touch, ball, vertices[near] - moved, normals[near], gap, metre) + moved
    return vertices


def similarity(before: np.ndarray, after: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Scale, rotation (3, 3) and shift (3,) that take points (N, 3) nearest to others (Umeyama 1991)."""
    first, second = before.mean(0), after.mean(0)
    left, strengths, right = np.linalg.svd((after - second).T @ (before - first))
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = left @ np.diag(signs) @ right
    scale = (strengths * signs).sum() / ((before - first) ** 2).sum()
    return scale, rotation, second - scale * rotation @ first


def _pushed_out(touch: Closest, ball: Surface, places, normals, gap, metre: float) -> np.ndarray:
    height, out = _height(touch, ball, places, normals), _outward(touch, ball, places, normals)
    lacking = np.minimum(gap, _CLEAR * metre) - height
    return places + out * np.maximum(lacking, 0)[:, None]


def _height(touch: Closest, ball: Surface, places, normals) -> np.ndarray:
    """(N,) above the ball's surface; negative inside."""
    met = touch.touch(places, normals)
    return ((places - met.point) * _outward(touch, ball, places, normals)).sum(1)


def _outward(touch: Closest, ball: Surface, places, normals) -> np.ndarray:
    """(N, 3) away from the ball's middle."""
    out = places - ball.vertices.mean(0)
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
