"""How a head's normals turn when its identity or expression changes."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ..model import HeadModel
from .linear import Blocks, Columns
from .rotation import skew
from .solution import Solution


@dataclass(frozen=True)
class Ring:
    """Triangles around chosen vertices: rows (T,) says around which of `count`, triangles (T, 3) are its corners."""

    count: int
    rows: np.ndarray
    triangles: np.ndarray


def ring_of(chosen: np.ndarray, faces: np.ndarray, total: int) -> Ring:
    """The triangles of faces (F, 3) around chosen vertices (M,) of `total`."""
    index = np.full(total, -1)
    index[chosen] = np.arange(len(chosen))
    rows, corner = index[faces], np.nonzero(index[faces] >= 0)
    return Ring(len(chosen), rows[corner], faces[corner[0]])


def turning_normals(model: HeadModel, solution: Solution, number: int, ring: Ring) -> tuple[np.ndarray, Blocks]:
    """Unit normals (M, 3) in the world under one photo's expression, and their derivatives (M, 3, columns).

    N = sum over triangles of a x b + b x c + c x a, so dN = sum da x (b - c) + db x (c - a) + dc x (a - b).
    """
    at, rotation = Columns(solution), solution.placement.rotation
    points = model.shape(solution.identity, solution.expressions[number]).astype(float)
    a, b, c = np.moveaxis(points[ring.triangles], 1, 0)
    area = np.zeros((ring.count, 3))
    np.add.at(area, ring.rows, np.cross(b - a, c - a))
    length = np.maximum(np.linalg.norm(area, axis=1, keepdims=True), 1e-12)
    normals = area / length
    used, inverse = np.unique(ring.triangles, return_inverse=True)
    places = (np.tile(ring.rows, 3), inverse.reshape(-1, 3).T.ravel())
    across = np.concatenate([b - c, c - a, a - b])
    x, y, z = (sparse.csr_matrix((values, places), shape=(ring.count, len(used))) for values in across.T)

    def block(fields: np.ndarray) -> np.ndarray:
        dx, dy, dz = np.moveaxis(fields[:, used].astype(float), 0, 1).transpose(2, 0, 1)
        change = np.stack([z @ dy - y @ dz, x @ dz - z @ dx, y @ dx - x @ dy], 1) / length[:, :, None]
        change -= normals[:, :, None] * (normals[:, None] @ change)
        return rotation @ change

    world = normals @ rotation.T
    blocks = [(at.identity, block(model.identity)), (at.expressions[number], block(model.expressions))]
    if solution.cameras_known:
        blocks.append((slice(at.placement.start, at.placement.start + 3), -skew(world)))
    return world, blocks
