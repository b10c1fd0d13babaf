import numpy as np

from backend.scene.polygons import first_halves, halves
from tests.asset.subjects import quad_ball


def test_halves_close_what_the_polygons_close_and_keep_their_order():
    vertices, polygons = quad_ball()
    faces = halves(polygons, polygons[:, 3] >= 0)
    assert len(faces) == 2 * len(polygons) - (polygons[:, 3] < 0).sum()
    sides = faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    assert {tuple(side) for side in sides} == {tuple(side) for side in sides[:, ::-1]}  # each edge in both directions
    corners = vertices[faces]
    outward = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((outward * corners.mean(1)).sum(1) > 0).all()
    owner = np.repeat(np.arange(len(polygons)), np.where(polygons[:, 3] >= 0, 2, 1))
    assert all(set(face) <= set(polygons[of]) for face, of in zip(faces, owner, strict=True))


def test_first_halves_are_followed_by_the_rest_of_their_quad():
    _, polygons = quad_ball()
    faces, paired = halves(polygons, polygons[:, 3] >= 0), first_halves(polygons)
    assert len(paired) == len(faces) and paired.sum() == (polygons[:, 3] >= 0).sum()
    first = np.flatnonzero(paired)
    quads = np.column_stack([faces[first], faces[first + 1, 2]])
    np.testing.assert_array_equal(quads, polygons[polygons[:, 3] >= 0])
