"""A strip of triangles between two loops."""

import numpy as np

_TURNED = 100.0  # times its length that an edge of a triangle costs which looks the wrong way
_UPRIGHT = 0.2  # cosine to the strip's normal, below which it does


def zip_loops(outer: np.ndarray, inner: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """outer (N, 3) and inner (M, 3), points of two loops that run side by side counter-clockwise; normals (N, 3) of
    the strip at the outer ones -> triangles (N + M, 3), counter-clockwise, inner points numbered from N.

    Of all strips that begin with the shortest edge, that with the least sum of squared edges (dynamic programming
    as in Fuchs, Kedem and Uselton 1977, "Optimal Surface Reconstruction from Planar Contours").
    """
    away = np.linalg.norm(outer[:, None] - inner[None], axis=2)
    begin = np.unravel_index(away.argmin(), away.shape)
    first, second = (np.arange(len(loop) + 1) + at for loop, at in zip((outer, inner), begin, strict=True))
    first, second = first % len(outer), second % len(inner)
    on_outer, on_inner = _costs(outer[first], inner[second], normals[first])
    steps = _cheapest(on_outer, on_inner)
    i = j = 0
    triangles = []
    for along_outer in steps:
        a, b = first[i], second[j] + len(outer)
        if along_outer:
            i += 1
            triangles.append((a, first[i], b))
        else:
            j += 1
            triangles.append((a, second[j] + len(outer), b))
    return np.array(triangles)


def _costs(outer: np.ndarray, inner: np.ndarray, normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the triangle that a step along the outer loop (N, M + 1), or along the inner one (N + 1, M), adds."""
    cross = inner[None] - outer[:, None]  # (N + 1, M + 1, 3)
    squared = (cross**2).sum(2)
    ahead = np.diff(outer, axis=0)[:, None]
    along = np.cross(ahead, cross[:-1])  # outer i, outer i + 1, inner j
    beside = np.cross(cross[:, 1:], cross[:, :-1])  # outer i, inner j + 1, inner j
    normals = normals[:, None]
    cost_outer = squared[1:] * np.where(_upright(along, normals[:-1]), 1, _TURNED)
    cost_inner = squared[:, 1:] * np.where(_upright(beside, normals), 1, _TURNED)
    return cost_outer, cost_inner


def _upright(crossed: np.ndarray, normals: np.ndarray) -> np.ndarray:
    return (crossed * normals).sum(-1) > _UPRIGHT * np.linalg.norm(crossed, axis=-1)


def _cheapest(on_outer: np.ndarray, on_inner: np.ndarray) -> list[bool]:
    """The steps from (0, 0) to (N, M): True for one along the outer loop."""
    rows, columns = len(on_inner), len(on_outer[0])
    total = np.full((rows, columns), np.inf)
    total[0] = np.concatenate([[0], np.cumsum(on_inner[0])])
    from_outer = np.zeros((rows, columns), bool)
    for i in range(1, rows):
        down = total[i - 1] + on_outer[i - 1]
        row, step = down.tolist(), on_inner[i].tolist()
        for j in range(1, columns):
            row[j] = min(row[j], row[j - 1] + step[j - 1])
        total[i], from_outer[i] = row, down <= row
    steps, i, j = [], rows - 1, columns - 1
    while i or j:
        outward = i > 0 and (j == 0 or bool(from_outer[i, j]))
        steps.append(outward)
        i, j = (i - 1, j) if outward else (i, j - 1)
    return steps[::-1]
