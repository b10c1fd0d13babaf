"""A mesh that lies on another moves with it, and only there."""

import numpy as np

from backend.mesh.following import followed
from backend.scene import Surface

METRE = 5.0  # units, of a frame that is not in meters


def sheet(count: int, height: float = 0.0) -> Surface:
    """A square of 0.2 m in the plane z = height (meters), looking up."""
    at = np.linspace(-0.1, 0.1, count)
    x, y = np.meshgrid(at, at, indexing="ij")
    vertices = np.stack([x, y, np.full_like(x, height)], -1).reshape(-1, 3)
    corner = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).ravel()
    faces = np.concatenate([
        np.stack([corner, corner + count, corner + 1], 1),
        np.stack([corner + 1, corner + count, corner + count + 1], 1),
    ])  # fmt: skip
    return Surface((vertices * METRE).astype(np.float32), faces.astype(np.int32))


def test_a_smooth_change_is_taken_over_between_the_vertices():
    below, above = sheet(41), sheet(30, 0.001)
    change = np.zeros_like(below.vertices)
    change[:, 2] = below.vertices[:, 0] * 0.1
    moved = followed(below, change, above, METRE)
    np.testing.assert_allclose(moved[:, 2], above.vertices[:, 0] * 0.1, atol=1e-4)
    assert not moved[:, :2].any()


def test_what_lies_away_or_looks_the_other_way_stays():
    below, far = sheet(21), sheet(15, 0.01)
    change = np.ones_like(below.vertices)
    assert not followed(below, change, far, METRE).any()
    near = sheet(15, 0.001)
    turned = Surface(near.vertices, near.faces[:, ::-1])
    assert not followed(below, change, turned, METRE).any()


def test_where_nothing_moves_nothing_moves():
    below = sheet(21)
    assert not followed(below, np.zeros_like(below.vertices), sheet(15), METRE).any()
