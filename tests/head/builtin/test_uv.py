"""The builtin head's texture coordinates: one tile, no overlap, mirrored sides, a large face."""

import numpy as np
import pytest

from backend.head.builtin import build
from backend.scene import head as regions

TILE = 1024


@pytest.fixture(scope="module")
def model():
    return build()


@pytest.fixture(scope="module")
def areas(model):
    """Signed areas (F,) of the triangles in the tile."""
    a, b, c = np.moveaxis(model.uvs[model.triangles(model.uv_polygons)].astype(float), 1, 0)
    return ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2


def times_covered(triangles):
    """(TILE, TILE) how many triangles (F, 3, 2) hold each texel's center."""
    count = np.zeros((TILE, TILE), int)
    centers = np.arange(TILE) + 0.5
    for corners in triangles * TILE:
        (x0, y0), (x1, y1) = np.floor(corners.min(0)).astype(int), np.ceil(corners.max(0)).astype(int)
        x, y = np.meshgrid(centers[x0:x1], centers[y0:y1])
        inside = np.ones(x.shape, bool)
        for k in range(3):
            (ax, ay), (bx, by) = corners[k], corners[(k + 1) % 3]
            inside &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 1e-9
        count[y0:y1, x0:x1] += inside
    return count


def test_lie_in_the_tile_and_turn_the_same_way(model, areas):
    assert model.uvs.min() >= 0 and model.uvs.max() <= 1
    assert (areas > 0).all()


def test_nothing_overlaps(model):
    count = times_covered(model.uvs[model.triangles(model.uv_polygons)].astype(float))
    assert count.max() == 1
    assert (count > 0).mean() > 0.7


def test_the_sides_are_mirror_images(model):
    where = {}
    for quad, uvs in zip(model.polygons.tolist(), model.uvs[model.uv_polygons], strict=True):
        where[frozenset(quad)] = dict(zip(quad, uvs, strict=True))
    for quad, uvs in list(where.items())[::37]:
        twin = where[frozenset(int(model.mirror[v]) for v in quad)]
        for vertex, (u, v) in uvs.items():
            np.testing.assert_allclose(twin[int(model.mirror[vertex])], (1 - u, v), atol=2e-6)


def test_the_face_is_larger_than_its_share_of_the_skin(model, areas):
    triangles = model.triangles(model.polygons)
    corners = model.vertices[triangles].astype(float)
    real = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    is_face = np.isin(model.region[triangles], (regions.FACE, regions.LIPS)).all(1)
    assert areas[is_face].sum() / areas.sum() > real[is_face].sum() / real.sum()
