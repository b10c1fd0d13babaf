import numpy as np

from backend.texture.charts import connected_labels, face_neighbors, segment, split
from tests.texture.subjects import sphere


def test_every_face_lies_in_one_connected_chart():
    surface = sphere()
    labels, _, pairs = segment(surface.vertices, surface.faces)
    assert labels.shape == (len(surface.faces),)
    assert len(np.unique(labels)) == labels.max() + 1
    assert connected_labels(labels, pairs).max() == labels.max()


def test_charts_do_not_depend_on_the_unit():
    surface = sphere()
    small, _, _ = segment(surface.vertices, surface.faces)
    large, _, _ = segment(surface.vertices * np.float32(1024), surface.faces)
    np.testing.assert_array_equal(small, large)


def test_separate_pieces_never_share_a_chart():
    surface = sphere(1)
    count = len(surface.faces)
    faces = np.concatenate([surface.faces, surface.faces + len(surface.vertices)])
    labels, _, _ = segment(np.concatenate([surface.vertices, surface.vertices + 3]), faces)
    assert not np.intersect1d(labels[:count], labels[count:]).size


def test_splitting_halves_one_chart_and_no_other():
    surface = sphere()
    labels, graph, _ = segment(surface.vertices, surface.faces)
    halved = split(labels, graph, 0)
    new = labels.max() + 1
    assert set(labels[halved == new]) == {0}
    assert 0.2 < np.mean(halved[labels == 0] == new) < 0.8
    np.testing.assert_array_equal(halved[labels != 0], labels[labels != 0])


def test_neighbors_share_exactly_two_corners():
    faces = sphere(1).faces
    pairs = face_neighbors(faces)
    assert len(pairs) == len(faces) * 3 // 2
    for first, second in pairs:
        assert len(np.intersect1d(faces[first], faces[second])) == 2
