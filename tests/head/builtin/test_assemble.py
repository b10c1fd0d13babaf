"""The builtin head's mesh: symmetric, closed where it should be, of human size, its parts where they belong."""

import numpy as np
import pytest

from backend.head.builtin import build, eye
from backend.head.builtin.layout import COLUMNS, OPENINGS, both_sides, half_layout
from backend.scene import head as regions

FLIP = np.array([-1.0, 1.0, 1.0])


@pytest.fixture(scope="module")
def model():
    return build()


@pytest.fixture(scope="module")
def half():
    return half_layout()


def edges(polygons):
    return np.concatenate([polygons[:, [k, (k + 1) % 4]] for k in range(4)])


def volume(vertices, triangles):
    a, b, c = (vertices[triangles[:, k]].astype(float) for k in range(3))
    return np.einsum("ij,ij->", a, np.cross(b, c)) / 6


def corner_normals(vertices, polygons):
    """Cross products (P, 4, 3) of the two edges at each corner of each quad."""
    p = vertices[polygons].astype(float)
    return np.stack([np.cross(p[:, (k + 1) % 4] - p[:, k], p[:, k - 1] - p[:, k]) for k in range(4)], 1)


def balls(model):
    return np.flatnonzero(model.region == regions.EYEBALL).reshape(2, -1)


def test_mirror_is_an_involution_that_matches_geometry_and_polygons(model):
    assert np.array_equal(model.mirror[model.mirror], np.arange(len(model.mirror)))
    np.testing.assert_allclose(model.vertices[model.mirror], model.vertices * FLIP, atol=1e-7)
    assert np.array_equal(model.region, model.region[model.mirror])
    rows = {tuple(sorted(row)) for row in model.polygons.tolist()}
    assert rows == {tuple(sorted(row)) for row in model.mirror[model.polygons].tolist()}


def test_the_skin_is_a_manifold_whose_only_border_is_the_neck(model, half):
    quads, _ = both_sides(half)
    directed = edges(quads)
    assert len(np.unique(directed, axis=0)) == len(directed)  # neighbors agree on the outside
    _, first, count = np.unique(np.sort(directed, 1), axis=0, return_index=True, return_counts=True)
    assert count.max() == 2
    open_edges = directed[first[count == 1]]
    assert len(open_edges) == 2 * COLUMNS
    assert (model.region[open_edges] == regions.NECK).all() and model.vertices[open_edges, 2].max() < -0.14
    assert len(np.unique(quads)) - len(count) + len(quads) == 1  # a disk: no handle, no second hole


def test_eyeballs_are_closed_and_everything_is_wound_outside(model, half):
    triangles = model.triangles(model.polygons)
    for ball in balls(model):
        own = triangles[np.isin(triangles[:, 0], ball)]
        directed = np.sort(np.concatenate([own[:, [k, (k + 1) % 3]] for k in range(3)]), 1)
        assert (np.unique(directed, axis=0, return_counts=True)[1] == 2).all()
        center = model.vertices[ball].mean(0)
        assert volume(model.vertices - center, own) > 6e-6  # cubic meters: a ball of 12 mm has 7.2e-6
    skin = triangles[triangles[:, 0] < len(both_sides(half)[1])]
    bottom = np.array([0.0, 0.02, -0.17])  # the neck's opening sees little of itself from its own plane
    assert 0.003 < volume(model.vertices - bottom, skin) < 0.008


def test_no_quad_is_degenerate_or_folded(model):
    normals = corner_normals(model.vertices, model.polygons)
    size = np.linalg.norm(normals, axis=2)
    assert size.max(1).min() > 1e-9  # square meters: the lids' corners have the smallest
    shown = np.isin(model.region[model.polygons], (regions.FACE, regions.SCALP, regions.NECK, regions.EYEBALL)).all(1)
    mean = normals[shown].mean(1, keepdims=True)
    toward = (normals[shown] * mean).sum(2)
    assert (toward > 0).mean() > 0.999


def test_sizes_are_those_of_an_adult(model):
    centers = [(model.vertices[ball].max(0) + model.vertices[ball].min(0)) / 2 for ball in balls(model)]
    assert 0.060 < np.linalg.norm(centers[0] - centers[1]) < 0.066
    middle = (np.abs(model.vertices[:, 0]) < 0.005) & (model.region == regions.FACE)
    chin = model.vertices[middle & (model.vertices[:, 1] < -0.05)]
    skull = model.vertices[model.region == regions.SCALP]
    assert 0.22 < skull[:, 2].max() - chin[:, 2].min() < 0.25
    width = model.vertices[model.region == regions.SCALP][:, 0]
    assert 0.14 < width.max() - width.min() < 0.16
    front = model.vertices[(np.abs(model.vertices[:, 0]) < 0.01) & (np.abs(model.vertices[:, 2] - 0.03) < 0.01)]
    assert 0.18 < skull[:, 1].max() - front[:, 1].min() < 0.205


def test_the_origin_lies_between_the_ears(model):
    ears = model.vertices[model.region == regions.EAR]
    middle = (ears.max(0) + ears.min(0)) / 2
    assert abs(middle[0]) < 1e-6 and abs(middle[2]) < 0.01 and -0.005 < middle[1] < 0.02
    height = ears[:, 2].max() - ears[:, 2].min()
    assert 0.055 < height < 0.068


def test_lids_lie_before_the_eyeball_and_leave_it_in_sight(model, half):
    rim = half.rings["eye"][OPENINGS["eye"].rim]
    radius, angle, _ = eye.spherical(model.vertices[rim] * 100.0)
    on_ball = angle < np.radians(75)  # the corners of the lids lie beside the ball
    assert (radius[on_ball] > eye.corneal_radius(angle[on_ball]) + 0.03).all()
    opening = np.ptp(model.vertices[rim, 2])
    assert 0.008 < opening < 0.013


def test_lips_touch(model, half):
    seam = half.rings["mouth"][OPENINGS["mouth"].rim]
    gap = np.linalg.norm(model.vertices[seam] - model.vertices[seam[::-1]], axis=1)
    assert gap.max() < 0.0005
    lower, upper = model.vertices[seam[: len(seam) // 2]], model.vertices[seam[: len(seam) // 2 : -1]]
    assert (upper[:, 2] >= lower[:, 2]).all()


def test_every_region_is_used_and_arrays_have_their_types(model):
    assert set(np.unique(model.region)) == set(range(len(regions.REGIONS)))
    assert model.vertices.dtype == model.uvs.dtype == model.identity.dtype == model.expressions.dtype == np.float32
    assert model.polygons.dtype == model.uv_polygons.dtype == model.mirror.dtype == np.int32
    assert model.region.dtype == np.uint8
