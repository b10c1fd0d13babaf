"""The builtin head's identity directions: named, symmetric, smooth, roughly independent, of human size."""

import numpy as np
import pytest

from backend.head.builtin import build
from backend.scene import head as regions

FLIP = np.array([-1.0, 1.0, 1.0], np.float32)


@pytest.fixture(scope="module")
def model():
    return build()


def test_names_are_unique_and_many(model):
    assert len(set(model.identity_names)) == len(model.identity_names) == len(model.identity) >= 30


def test_directions_are_symmetric(model):
    np.testing.assert_allclose(model.identity[:, model.mirror], model.identity * FLIP, atol=1e-8)


def test_one_standard_deviation_is_millimeters(model):
    largest = np.linalg.norm(model.identity, axis=2).max(1) * 1000
    assert (largest > 0.4).all() and (largest < 9).all()


def test_directions_are_independent(model):
    flat = model.identity.reshape(len(model.identity), -1).astype(float)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    gram = flat @ flat.T
    assert np.linalg.cond(gram) < 1000
    assert np.abs(gram - np.eye(len(gram))).max() < 0.95


def test_directions_are_smooth(model):
    edges = np.concatenate([model.polygons[:, [k, (k + 1) % 4]] for k in range(4)])
    length = np.linalg.norm(model.vertices[edges[:, 0]] - model.vertices[edges[:, 1]], axis=1)
    strain = np.linalg.norm(model.identity[:, edges[:, 0]] - model.identity[:, edges[:, 1]], axis=2) / length
    assert np.percentile(strain, 99.9, axis=1).max() < 0.5
    assert strain[:, length > 0.001].max() < 0.9


def test_eyeballs_stay_balls(model):
    left = np.flatnonzero(model.region == regions.EYEBALL)[: (model.region == regions.EYEBALL).sum() // 2]
    ball = model.vertices[left] - model.vertices[left].mean(0)
    for name, direction in zip(model.identity_names, model.identity, strict=True):
        moved = direction[left] - direction[left].mean(0)
        scale = (moved * ball).sum() / (ball * ball).sum()
        np.testing.assert_allclose(moved, scale * ball, atol=1e-6, err_msg=name)


@pytest.mark.parametrize(
    ("name", "ends", "axis", "more"),
    [("nose length", (168, 2), 2, True), ("mouth width", (61, 291), 0, True), ("eye spacing", (33, 263), 0, True),
     ("nose width", (48, 278), 0, True), ("face length", (168, 152), 2, True)],
)  # fmt: skip
def test_a_direction_does_what_its_name_says(model, name, ends, axis, more):
    def distance(vertices):
        table = model.landmarks
        points = [(vertices[table.corners[k]] * table.weights[k][:, None]).sum(0) for k in ends]
        return abs(points[0][axis] - points[1][axis])

    direction = model.identity[model.identity_names.index(name)]
    change = distance(model.vertices + direction) - distance(model.vertices)
    assert 0.0008 < change < 0.009
