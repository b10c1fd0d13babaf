"""The builtin head model, put together: the stored mean, and what follows from it by formulas."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from ...scene import head as regions
from ...scene.rig import ARKIT
from ..model import HeadModel, LandmarkTable
from ..storage import read_table
from . import expression, eye, identity, mouth_uv, uv
from .fields import FLIP, Graph
from .layout import OPENINGS, both_sides, half_layout, half_regions, whole
from .mouth import FRONT, mouth_parts

METER = 0.01  # meters in a centimeter
MEAN = Path(__file__).with_name("mean.npz")  # written by generate.py
SLACK = 0.003  # meters: survey directions leave that much of a face unsaid
LANDMARKS = Path(__file__).parents[1] / "data" / "builtin_landmarks.npz"
LICENSE = "GPL-3.0-or-later, by the authors of Likeness"


@lru_cache(maxsize=1)
def build() -> HeadModel:
    """The model; its arrays are shared between callers and must not be written to.

    Vertices: the skin (left half, then what is the right's alone), both eyeballs, the mouth's parts (left, right).
    """
    with np.load(MEAN) as stored:
        left, average = stored["left"].astype(float), stored["average"].astype(float)
    half, parts = half_layout(), mouth_parts()
    skin_quads, mirror = both_sides(half)
    ball_quads, angle, around = eye.eyeball()
    ball = eye.eyeball_positions(angle, around)
    skin, count = len(mirror), len(ball)
    first = skin + 2 * count  # of the mouth's parts
    polygons = np.concatenate([skin_quads, ball_quads + skin, ball_quads[:, ::-1] + skin + count,
                               parts.quads + first, parts.mirror[parts.quads][:, ::-1] + first])  # fmt: skip
    twin = np.concatenate([mirror, skin + count + np.arange(count), skin + np.arange(count), first + parts.mirror])
    uvs, uv_polygons = texture(half, left, (ball_quads, angle, around), polygons, skin)
    names, directions = identities(half, left, ball)
    side = half_regions(half)
    region = np.concatenate([side, side[~half.middle], np.full(2 * count, regions.EYEBALL, np.uint8),
                             parts.both(parts.region)])  # fmt: skip
    seam = half.rings["mouth"][OPENINGS["mouth"].rim][[0, -1]]
    mean = joined(half, average, ball, parts.points + (average - left)[seam].mean(0))
    expressions = all_expressions(half, mean, first)
    return HeadModel(
        name="builtin", license=LICENSE, vertices=mean, polygons=polygons.astype(np.int32),
        uvs=uvs, uv_polygons=uv_polygons, region=region, mirror=twin.astype(np.int32), identity=directions,
        identity_names=names, expressions=expressions, expression_names=ARKIT,
        landmarks=landmark_table(), slack=SLACK,
    )  # fmt: skip


def joined(half, left: np.ndarray, ball: np.ndarray, mouth: np.ndarray) -> np.ndarray:
    """Vectors in centimeters of the left half (..., V, 3), the left eyeball (..., B, 3) and the left of the mouth's
    parts (..., M, 3) -> the whole head in meters."""
    parts = [whole(half, left), ball, ball * FLIP, mouth_parts().whole(mouth)]
    return (METER * np.concatenate(parts, -2)).astype(np.float32)


def identities(half, left: np.ndarray, ball: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Names and displacements (K, V, 3) in meters."""
    mouth = mouth_parts().points
    points = np.concatenate([left, ball, mouth])
    is_ball = np.repeat([False, True, False], [len(left), len(ball), len(mouth)])
    auricle = half.rings["ear"]
    held = np.setdiff1d(np.arange(len(left)), np.concatenate([auricle[1:].ravel(), half.caps["ear"].ravel()]))
    held = np.setdiff1d(held, near_ear(half))
    known = np.concatenate([held, auricle[4:].ravel()])
    share = Graph.of(half.quads, len(left)).diffused(known, (np.arange(len(known)) >= len(held)).astype(float))
    share = np.concatenate([share, np.zeros(len(ball) + len(mouth))])
    names, fields = identity.displacements(points, share, left[auricle[1]].mean(0), is_ball)
    on_skin, on_ball, in_mouth = np.split(fields, [len(left), len(left) + len(ball)], 1)
    behind_lips = half.rings["mouth"][OPENINGS["mouth"].rim + 2]
    return names, joined(half, on_skin, on_ball, held_shape(mouth, in_mouth, on_skin[:, behind_lips].mean(1)))


def held_shape(points: np.ndarray, fields: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Fields (K, M, 3) on points (M, 3) -> the same size of change, but the points keep their shape: all go the way
    `along` (K, 3) in the plane of symmetry, and grow about FRONT as the fields say."""
    local = points - FRONT
    growth = (
        np.einsum("kmi,mi->k", fields - fields.mean(1, keepdims=True), local - local.mean(0))
        / ((local - local.mean(0)) ** 2).sum()
    )
    return (along * np.array([0, 1, 1]))[:, None] + growth[:, None, None] * local


def near_ear(half) -> np.ndarray:
    """Vertices of the grid about the ear, over which its movements die out."""
    hole, margin = OPENINGS["ear"], 3
    block = half.grid[hole.low - margin : hole.high + margin + 1, hole.left - margin : hole.right + margin + 1]
    return block[block >= 0]


def all_expressions(half, mean: np.ndarray, first: int) -> np.ndarray:
    """The mean head (V, 3), whose vertices from `first` on lie in the mouth -> displacements (52, V, 3) in meters, in
    the order of ARKIT; the eyeballs stay."""
    parts, left = mouth_parts(), mean[: len(half.middle)] / METER
    parts = replace(parts, points=mean[first : first + len(parts.points)] / METER)
    skin, inside = expression.displacements(half, left, parts)
    balls = np.zeros((len(skin), first - skin.shape[1], 3))
    return (METER * np.concatenate([skin, balls, inside], 1)).astype(np.float32)


def texture(half, left, balls: tuple, polygons: np.ndarray, skin: int) -> tuple[np.ndarray, np.ndarray]:
    """uvs (U, 2) and uv_polygons (P, 4): islands of the left, then the same mirrored for the right."""
    to_right = both_sides(half)[1][: len(left)]
    places = []  # island by island: vertex quads of the whole head, uvs at their corners
    count = len(balls[1])
    for island in uv.half_islands(half, left):
        places.append((island.quads, island.uvs[island.quads]))
        places.append((to_right[island.quads][:, ::-1], flipped(island.uvs[island.quads])[:, ::-1]))
    first, twin = skin + 2 * count, mouth_parts().mirror
    for island in mouth_uv.islands():
        places.append((island.quads + first, island.uvs[island.quads]))
        places.append((twin[island.quads][:, ::-1] + first, flipped(island.uvs[island.quads])[:, ::-1]))
    for island in uv.eyeball_islands(*balls, split=np.radians(95)):
        places.append((island.quads + skin, island.uvs[island.quads]))
        places.append((island.quads[:, ::-1] + skin + count, flipped(island.uvs[island.quads])[:, ::-1]))
    corners = np.concatenate([quads for quads, _ in places])
    where = np.concatenate([at for _, at in places])
    order = np.argsort(np.lexsort(np.sort(polygons, 1).T))  # rank of each polygon among all, by its vertices
    given = np.lexsort(np.sort(corners, 1).T)
    corners, where = corners[given[order]], where[given[order]]
    turn = (corners == polygons[:, :1]).argmax(1)  # a mirrored quad may begin at another corner
    where = np.take_along_axis(where, ((np.arange(4) + turn[:, None]) % 4)[..., None], 1)
    uvs, index = np.unique(np.round(where.reshape(-1, 2), 6), axis=0, return_inverse=True)
    return uvs.astype(np.float32), index.reshape(-1, 4).astype(np.int32)


def flipped(uvs: np.ndarray) -> np.ndarray:
    """uvs (..., 2) mirrored about the middle of the tile."""
    return uvs * np.array([-1.0, 1.0]) + np.array([1.0, 0.0])


def landmark_table() -> LandmarkTable:
    """The table that benchmarks/landmark_table.py measured on this model."""
    with LANDMARKS.open("rb") as file:
        return read_table(file)
