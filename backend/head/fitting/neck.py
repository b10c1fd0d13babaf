"""The open lower end of a head model, closed: nobody shall look up through the neck at the backs of the eyes.

The opening's rim is not flat, so a fan would come out of the shoulders. The lid is made of rings instead, each the rim
drawn together about its middle; from the first on they lie nearly as deep as the rim's lowest point. It moves with the
rim.
"""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ...scene.head import NECK
from ..model import HeadModel

# Rings of the lid: their radii, of the rim's, and what is left of the rim's height above its lowest point.
_RINGS = (0.90, 0.25), (0.72, 0.05), (0.48, 0.0), (0.24, 0.0)


def with_closed_neck(model: HeadModel) -> HeadModel:
    """The model with a lid of rings in the neck's lower rim.

    The lid's texture coordinates are those of the rim, without an area of their own: it takes the rim's color.
    """
    rim, uvs = _rim(model)
    count, first = len(rim), len(model.vertices)
    if not count:
        return model
    spokes, following = np.arange(count), np.roll(np.arange(count), -1)
    rings = np.concatenate([rim[None], first + np.arange(len(_RINGS) * count).reshape(-1, count)])
    middle, none = first + len(_RINGS) * count, np.full(count, -1)
    # A lid's edges run against those of the skin.
    quads = [np.stack([outer[following], outer, inner, inner[following]], 1)
             for outer, inner in pairwise(rings)]  # fmt: skip
    fan = np.stack([rings[-1][following], rings[-1], np.full(count, middle), none], 1)
    start, end = uvs.T
    drawn = [*[np.stack([end, start, start, end], 1)] * len(quads), np.stack([end, start, start, none], 1)]
    weights = np.concatenate(
        [r * np.eye(count) + (1 - r) / count for r, _ in _RINGS] + [np.full((1, count), 1 / count)]
    )
    heights = np.append(np.repeat([height for _, height in _RINGS], count), 0)
    place = dict(zip(rim.tolist(), spokes.tolist(), strict=True))
    twin = np.array([place.get(other, own) for own, other in enumerate(model.mirror[rim].tolist())])
    return replace(
        model,
        vertices=_sunk(_joined(model.vertices, rim, weights), first, heights),
        polygons=np.concatenate([model.polygons, *quads, fan]).astype(np.int32),
        uv_polygons=np.concatenate([model.uv_polygons, *drawn]).astype(np.int32),
        region=np.append(model.region, np.full(len(weights), NECK, np.uint8)),
        mirror=np.concatenate([model.mirror, rings[1:, twin].ravel(), [middle]]).astype(np.int32),
        identity=_joined(model.identity, rim, weights),
        expressions=_joined(model.expressions, rim, weights),
    )


def _sides(model: HeadModel) -> np.ndarray:
    return np.where(model.polygons[:, 3] >= 0, 4, 3)


def _rim(model: HeadModel) -> tuple[np.ndarray, np.ndarray]:
    """The rim's vertices (R,) in the order of the skin's polygons, and for the edge from each to the next the
    numbers of its texture coordinates (R, 2)."""
    polygon, side = _free_edges(model).T
    following = (side + 1) % _sides(model)[polygon]
    start, end = model.polygons[polygon, side], model.polygons[polygon, following]
    uvs = np.stack([model.uv_polygons[polygon, side], model.uv_polygons[polygon, following]], 1)
    edge_from = {int(vertex): number for number, vertex in enumerate(start)}
    order, number = [], 0
    while len(start) and len(order) < len(start) and (not order or number != order[0]):
        order.append(number)
        number = edge_from[int(end[number])]
    return start[order], uvs[order]


def _free_edges(model: HeadModel) -> np.ndarray:
    """(R, 2) polygon and corner at which each free edge of the neck begins, in the polygon's direction."""
    sides, edges = _sides(model), []
    for corner in range(4):
        there = np.flatnonzero(corner < sides)
        following = (corner + 1) % sides[there]
        ends = model.polygons[there, corner], model.polygons[there, following]
        edges.append(np.stack([np.minimum(*ends), np.maximum(*ends), there, np.full(len(there), corner)], 1))
    edges = np.concatenate(edges)
    edges = edges[(model.region[edges[:, :2]] == NECK).all(1)]
    count = Counter(map(tuple, edges[:, :2]))
    return edges[[count[tuple(edge)] == 1 for edge in edges[:, :2]]][:, 2:]


def _joined(values: np.ndarray, rim: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """values (..., V, 3) with the lid's vertices appended, weights (L, R) of the rim's."""
    return np.concatenate([values, weights @ values[..., rim, :]], -2).astype(np.float32)


def _sunk(vertices: np.ndarray, first: int, heights: np.ndarray) -> np.ndarray:
    """vertices (V, 3), those of the lid from `first` on with shares (L,) of their height above the lowest of all."""
    floor = vertices[:, 2].min()
    vertices[first:, 2] = floor + heights * (vertices[first:, 2] - floor)
    return vertices
