"""A model's formula, and quads that become triangles."""

from dataclasses import replace

import numpy as np

from tests.head.tiny_models import tiny_model

MODEL = tiny_model()


def test_shape_is_the_mean_plus_weighted_directions():
    rng = np.random.default_rng(0)
    identity, expression = rng.normal(size=3), rng.uniform(0, 1, 2)
    expected = MODEL.vertices.astype(float)
    for weight, direction in zip([*identity, *expression], [*MODEL.identity, *MODEL.expressions], strict=True):
        expected = expected + weight * direction
    shape = MODEL.shape(identity, expression)
    assert shape.dtype == np.float32
    np.testing.assert_allclose(shape, expected, atol=1e-6)
    np.testing.assert_array_equal(MODEL.shape(np.zeros(3), np.zeros(2)), MODEL.vertices)


def test_triangles_cover_each_polygon_in_order():
    polygons = np.array([[0, 1, 2, 3], [4, 5, 6, -1], [7, 8, 9, 10]], np.int32)
    model = replace(MODEL, polygons=polygons)
    expected = [[0, 1, 2], [0, 2, 3], [4, 5, 6], [7, 8, 9], [7, 9, 10]]
    np.testing.assert_array_equal(model.triangles(polygons), expected)


def test_triangles_of_the_map_go_with_those_of_the_surface():
    polygons = np.array([[0, 1, 2, 3], [4, 5, 6, -1]], np.int32)
    model = replace(MODEL, polygons=polygons)
    # What stands in the last place of a triangle's map does not matter: the polygons decide.
    on_map = np.array([[9, 8, 7, 6], [5, 4, 3, 3]], np.int32)
    np.testing.assert_array_equal(model.triangles(on_map), [[9, 8, 7], [9, 7, 6], [5, 4, 3]])
