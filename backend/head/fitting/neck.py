"""The open lower end of a head model, closed: nobody shall look up through the neck at the backs of the eyes."""

from collections import Counter
from dataclasses import replace

import numpy as np

from ...scene.head import NECK
from ..model import HeadModel


def with_closed_neck(model: HeadModel) -> HeadModel:
    """The model with a lid of triangles around one more vertex, the middle of the neck's lower rim.

    The lid's texture coordinates are those of the rim, without an area of their own: it takes the rim's color.
    """
    corners = _rim(model)
    if not len(corners):
        return model
    polygon, side = corners.T
    following = (side + 1) % _sides(model)[polygon]
    start, end = model.polygons[polygon, side], model.polygons[polygon, following]
    uv_start, uv_end = model.uv_polygons[polygon, side], model.uv_polygons[polygon, following]
    rim, middle, none = np.unique(start), len(model.vertices), np.full(len(start), -1)
    lid = np.stack([end, start, np.full(len(start), middle), none], 1)
    return replace(
        model,
        vertices=_joined(model.vertices, rim),
        polygons=np.concatenate([model.polygons, lid]).astype(np.int32),
        uv_polygons=np.concatenate([model.uv_polygons, np.stack([uv_end, uv_start, uv_start, none], 1)]).astype(
            np.int32
        ),
        region=np.append(model.region, np.uint8(NECK)),
        mirror=np.append(model.mirror, np.int32(middle)),
        identity=_joined(model.identity, rim),
        expressions=_joined(model.expressions, rim),
    )


def _sides(model: HeadModel) -> np.ndarray:
    return np.where(model.polygons[:, 3] >= 0, 4, 3)


def _rim(model: HeadModel) -> np.ndarray:
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


def _joined(values: np.ndarray, rim: np.ndarray) -> np.ndarray:
    """values (..., V, 3) with the rim's mean as one more vertex."""
    return np.concatenate([values, values[..., rim, :].mean(-2, keepdims=True)], -2).astype(np.float32)
