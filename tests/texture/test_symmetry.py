import numpy as np
import pytest

from backend.texture.symmetry import find_twins
from tests.texture.heads import head


def reflected(vertices, faces, twins, face, weights) -> np.ndarray:
    """Where the twin of a point lies, read as the kernels do."""
    sides = [np.einsum("nij,nj->ni", twins.turn[face, side], weights) for side in range(2)]
    second = (sides[0].min(1) < -1e-4) & (twins.face[face, 1] >= 0) & (sides[1].min(1) > sides[0].min(1))
    chosen = np.where(second, twins.face[face, 1], twins.face[face, 0])
    weights = np.where(second[:, None], sides[1], sides[0])
    assert weights.min() > -1e-6  # never outside the triangle that was chosen
    return np.einsum("nk,nkc->nc", weights, vertices[faces[chosen]])


def test_every_point_of_a_head_has_its_mirror_image_on_the_other_side():
    shape, rng = head(), np.random.default_rng(0)
    vertices, faces = shape.surface.vertices, shape.surface.faces
    twins = find_twins(faces, shape.mirror)
    assert (twins.face[:, 0] >= 0).all()
    face = rng.integers(len(faces), size=4000)
    weights = rng.dirichlet(np.ones(3), 4000)
    points = np.einsum("nk,nkc->nc", weights, vertices[faces[face]])
    found = reflected(vertices, faces, twins, face, weights)
    assert np.abs(found - points * [-1, 1, 1]).max() < 0.006  # quads on a globe are no parallelograms


@pytest.mark.parametrize("other", [[[4, 6, 5], [4, 7, 6]], [[4, 7, 5], [5, 7, 6]]])
def test_parallelograms_are_exact_however_they_are_split(other):
    right = np.array([[1, 0, 0], [2, 0.2, 0], [2.3, 1.2, 0.5], [1.3, 1.0, 0.5]])
    vertices = np.concatenate([right, right * [-1, 1, 1]])
    faces = np.array([[0, 1, 2], [0, 2, 3], *other])
    mirror = np.array([4, 5, 6, 7, 0, 1, 2, 3])
    twins = find_twins(faces, mirror)
    rng = np.random.default_rng(1)
    face, weights = rng.integers(4, size=500), rng.dirichlet(np.ones(3), 500)
    points = np.einsum("nk,nkc->nc", weights, vertices[faces[face]])
    np.testing.assert_allclose(reflected(vertices, faces, twins, face, weights), points * [-1, 1, 1], atol=1e-12)


def test_a_face_without_counterpart_has_no_twin():
    twins = find_twins(np.array([[0, 1, 2]]), np.array([3, 4, 5, 0, 1, 2]))
    assert (twins.face == -1).all()
