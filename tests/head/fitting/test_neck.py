"""The neck's lid: a closed skin, nothing else changed."""

from collections import Counter

import numpy as np
import pytest

from backend.head.builtin import build
from backend.head.fitting.neck import with_closed_neck
from backend.scene.head import NECK


@pytest.fixture(scope="module")
def models():
    return build(), with_closed_neck(build())


def free_edges(model):
    """Edges of one triangle only whose ends both belong to the neck."""
    faces = model.triangles(model.polygons)
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), 1)
    edges = edges[(model.region[edges] == NECK).all(1)]
    return [edge for edge, count in Counter(map(tuple, edges)).items() if count == 1]


def test_the_neck_was_open_and_is_closed(models):
    before, after = models
    assert len(free_edges(before)) > 10 and not free_edges(after)


def test_the_lid_looks_down(models):
    before, after = models
    lid = after.triangles(after.polygons)[len(before.triangles(before.polygons)) :]
    corners = after.vertices[lid].astype(float)
    assert (np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] < 0).all()


def test_the_lid_lies_within_the_skin(models):
    before, after = models
    skin = before.vertices[before.triangles(before.polygons)].astype(float)
    for point in after.vertices[len(before.vertices) :: 7].astype(float):
        assert is_under_skin(point, skin)


def is_under_skin(point, corners):
    """Whether the first triangle (F, 3, 3) straight above a point (3,) shows it its inner face."""
    flat = corners[..., :2] - point[:2]
    shares = np.stack([np.cross(flat[:, (k + 1) % 3], flat[:, (k + 2) % 3]) for k in range(3)], 1)
    area = shares.sum(1)
    met = ((shares >= 0).all(1) | (shares <= 0).all(1)) & (np.abs(area) > 1e-14)
    height = (shares[met] * corners[met][..., 2]).sum(1) / area[met] - point[2]
    above = height > 0
    return above.any() and area[met][above][height[above].argmin()] > 0


def test_all_else_stays(models):
    before, after = models
    count = len(before.vertices)
    np.testing.assert_array_equal(after.vertices[:count], before.vertices)
    np.testing.assert_array_equal(after.identity[:, :count], before.identity)
    np.testing.assert_array_equal(after.mirror[after.mirror], np.arange(len(after.vertices)))


def test_the_lid_is_symmetric(models):
    _, after = models
    np.testing.assert_allclose(after.vertices, after.vertices[after.mirror] * [-1, 1, 1], atol=2e-6)


def test_a_closed_neck_is_left_alone(models):
    assert with_closed_neck(models[1]) is models[1]
