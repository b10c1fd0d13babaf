"""How far a detected point can be relied on: its standard deviation, and the confidence in the whole face.

sigma^2 = (disagreement of the crops)^2 + floor^2 + (a share that depends on where the point lies)^2, the last two in
units of the distance between the outer corners of the eyes. A point that the turned head hides says nothing.
"""

import numpy as np
from scipy.spatial import Delaunay

from . import regions

FLOOR = 0.004
_PLAIN = 0.012  # cheeks, temples, forehead: skin without marks, where a point slides
# Where a point lies on something. Later rows win.
_SHARES = (
    (regions.RIGHT_EYE + regions.LEFT_EYE + regions.NOSE, 0.006),
    (regions.RIGHT_IRIS + regions.LEFT_IRIS + (regions.RIGHT_IRIS_CENTER, regions.LEFT_IRIS_CENTER), 0.006),
    (regions.LIPS + regions.MOUTH, 0.008),
    (regions.RIGHT_BROW + regions.LEFT_BROW, 0.015),
    (regions.OVAL, 0.030),
    (regions.HAIRLINE, 0.050),
)
_CALM = 0.010  # disagreement over the eye distance up to which a detection is as good as any
_TORN = 0.080  # and from which on it is worth nothing
_HIDDEN = 0.10  # cosine between a point's normal and the view below which the point is not seen
_GROWTH = 50.0  # degrees of yaw at which everything is twice as uncertain
_OUTLINE = 20.0  # degrees of yaw from which on the far contour is the head's outline, no longer the same points


def confidence_of(disagreement: float) -> float:
    """disagreement: median over the points, in units of the eye distance -> 0 .. 1."""
    return float(np.clip(np.log(_TORN / max(disagreement, 1e-9)) / np.log(_TORN / _CALM), 0, 1))


def sigma_of(points: np.ndarray, disagreement: np.ndarray, scale: float) -> np.ndarray:
    """points (478, 3) pixels with the detector's depth, disagreement (478,) pixels -> sigma (478,), inf where hidden.

    scale: distance between the outer corners of the eyes, pixels.
    """
    facing = _facing(points)
    sigma = np.sqrt(disagreement**2 + scale**2 * (FLOOR**2 + _share() ** 2))
    sigma /= np.clip(facing, _HIDDEN, 1)  # an error along the surface shows less, an error in depth shows more
    hidden = facing < _HIDDEN
    yaw = yaw_between(points)
    sigma *= 1 + (yaw / _GROWTH) ** 2
    if abs(yaw) > _OUTLINE:
        oval = np.array(regions.OVAL)
        far = (across(points)[2] > 0) == (regions.SIDE[oval] > 0)
        hidden[oval[far & (regions.SIDE[oval] != 0)]] = True
    return np.where(hidden, np.inf, sigma).astype(np.float32)


def across(points: np.ndarray) -> np.ndarray:
    """points (478, 3) -> (3,): from the face's right to its left, a mean over all pairs; x right, y down, z away."""
    left = np.nonzero(regions.SIDE > 0)[0]
    return (points[left] - points[regions.MIRROR[left]]).mean(0)


def yaw_between(points: np.ndarray) -> float:
    """points (478, 3) -> degrees; positive where the subject turns to its left, that is to the picture's right."""
    x, y, z = across(points)
    return float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def _share() -> np.ndarray:
    share = np.full(len(regions.MIRROR), _PLAIN)
    for where, value in _SHARES:
        share[list(where)] = value
    return share


def _facing(points: np.ndarray) -> np.ndarray:
    """Cosine between each point's normal and the view (478,): 1 = seen straight on, negative = turned away.

    The triangles are Delaunay's over the mesh as seen from its own front.
    """
    skin = points[: regions.SKIN_POINTS]
    sideways = across(points)
    sideways = sideways / np.linalg.norm(sideways)
    down = points[regions.CHIN] - points[regions.FOREHEAD_TOP]
    down = down - sideways * (down @ sideways)
    triangles = Delaunay(skin @ np.stack([sideways, down / np.linalg.norm(down)], 1)).simplices
    a, b, c = np.moveaxis(skin[triangles], 1, 0)
    normals = np.cross(b - a, c - a)
    normals *= np.sign(normals @ np.cross(down, sideways))[:, None]  # towards the side that the face looks to
    total = np.zeros_like(skin)
    np.add.at(total, triangles.ravel(), np.repeat(normals, 3, 0))
    facing = -total[:, 2] / np.maximum(np.linalg.norm(total, axis=1), 1e-9)
    irises = facing[[regions.RIGHT_OUTER, regions.LEFT_OUTER]].repeat(5)
    return np.concatenate([facing, irises])
