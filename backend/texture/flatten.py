"""Lay charts flat with little stretch: as-rigid-as-possible parameterization, all charts at once.

Liu, Zhang, Xu, Gotsman & Gortler 2008, "A Local/Global Approach to Mesh Parameterization": the local step
turns every triangle's own flat shape onto the present layout (closed form in 2D), the global step solves
one Laplacian system, factorized once. A layout is valid when no triangle is turned over and no chart's
rim crosses itself.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix, identity
from scipy.sparse.linalg import splu

_ROUNDS = 12
_PROXIMAL = 1e-4  # keeps each chart where it is: the Laplacian alone leaves translation open
_LEAST_COTANGENT = 0.05  # negative weights could turn triangles over
_TURNED = 5e-3  # share of a chart's area that may be turned over: folds of the mesh itself, needles
_LEAST_SCALE = 0.1  # of the true area: below, a chart has collapsed, as a closed surface does
_MOST_STRETCH = 6.0  # largest ratio of area scale between a chart's triangles (5th to 95th percentile)


@dataclass(frozen=True)
class Layout:
    """Charts laid flat in the surface's own unit, each around its own origin.

    uvs (U, 2) float64, faces (F, 3) into uvs, charts (U,) chart of each uv
    """

    uvs: np.ndarray
    faces: np.ndarray
    charts: np.ndarray


def flatten(vertices: np.ndarray, faces: np.ndarray, labels: np.ndarray) -> Layout:
    """vertices (V, 3), faces (F, 3), labels (F,) chart of each face -> layout in the same unit of length."""
    keys = labels[:, None].astype(np.int64) * len(vertices) + faces
    unique, uv_faces = np.unique(keys, return_inverse=True)
    uv_faces = uv_faces.reshape(-1, 3)
    charts, points = unique // len(vertices), vertices[unique % len(vertices)].astype(np.float64)
    uvs = _project(points, uv_faces, charts, labels)
    shape = _flat_triangles(points[uv_faces])
    weights = _cotangents(shape)
    solve = _global_solver(uv_faces, weights, len(uvs))
    for _ in range(_ROUNDS):
        uvs = solve(uvs, _targets(uvs[uv_faces], shape, weights))
    return Layout(uvs, uv_faces, charts)


def _project(points: np.ndarray, faces: np.ndarray, charts: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The charts seen along their mean normals."""
    corners = points[faces]
    area_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    mean = np.stack([np.bincount(labels, column, labels.max() + 1) for column in area_normals.T], 1)
    mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-20)
    helper = np.eye(3)[np.argmin(np.abs(mean), 1)]
    x_axis = np.cross(helper, mean)
    x_axis /= np.maximum(np.linalg.norm(x_axis, axis=1, keepdims=True), 1e-20)
    y_axis = np.cross(mean, x_axis)
    return np.stack([(points * x_axis[charts]).sum(1), (points * y_axis[charts]).sum(1)], 1)


def _flat_triangles(corners: np.ndarray) -> np.ndarray:
    """corners (F, 3, 3) -> the same triangles in a plane of their own (F, 3, 2)."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    length = np.maximum(np.linalg.norm(a, axis=1), 1e-12)
    along = (a * b).sum(1) / length
    height = np.sqrt(np.maximum((b * b).sum(1) - along**2, 1e-24))
    zero = np.zeros_like(length)
    return np.stack([np.stack([zero, zero], 1), np.stack([length, zero], 1), np.stack([along, height], 1)], 1)


def _edges(triangles: np.ndarray) -> np.ndarray:
    """(F, 3, 2) -> edge opposite each corner k: corner k+2 minus corner k+1 (F, 3, 2)."""
    return triangles[:, [2, 0, 1]] - triangles[:, [1, 2, 0]]


def _cotangents(shape: np.ndarray) -> np.ndarray:
    """Cotangent of the angle at each corner (F, 3), bounded below and above."""
    edges = _edges(shape)
    before, after = edges[:, [1, 2, 0]], -edges[:, [2, 0, 1]]
    dot = -(before * -after).sum(-1)
    cross = before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]
    return np.clip(-dot / np.maximum(np.abs(cross), 1e-20), _LEAST_COTANGENT, 20.0)


def _targets(layout: np.ndarray, shape: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Local step: each triangle's weighted edges (F, 3, 2), turned onto the present layout."""
    have, own = _edges(layout), _edges(shape)
    cosine = (weights[..., None] * have * own).sum((1, 2))
    sine = (weights * (have[..., 1] * own[..., 0] - have[..., 0] * own[..., 1])).sum(1)
    norm = np.maximum(np.hypot(cosine, sine), 1e-20)
    cosine, sine = (cosine / norm)[:, None], (sine / norm)[:, None]
    turned = np.stack([cosine * own[..., 0] - sine * own[..., 1], sine * own[..., 0] + cosine * own[..., 1]], -1)
    return weights[..., None] * turned


def _global_solver(faces: np.ndarray, weights: np.ndarray, count: int):
    start, end = faces[:, [1, 2, 0]].ravel(), faces[:, [2, 0, 1]].ravel()
    w = weights.ravel()
    rows = np.concatenate([start, end, start, end])
    columns = np.concatenate([start, end, end, start])
    laplacian = csc_matrix((np.concatenate([w, w, -w, -w]), (rows, columns)), (count, count))
    factor = splu(laplacian + _PROXIMAL * identity(count, format="csc"), options={"SymmetricMode": True},
                  permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0)  # fmt: skip

    def solve(uvs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        pull = targets.reshape(-1, 2)
        right = np.stack([np.bincount(end, pull[:, k], count) - np.bincount(start, pull[:, k], count)
                          for k in range(2)], 1)  # fmt: skip
        return factor.solve(right + _PROXIMAL * uvs)

    return solve


def signed_areas(triangles: np.ndarray) -> np.ndarray:
    """(F, 3, 2) -> (F,), positive when counter-clockwise."""
    a, b = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    return (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2


def broken_charts(layout: Layout, vertices: np.ndarray, faces: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Numbers of the charts that fold, cross themselves or stretch too much."""
    count = int(labels.max()) + 1
    true_area = signed_areas(_flat_triangles(vertices[faces].astype(np.float64)))
    area = signed_areas(layout.uvs[layout.faces])
    turned = np.bincount(labels, np.maximum(-area, 0), count) > _TURNED * np.bincount(labels, true_area, count)
    bad = set(np.flatnonzero(turned).tolist())
    scale = area / np.maximum(true_area, 1e-20)
    rims = _rims(layout.faces)
    rim_charts = layout.charts[rims[:, 0]]
    for chart in np.setdiff1d(np.unique(labels), sorted(bad)):
        members = np.flatnonzero(labels == chart)
        low, high = _weighted_quantiles(scale[members], true_area[members], (0.05, 0.95))
        collapsed = low < _LEAST_SCALE or high > _MOST_STRETCH * low
        if collapsed or _crosses_itself(layout.uvs, rims[rim_charts == chart]):
            bad.add(int(chart))
    return np.array(sorted(bad), np.int64)


def _weighted_quantiles(values: np.ndarray, weights: np.ndarray, fractions: tuple[float, ...]) -> np.ndarray:
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / max(float(weights.sum()), 1e-20)
    return values[order[np.minimum(np.searchsorted(share, fractions), len(values) - 1)]]


def _rims(faces: np.ndarray) -> np.ndarray:
    """Edges (B, 2) that belong to one triangle only."""
    edges = faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    keys = np.sort(edges, 1)
    _, first, counts = np.unique(keys[:, 0] * (faces.max() + 1) + keys[:, 1], return_index=True, return_counts=True)
    return edges[first[counts == 1]]


def _crosses_itself(uvs: np.ndarray, rim: np.ndarray) -> bool:
    """Whether any two edges of the rim that share no vertex cross."""
    a, b = uvs[rim[:, 0]], uvs[rim[:, 1]]

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])

    for i in range(0, len(rim), 256):  # blocks bound the memory
        p, q, ends = a[i : i + 256, None], b[i : i + 256, None], rim[i : i + 256]
        cross = side(p, q, a[None]) * side(p, q, b[None]) < 0
        cross &= side(a[None], b[None], p) * side(a[None], b[None], q) < 0
        shared = (ends[:, None, :, None] == rim[None, :, None, :]).any((2, 3))
        if (cross & ~shared).any():
            return True
    return False
