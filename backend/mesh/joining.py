"""A fitted surface with holes and the patches of a head model for them, joined by strips of triangles."""

from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

from ..scene import Surface
from .closest import Closest
from .cutting import Cut, widened
from .smoothing import umbrella
from .zipper import zip_loops

_SPACING, _TURN = 0.002, 0.003  # meters, see Closest
_BLEND = 0.005  # meters within a patch over which it is brought onto the surface at its loop
_RINGS = 3  # of the surface's vertices about a hole, which are spread evenly
_PASSES, _STEP = 10, 0.5  # of spreading, and the share of the way to the neighbors' mean
_WIDENINGS = 3  # times that a hole is made wider
_ZIPS = 3  # strips are made anew after spreading, but for the last


def joined(target: Surface, model: Surface, cuts: Sequence[Cut], metre: float) -> tuple[Surface, np.ndarray, list[Cut]]:
    """The closed surface with the model's patches and parts, for each vertex the model's (V,) that it is, or -1, and
    the cuts that were joined.

    The target's remaining vertices come first, then the model's, each in their order. A hole about which triangles
    would be folded is made wider; one that stays so is left out.
    """
    start, on_target = len(target.vertices), Closest(target, _SPACING * metre, _TURN * metre)
    normals = np.concatenate([target.vertex_normals(), model.vertex_normals()])
    before = np.concatenate([target.vertices, _brought(model, cuts, on_target, metre)]).astype(float)
    for widening in range(_WIDENINGS + 1):
        vertices, faces = _sewn(target, model, before, normals, cuts, on_target)
        folded = _folded(vertices, faces, normals, start)
        if not len(folded):
            break
        if widening < _WIDENINGS:
            cuts = [widened(target, cut, folded) for cut in cuts]
    else:
        smooth = [cut for cut in cuts if not np.isin(cut.loop, folded).any()]
        return joined(target, model, smooth, metre)  # without those about which triangles are folded
    used = np.unique(faces)
    surface = Surface(vertices[used].astype(np.float32), np.searchsorted(used, faces).astype(np.int32))
    return surface, np.where(used >= start, used - start, -1).astype(np.int32), list(cuts)


def _sewn(target: Surface, model: Surface, vertices, normals, cuts: Sequence[Cut], on_target: Closest) -> tuple:
    """Vertices (V, 3), the target's and then the model's, and all triangles (F, 3) with the strips."""
    start = len(target.vertices)
    gone = np.any([cut.faces for cut in cuts], 0) if cuts else np.zeros(len(target.faces), bool)
    pieces = [target.faces[~gone]]
    for cut in cuts:
        pieces += [model.faces[cut.opening.faces] + start, model.faces[cut.opening.parts[model.faces].all(1)] + start]
    faces = np.concatenate(pieces)
    for number in range(_ZIPS if cuts else 0):
        faces = np.concatenate([*pieces, *(_strip(cut, start, vertices, normals) for cut in cuts)])
        if number < _ZIPS - 1:
            vertices = _spread(vertices, faces, normals, cuts, on_target, start)
    return vertices, faces


def _folded(vertices: np.ndarray, faces: np.ndarray, normals: np.ndarray, start: int) -> np.ndarray:
    """Vertices of the target in triangles at a seam that look against their corners."""
    seam = faces[(faces >= start).any(1) & (faces < start).any(1)]
    corners = vertices[seam]
    look = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    against = (look * normals[seam].sum(1)).sum(1) < 0
    return np.unique(seam[against][seam[against] < start])


def _strip(cut: Cut, start: int, vertices: np.ndarray, normals: np.ndarray) -> np.ndarray:
    outer, inner = cut.loop, cut.opening.loop + start
    return np.concatenate([outer, inner])[zip_loops(vertices[outer], vertices[inner], normals[outer])]


def _brought(model: Surface, cuts: Sequence[Cut], on_target: Closest, metre: float) -> np.ndarray:
    """The model's vertices (M, 3) with the loops on the target, and what is near them moved along."""
    vertices, normals = model.vertices.astype(float), model.vertex_normals()
    for cut in cuts:
        loop, height = cut.opening.loop, cut.opening.height
        shift = on_target.touch(model.vertices[loop], normals[loop]).point - model.vertices[loop]
        near = np.flatnonzero((height <= 0) & (height > -_BLEND * metre))
        away, at = cKDTree(model.vertices[loop]).query(model.vertices[near], min(4, len(loop)))
        weights = 1 / (away + 1e-3 * _BLEND * metre)
        share = 1 + height[near] / (_BLEND * metre)
        mean = (weights[..., None] * shift[at]).sum(1) / weights.sum(1, keepdims=True)
        vertices[near] += (share**2 * (3 - 2 * share))[:, None] * mean
    return vertices


def _spread(vertices, faces, normals, cuts: Sequence[Cut], on_target: Closest, start: int) -> np.ndarray:
    """The target's vertices about the holes spread evenly over the target."""
    near = np.zeros(len(vertices), bool)
    near[np.concatenate([cut.loop for cut in cuts])] = True
    for _ in range(_RINGS):
        near[faces[near[faces].any(1)]] = True
    near = np.flatnonzero(near[:start])
    to_mean = umbrella(faces, len(vertices))[near]
    vertices = vertices.copy()
    for _ in range(_PASSES):
        vertices[near] += _STEP * (to_mean @ vertices)
        vertices[near] = on_target.touch(vertices[near], normals[near]).point
    return vertices
