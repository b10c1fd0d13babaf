"""Lips that stay before the teeth: what would come to lie behind teeth that are seen is pushed out."""

import numpy as np

from ..scene.relief import Nodes, lowest
from .lips import Lips

_STEP = 0.0006  # meters between the nodes of the map of teeth, seen from the front
_BEHIND = 0.006  # meters: what lies deeper behind the front of the teeth was never before them
_FACING = -0.3  # of a normal's y: skin that looks to the front
_ROUNDS = 3  # what looked to the side may look to the front once its neighbors are pushed


def before_teeth(mouth: Lips, pose: np.ndarray) -> np.ndarray:
    """pose (V, 3) -> pose whose lips' outside lies no deeper behind teeth that are seen than at rest."""
    if not len(mouth.teeth):
        return pose
    outside = np.unique(mouth.place.faces)
    allowed = np.maximum(_behind_teeth(mouth, mouth.rest, outside), 0)
    for _ in range(_ROUNDS):
        push = np.zeros(len(pose))
        push[outside] = np.maximum(_behind_teeth(mouth, pose, outside) - allowed, 0)
        if not push.any():
            break
        pose = pose - np.stack([np.zeros(len(pose)), _skirt(mouth.place.faces, push), np.zeros(len(pose))], 1)
    return pose


def _behind_teeth(mouth: Lips, pose: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """How deep (K,) meters vertices that look to the front lie behind teeth that are seen; -inf for the others."""
    turned = pose[:, [0, 2, 1]]
    nodes = Nodes.over(turned[np.unique(mouth.teeth), :2], _STEP)
    front = lowest(turned, mouth.teeth, nodes)
    front = np.where(lowest(turned, mouth.place.faces, nodes) < front, np.inf, front)  # a lip rolled in is covered
    at = np.rint((turned[vertices, :2] - nodes.low) / nodes.step).astype(int)
    inside = (at >= 0).all(1) & (at < np.array(nodes.shape)).all(1)
    at = np.clip(at, 0, np.array(nodes.shape) - 1)
    depth = np.where(inside, pose[vertices, 1] - front[at[:, 0], at[:, 1]], -np.inf)
    facing = _normals(pose, mouth.place.faces)[vertices, 1] < _FACING
    return np.where(facing & (depth < _BEHIND), depth, -np.inf)


def _normals(pose: np.ndarray, faces: np.ndarray) -> np.ndarray:
    corners = pose[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros_like(pose)
    for corner in range(3):
        np.add.at(total, faces[:, corner], normal)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-20)


def _skirt(faces: np.ndarray, push: np.ndarray, rounds: int = 10) -> np.ndarray:
    """push (V,) with a slope around it where it would end as a step."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.concatenate([edges, edges[:, ::-1]])
    count = np.maximum(np.bincount(edges[:, 0], minlength=len(push)), 1)
    spread = push
    for _ in range(rounds):
        spread = np.maximum(push, np.bincount(edges[:, 0], spread[edges[:, 1]], len(push)) / count)
    return spread
