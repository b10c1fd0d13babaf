"""The armature: neck, head, jaw and both eyes, found on the surface itself, and which vertex follows which bone."""

from collections.abc import Mapping

import numpy as np
from scipy.spatial import cKDTree

from ..scene.head import EAR, FACE, NECK, SCALP
from ..scene.rig import JOINTS, Joint
from .eyes import Eyes, eyes_of
from .jaw import Hinge, attachment, hinge_of

_BENDING = 0.7  # of the neck's length: over it the neck's weight rises from 0 to 1
_BORDER, _BASE = 0.2, 0.8  # of the neck's length, from the jaw and the nape downwards
_CROWN = 2.2  # distances between the eyes: from the head's joint to the top of the head
_BELOW = (0.5, 2.0)  # distances between the eyes: the head's joint and the neck's below the ears, where no neck is


def skeleton_of(
    vertices: np.ndarray, region: np.ndarray, keys: Mapping[str, np.ndarray]
) -> tuple[tuple[Joint, ...], np.ndarray]:
    """Joints in the frame of the vertices, and weights (V, 5) float32 in the order of scene.rig.JOINTS, rows sum to 1.

    vertices (V, 3) in any frame and scale; region (V,) of scene.head.REGIONS; keys (V, 3) on these vertices,
    of which jawOpen and the blinks are read.
    """
    eyes = eyes_of(vertices, region, keys)
    opening = keys["jawOpen"]
    hinge = hinge_of(vertices, opening)
    below = _below(vertices, region)
    weights = np.zeros((len(vertices), len(JOINTS)))
    weights[:, JOINTS.index("neck")] = _rising(below / _BENDING)
    if hinge is not None:
        weights[:, JOINTS.index("jaw")] = attachment(vertices, opening, hinge) * (1 - weights[:, 0])
    for ball in eyes.balls:
        weights[ball.members] = 0
        weights[ball.members, JOINTS.index(f"eye{ball.side}")] = 1
    weights[:, JOINTS.index("head")] = 1 - weights.sum(1)
    return _joints(vertices, region, opening, eyes, hinge, below), weights.astype(np.float32)


def _below(vertices: np.ndarray, region: np.ndarray) -> np.ndarray:
    """How far down the neck each vertex is, (V,): 0 where the head begins, 1 at the neck's end."""
    neck, head = region == NECK, np.isin(region, (FACE, SCALP, EAR))
    below = np.zeros(len(vertices))
    if neck.any() and head.any():
        below[neck] = cKDTree(vertices[head]).query(vertices[neck])[0]
        below /= below.max()
    return below


def _joints(vertices, region, opening, eyes: Eyes, hinge: Hinge | None, below: np.ndarray) -> tuple[Joint, ...]:
    top, base = _spine(vertices, region, eyes, below)
    middle = (eyes.balls[0].center + eyes.balls[1].center) / 2

    def centered(point: np.ndarray) -> np.ndarray:
        """On the middle plane."""
        return point + eyes.left * (eyes.left @ (middle - point))

    jaw = centered(hinge.point) if hinge is not None else top
    reach = np.where(region == FACE, np.linalg.norm(opening, axis=1), 0)
    chin = vertices[reach > 0.98 * reach.max()].mean(0) if reach.any() else jaw + eyes.forward * eyes.apart
    top, base, chin = centered(top), centered(base), centered(chin)
    crown = top + eyes.up * _CROWN * eyes.apart
    looks = [Joint(f"eye{ball.side}", "head", ball.center, ball.center + 2 * ball.radius * eyes.forward)
             for ball in eyes.balls]  # fmt: skip
    return (Joint("neck", None, base, top), Joint("head", "neck", top, crown), Joint("jaw", "head", jaw, chin), *looks)


def _spine(vertices, region, eyes: Eyes, below: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the neck meets the head, and where it begins, (3,) each."""
    if below.any():
        border, end = (below > 0) & (below < _BORDER), below > _BASE
        return vertices[border].mean(0).astype(float), vertices[end].mean(0).astype(float)
    ears = vertices[region == EAR] if (region == EAR).any() else vertices
    top, base = (ears.mean(0) - eyes.up * step * eyes.apart for step in _BELOW)
    return top, base


def _rising(share: np.ndarray) -> np.ndarray:
    """0 below 0, 1 above 1, smooth between."""
    share = np.clip(share, 0, 1)
    return share**2 * (3 - 2 * share)
