import numpy as np

from backend.texture.box_projection import project_boxes
from tests.texture.subjects import sphere


def test_faces_keep_their_rows_and_no_two_charts_share_a_texel():
    surface, size = sphere(), 512
    uvs, faces = project_boxes(surface.vertices, surface.faces, size, 8)
    assert faces.shape == surface.faces.shape
    assert uvs.min() >= 0 and uvs.max() <= 1
    corners = np.zeros((len(uvs), 3))
    corners[faces.ravel()] = surface.vertices[surface.faces.ravel()]  # one uv never serves two places
    np.testing.assert_array_equal(corners[faces], surface.vertices[surface.faces])
    centers = np.floor(uvs[faces].mean(1) * size).astype(int)
    axis = np.abs(surface.vertices[surface.faces].mean(1)).argmax(1)
    side = axis * 2 + (np.take_along_axis(surface.vertices[surface.faces].mean(1), axis[:, None], 1)[:, 0] < 0)
    boxes = [(centers[side == k].min(0), centers[side == k].max(0)) for k in range(6)]
    for i in range(6):
        for j in range(i):
            gap = np.maximum(boxes[i][0] - boxes[j][1], boxes[j][0] - boxes[i][1]).max()
            assert gap >= 8


def test_all_charts_face_the_same_way():
    surface = sphere()
    uvs, faces = project_boxes(surface.vertices, surface.faces, 512, 8)
    a, b, c = np.moveaxis(uvs[faces].astype(np.float64), 1, 0)
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    assert (area > 0).mean() > 0.99


def test_thousands_of_loose_triangles_still_get_places():
    rng = np.random.default_rng(0)
    vertices = rng.normal(size=(9000, 3)).astype(np.float32)
    faces = np.arange(9000, dtype=np.int32).reshape(-1, 3)
    uvs, _ = project_boxes(vertices, faces, 512, 8)
    assert np.isfinite(uvs).all() and uvs.min() >= 0 and uvs.max() <= 1
    assert np.ptp(uvs, axis=0).min() > 0.3
