"""What a camera sees of a mesh is what it projects."""

import numpy as np

from backend.head.fitting.sight import look
from backend.scene import Camera
from tests.head.fitting.soft_heads import portrait_camera, soft_head

MODEL = soft_head()
FACES = MODEL.triangles(MODEL.polygons).astype(np.int32)


def test_seen_points_project_onto_the_centers_of_their_pixels():
    camera = portrait_camera(25.0, 15.0)
    sight = look(MODEL.vertices, FACES, camera)
    rows, columns = np.nonzero(sight.covered)
    assert 0.1 < sight.covered.mean() < 0.6
    corners, weights = FACES[sight.face[rows, columns]], sight.weights[rows, columns]
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-5)
    pixels, depth = camera.project((MODEL.vertices[corners] * weights[..., None]).sum(1))
    np.testing.assert_allclose(pixels, np.stack([columns, rows], -1) + 0.5, atol=0.01)
    np.testing.assert_allclose(sight.depth[rows, columns], depth, rtol=2e-4)


def test_a_picture_off_center_is_seen_alike():
    middle = portrait_camera(10.0)
    shifted = Camera(260, 180, middle.fl_x, middle.fl_y, middle.cx + 10, middle.cy - 40, middle.camera_to_world)
    whole, part = (look(MODEL.vertices, FACES, camera) for camera in (middle, shifted))
    np.testing.assert_array_equal(part.face[:, 10:250], whole.face[40:220])


def test_the_nearest_triangle_wins():
    near, far = ([(x, y, z) for x, z in ((-1, -1), (1, -1), (0, 1))] for y in (-0.2, 0.2))
    vertices = 0.1 * np.array([*far, *near])
    faces = np.array([[0, 1, 2], [3, 4, 5]], np.int32)
    camera = portrait_camera(0.0, 0.0)
    for order in ([0, 1], [1, 0]):
        sight = look(vertices, faces[order], camera)
        assert order[sight.face[120, 120]] == 1
        assert abs(sight.depth[120, 120] - 0.68) < 1e-3
    assert (look(vertices, faces, camera).face == 0).sum() < 300  # nothing but a rim of the far one


def test_nothing_is_seen_beside_the_mesh():
    sight = look(MODEL.vertices, FACES, portrait_camera(0.0))
    assert sight.face[0, 0] == -1 and sight.depth[0, 0] == 0
