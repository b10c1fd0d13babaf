"""Observed points and tracks, carried through model, placement, pose and lens, with their derivatives.

Glossary: X model point (world), n its normal; C, k a camera's center and the viewing direction of a pixel (camera
axes, depth 1), d the same in the world; P = C + lambda d where the ray meets the plane (X, n). Turns are rotation
vectors applied after the rotation they change.
"""

from dataclasses import dataclass

import numpy as np

from ..model import HeadModel
from .observations import Observations, Relief, Tracks
from .rotation import skew
from .solution import Solution

Blocks = list[tuple[slice, np.ndarray]]  # columns of the unknowns, and derivatives (M, 2, columns)


@dataclass(frozen=True)
class Linear:
    """pixels (M, 2 or 1) where the photo should show the points, and how the unknowns move them."""

    pixels: np.ndarray
    blocks: Blocks


class Columns:
    """Which columns of the normal equations mean what."""

    def __init__(self, solution: Solution):
        shots, expressions = len(solution.shots), solution.expressions.shape[1]
        self.identity = slice(0, len(solution.identity))
        at = self.identity.stop
        self.expressions = [slice(at + n * expressions, at + (n + 1) * expressions) for n in range(shots)]
        at += shots * expressions
        self.placement = slice(at, at + 7 * solution.cameras_known)
        at = self.placement.stop
        step = 0 if solution.cameras_known else 6
        self.poses = [slice(at + n * step, at + (n + 1) * step) for n in range(shots)]
        at += shots * step
        self.lenses = [slice(at + n, at + n + 1) for n in range(len(solution.lenses))]
        self.size = at + len(solution.lenses)


class _Points:
    """World points X (M, 3) of the model under one photo's expression, and their derivatives (M, 3, columns)."""

    def __init__(
        self, model: HeadModel, solution: Solution, number: int, seen: Observations | Tracks | Relief, at: Columns
    ):
        placed = solution.placement
        identity, expressions = _gather(model.identity, seen), _gather(model.expressions, seen)
        local = (model.vertices[seen.corners] * seen.weights[:, :, None]).sum(1)
        local = local + identity @ solution.identity + expressions @ solution.expressions[number]
        turned = local @ placed.rotation.T * placed.scale
        self.world = turned + placed.translation
        frame = placed.rotation * placed.scale
        self.blocks: Blocks = [(at.identity, frame @ identity), (at.expressions[number], frame @ expressions)]
        if solution.cameras_known:
            shift = np.broadcast_to(np.eye(3), (len(local), 3, 3))
            self.blocks.append((at.placement, np.concatenate([-skew(turned), shift, turned[:, :, None]], 2)))


def _gather(fields: np.ndarray, seen: Observations | Tracks | Relief) -> np.ndarray:
    """fields (K, V, 3) -> (M, 3, K) at the observed points."""
    return np.einsum("kmcd,mc->mdk", fields[:, seen.corners], seen.weights, optimize=True)


def see(model: HeadModel, solution: Solution, number: int, seen: Observations) -> Linear:
    """Where photo `number` should show the observed points."""
    at = Columns(solution)
    points = _Points(model, solution, number, seen, at)
    pixels, by_world, own = _project(solution, number, points.world, at)
    return Linear(pixels, [*((columns, by_world @ block) for columns, block in points.blocks), *own])


def recede(model: HeadModel, solution: Solution, number: int, seen: Relief) -> Linear:
    """By how much the points of photo `number` lie behind their mean, in pixels (M, 1) at the head's distance.

    The scale from metres to pixels is taken as it stands: it hardly moves, and guesses are not worth its derivative.
    """
    at, shot = Columns(solution), solution.shots[number]
    points = _Points(model, solution, number, seen, at)
    ahead = shot.pose.rotation[2]
    swung = points.world @ shot.pose.rotation.T
    depth = swung[:, 2] + shot.pose.translation[2]
    scale = solution.lenses[shot.lens].focal / max(depth.mean(), 1e-6)

    def apart(values: np.ndarray) -> np.ndarray:
        return scale * (values - values.mean(0))

    blocks = [(columns, apart(ahead @ block)[:, None]) for columns, block in points.blocks]
    if not solution.cameras_known:
        turn = np.pad(-skew(swung)[:, 2], ((0, 0), (0, 3)))  # all points move ahead alike: no difference
        blocks.append((at.poses[number], apart(turn)[:, None]))
    return Linear(apart(depth)[:, None], blocks)


def follow(model: HeadModel, solution: Solution, tracks: Tracks) -> Linear:
    """Where the second photo should show what the first one shows at the tracks' pixels."""
    at, first = Columns(solution), solution.shots[tracks.first]
    points = _Points(model, solution, tracks.first, tracks, at)
    back, lens = first.pose.rotation.T, solution.lenses[first.lens]
    offset = (tracks.pixel - np.asarray(first.center)) / lens.focal
    ahead = np.pad(offset, ((0, 0), (0, 1)), constant_values=1.0)  # k
    center, toward = -back @ first.pose.translation, ahead @ back.T
    normal = tracks.normal
    slope = (normal * toward).sum(1)
    slope = np.where(np.abs(slope) < 1e-6, -1e-6, slope)
    reach = (normal * (points.world - center)).sum(1) / slope  # lambda
    world = center + reach[:, None] * toward
    by_point = toward[:, :, None] * normal[:, None, :] / slope[:, None, None]  # dP / dX
    by_center = np.eye(3) - by_point
    blocks = [(columns, by_point @ block) for columns, block in points.blocks]
    if not solution.cameras_known:
        swing = -back @ skew(first.pose.translation) + reach[:, None, None] * (back @ skew(ahead))
        blocks.append(
            (at.poses[tracks.first], by_center @ np.concatenate([swing, np.broadcast_to(-back, swing.shape)], 2))
        )
    narrowed = np.pad(-offset, ((0, 0), (0, 1))) @ back.T * reach[:, None]
    blocks.append((at.lenses[first.lens], by_center @ narrowed[:, :, None]))
    pixels, by_world, own = _project(solution, tracks.second, world, at)
    return Linear(pixels, [*((columns, by_world @ block) for columns, block in blocks), *own])


def _project(solution: Solution, number: int, world: np.ndarray, at: Columns):
    """pixels (M, 2) of world points (M, 3), d pixels / d points (M, 2, 3), blocks of the photo's own pose and lens."""
    shot = solution.shots[number]
    swung = world @ shot.pose.rotation.T
    camera = swung + shot.pose.translation
    focal, depth = solution.lenses[shot.lens].focal, np.maximum(camera[:, 2], 1e-6)
    offset = focal * camera[:, :2] / depth[:, None]
    by_camera = np.zeros((len(world), 2, 3))
    by_camera[:, 0, 0] = by_camera[:, 1, 1] = focal / depth
    by_camera[:, :, 2] = -offset / depth[:, None]
    own: Blocks = [(at.lenses[shot.lens], offset[:, :, None])]
    if not solution.cameras_known:
        own.append((at.poses[number], np.concatenate([-by_camera @ skew(swung), by_camera], 2)))
    return offset + np.asarray(shot.center), by_camera @ shot.pose.rotation, own
