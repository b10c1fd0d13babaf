"""GNM files, of the published form but tiny."""

import numpy as np
import pytest

from backend.errors import UserError
from backend.head.kits import gnm
from backend.head.models import load_head_model
from backend.head.storage import write_table
from backend.scene.head import EAR, EYEBALL, FACE
from tests.head.tiny_models import tiny_model, write_gnm


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gnm_head.npz"


def test_a_file_becomes_a_model_in_our_frame(path):
    write_gnm(path)
    model = load_head_model(str(path))
    assert (model.name, model.license) == ("gnm", "Apache-2.0, Google LLC")
    np.testing.assert_allclose(model.vertices[0], (0.07, 0, 0), atol=1e-7)  # the left ear
    np.testing.assert_allclose(model.vertices[2], (0.03, -0.08, 0.03), atol=1e-7)  # the left eye
    np.testing.assert_allclose(model.vertices[8], (0, 0, 0.12), atol=1e-7)  # the crown
    np.testing.assert_array_equal(model.mirror[model.mirror], np.arange(9))
    assert model.region.tolist() == [EAR, EAR, EYEBALL, EYEBALL, *[FACE] * 5]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_which_way_is_up_in_the_file_makes_no_difference(path, order):
    write_gnm(path)
    expected = gnm.load(path)
    arrays = write_gnm(path)
    turned = ("template_vertex_positions", "vertex_identity_basis", "expression_basis")
    write_gnm(path, **{name: arrays[name][..., list(order)] for name in turned})
    model = gnm.load(path)
    np.testing.assert_allclose(model.vertices, expected.vertices, atol=1e-7)
    np.testing.assert_allclose(model.identity, expected.identity, atol=1e-7)
    np.testing.assert_allclose(model.expressions, expected.expressions, atol=1e-7)


def test_shapes_are_those_of_the_file(path):
    arrays = write_gnm(path)
    model = gnm.load(path)
    shape = model.shape(np.array([2.0, -1.0]), np.array([0.5]))
    basis = arrays["vertex_identity_basis"]
    moved = 2 * basis[0] - basis[1] + 0.5 * arrays["expression_basis"][0]
    np.testing.assert_allclose((shape - model.vertices)[:, [0, 2, 1]] * [1, 1, -1], moved, atol=1e-7)


def test_parts_that_share_a_tile_are_laid_side_by_side(path):
    write_gnm(path)
    model = gnm.load(path)
    corners = model.uvs[model.uv_polygons]  # (Q, 4, 2)
    assert corners.min() > 0 and corners.max() < 1
    low, high = corners[2].min(0), corners[2].max(0)  # the eyes
    assert all((corners[quad].min(0) > high).any() or (corners[quad].max(0) < low).any() for quad in (0, 1))


def test_landmarks_come_from_a_table_beside_the_file(path):
    write_gnm(path)
    assert np.isinf(gnm.load(path).landmarks.spread).all()
    table = tiny_model(vertices=8).landmarks
    write_table(table, gnm.table_beside(path))
    np.testing.assert_array_equal(gnm.load(path).landmarks.corners, table.corners)


def test_broken_files_are_refused(path):
    write_gnm(path, vertex_group_names=np.array(["skin"]))
    with pytest.raises(UserError, match="no whole GNM"):
        gnm.load(path)
    write_gnm(path)
    path.write_bytes(path.read_bytes()[:900])
    assert not gnm.is_gnm_file(path)
    with pytest.raises(UserError):
        gnm.load(path)
