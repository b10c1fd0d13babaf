"""Cut a surface into charts: connected patches that bend little enough to be laid flat.

Geodesic Voronoi cells in the isophotic metric (Pottmann et al. 2004, "The isophotic metric and its
application to feature sensitive morphology on surfaces"): a step costs its length and its change of
normal, so that cells stay both round and flat. Seeds come from farthest points, then Lloyd's relaxation.

Glossary: F faces, labels (F,) chart number of each face.
"""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

NORMAL_STEP = 0.7  # cost of turning by 1 radian, in equivalent sphere radii
CHART_RADIUS = 2.2  # largest cost from a chart's seed to its rim
MAX_CHARTS = 400  # beyond the surface's own components
_LLOYD_ROUNDS = 3
_SMOOTHING_ROUNDS = 8  # of the normals, against the fit's fine ripple


def face_neighbors(faces: np.ndarray) -> np.ndarray:
    """faces (F, 3) -> pairs (P, 2) of faces that share an edge of exactly two faces."""
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64), 1)
    keys = edges[:, 0] * (faces.max() + 1) + edges[:, 1]
    order = np.argsort(keys, kind="stable")
    _, starts, counts = np.unique(keys[order], return_index=True, return_counts=True)
    starts = starts[counts == 2]
    return np.stack([order[starts], order[starts + 1]], 1) // 3


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-20)


def _features(vertices: np.ndarray, faces: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Where each face is and looks (F, 6), scaled so that Euclidean distance is the isophotic metric."""
    corners = vertices[faces].astype(np.float64)
    area_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 2
    radius = np.sqrt(np.linalg.norm(area_normals, axis=1).sum() / (4 * np.pi))
    normals = area_normals
    link = _link(pairs, np.ones(len(pairs)), len(faces))
    for _ in range(_SMOOTHING_ROUNDS):
        normals = normals + link @ normals
    return np.hstack([corners.mean(1) / max(radius, 1e-20), NORMAL_STEP * _unit(normals)])


def _link(pairs: np.ndarray, costs: np.ndarray, count: int) -> csr_matrix:
    rows, columns = np.concatenate([pairs[:, 0], pairs[:, 1]]), np.concatenate([pairs[:, 1], pairs[:, 0]])
    return csr_matrix((np.concatenate([costs, costs]), (rows, columns)), (count, count))


def _farthest_seeds(graph: csr_matrix, radius: float) -> np.ndarray:
    """One seed per component, then the face farthest from all seeds until every face lies within `radius`."""
    _, component = connected_components(graph, directed=False)
    seeds = list(np.unique(component, return_index=True)[1])
    nearest = dijkstra(graph, indices=seeds, min_only=True)
    for _ in range(MAX_CHARTS):
        farthest = int(np.argmax(nearest))
        if nearest[farthest] <= radius:
            break
        seeds.append(farthest)
        nearest = np.minimum(nearest, dijkstra(graph, indices=farthest, limit=nearest[farthest]))
    return np.array(seeds)


def _cells(graph: csr_matrix, seeds: np.ndarray) -> np.ndarray:
    """The number of the seed that each face is nearest to."""
    _, _, source = dijkstra(graph, indices=seeds, min_only=True, return_predecessors=True)
    number = np.zeros(graph.shape[0], np.int64)
    number[seeds] = np.arange(len(seeds))
    return number[source]


def _central_faces(features: np.ndarray, labels: np.ndarray, count: int) -> np.ndarray:
    sizes = np.maximum(np.bincount(labels, minlength=count), 1)
    means = np.stack([np.bincount(labels, column, count) / sizes for column in features.T], 1)
    error = ((features - means[labels]) ** 2).sum(1)
    order = np.lexsort((error, labels))
    return order[np.unique(labels[order], return_index=True)[1]]


def _straighten(labels: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Hand every face that two or more sides of another chart surround to that chart: rims without teeth."""
    count = len(labels)
    for _ in range(2):
        sides = np.concatenate([pairs, pairs[:, ::-1]])
        sides = sides[np.lexsort((labels[sides[:, 1]], sides[:, 0]))]
        same = (sides[1:, 0] == sides[:-1, 0]) & (labels[sides[1:, 1]] == labels[sides[:-1, 1]])
        winner = sides[1:][same]
        changed = labels.copy()
        changed[winner[:, 0]] = labels[winner[:, 1]]
        at_home = np.bincount(changed, minlength=labels.max() + 1)
        keep = at_home[labels] > 0  # never swallow a chart whole
        labels = np.where(keep[:count], changed, labels)
    return labels


def connected_labels(labels: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Renumber so that every chart is one connected patch."""
    inside = pairs[labels[pairs[:, 0]] == labels[pairs[:, 1]]]
    return connected_components(_link(inside, np.ones(len(inside)), len(labels)), directed=False)[1]


def segment(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, csr_matrix, np.ndarray]:
    """vertices (V, 3) any unit, faces (F, 3) -> labels (F,), the faces' metric graph (F, F), neighbor pairs (P, 2)."""
    pairs = face_neighbors(faces)
    features = _features(vertices, faces, pairs)
    steps = np.linalg.norm(features[pairs[:, 0]] - features[pairs[:, 1]], axis=1)
    graph = _link(pairs, np.maximum(steps, 1e-9), len(faces))
    seeds = _farthest_seeds(graph, CHART_RADIUS)
    for _ in range(_LLOYD_ROUNDS):
        labels = _cells(graph, seeds)
        seeds = _central_faces(features, labels, len(seeds))
    labels = _straighten(_cells(graph, seeds), pairs)
    return connected_labels(labels, pairs), graph, pairs


def split(labels: np.ndarray, graph: csr_matrix, chart: int) -> np.ndarray:
    """Labels with one chart halved between its two farthest faces (new number: the largest so far + 1)."""
    members = np.flatnonzero(labels == chart)
    inner = graph[members][:, members]
    first = int(np.argmax(_finite(dijkstra(inner, indices=0))))
    second = int(np.argmax(_finite(dijkstra(inner, indices=first))))
    if second == first:
        second = (first + 1) % len(members)
    half = _cells(inner, np.array([first, second])) == 1
    labels = labels.copy()
    labels[members[half]] = labels.max() + 1
    return labels


def _finite(distances: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(distances), distances, -1.0)
