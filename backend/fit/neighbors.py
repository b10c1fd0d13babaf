"""Which views to compare with which."""

import numpy as np

from ..scene import View

_BEST_ANGLE = 20.0  # degrees between viewing directions: enough parallax, little change of looks
_SPREAD = 18.0  # degrees; how quickly a pair loses worth away from the best angle
_MAX_ANGLE = 62.0  # degrees; beyond it hardly any surface is seen squarely by both


def view_pairs(views: tuple[View, ...], count: int) -> list[list[int]]:
    """For each view the numbers of up to `count` others, best first, seen from the origin; none of weight 0."""
    directions = np.stack([view.camera.position for view in views])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    angles = np.degrees(np.arccos(np.clip(directions @ directions.T, -1, 1)))
    worth = np.exp(-0.5 * ((angles - _BEST_ANGLE) / _SPREAD) ** 2)
    worth[(angles > _MAX_ANGLE) | (angles < 2.0)] = 0
    worth[:, [view.weight <= 0 for view in views]] = 0
    pairs = []
    for row in worth:
        order = np.argsort(-row, kind="stable")[:count]
        pairs.append([int(k) for k in order if row[k] > 0])
    return pairs


def witnesses(views: tuple[View, ...], count: int) -> list[list[int]]:
    """For each view up to `count` others that see the same surface from as many sides as possible."""
    directions = np.stack([view.camera.position for view in views])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    angles = np.degrees(np.arccos(np.clip(directions @ directions.T, -1, 1)))
    chosen = []
    for row in angles:
        near = [int(k) for k in np.argsort(row, kind="stable")[1:] if row[k] <= _MAX_ANGLE]
        # Every so many of the sorted ones: near and far alike.
        picks = np.linspace(0, len(near) - 1, min(count, len(near))).round().astype(int)
        chosen.append([near[pick] for pick in picks])
    return chosen
