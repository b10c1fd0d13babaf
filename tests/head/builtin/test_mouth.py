"""What the mouth holds: teeth, gums and tongue lie in their cavity behind closed lips and keep their shape."""

import numpy as np
import pytest

from backend.head.builtin import build
from backend.head.builtin.layout import both_sides, half_layout
from backend.head.builtin.mouth import mouth_parts
from backend.scene import head as regions

CROWNS = 2 * 2 * 7


@pytest.fixture(scope="module")
def model():
    return build()


@pytest.fixture(scope="module")
def parts():
    return mouth_parts()


@pytest.fixture(scope="module")
def skin(model):
    """Triangles of the skin."""
    triangles = model.triangles(model.polygons)
    return triangles[triangles[:, 0] < len(both_sides(half_layout())[1])]


def first(model, parts):
    return len(model.vertices) - len(parts.mirror)


def winding(points, vertices, triangles):
    """How often the surface winds around each point (A. Jacobson et al. 2013, eq. 5): 1 in the flesh, 0 in the open."""
    result = []
    corners = vertices[triangles].astype(float)
    for point in np.asarray(points, float):
        a, b, c = np.moveaxis(corners - point, 1, 0)
        la, lb, lc = (np.linalg.norm(side, axis=1) for side in (a, b, c))
        volume = (a * np.cross(b, c)).sum(1)
        spread = la * lb * lc + (a * b).sum(1) * lc + (b * c).sum(1) * la + (c * a).sum(1) * lb
        result.append(np.arctan2(volume, spread).sum() / (2 * np.pi))
    return np.array(result)


def test_every_vertex_is_of_one_part_and_regions_follow(model, parts):
    assert (parts.upper.astype(int) + parts.lower + parts.tongue == 1).all()
    assert (parts.gum <= (parts.upper | parts.lower)).all()
    region = model.region[first(model, parts) :]
    assert np.array_equal(region == regions.TEETH, parts.both(~parts.tongue & ~parts.gum))
    assert (region[parts.both(parts.tongue | parts.gum)] == regions.MOUTH).all()


def test_the_middle_of_gums_and_tongue_lies_on_the_plane_of_symmetry_and_no_crown_does(parts):
    assert np.abs(parts.points[parts.middle, 0]).max() < 1e-9
    assert (parts.gum | parts.tongue)[parts.middle].all()
    assert parts.points[~parts.middle, 0].min() > -0.02  # centimeters


def test_there_are_twenty_eight_crowns_each_open_at_its_neck_alone(model, parts):
    start = first(model, parts)
    crown = np.flatnonzero(parts.both(~parts.gum & ~parts.tongue)) + start
    quads = model.polygons[np.isin(model.polygons, crown).all(1)]
    edges = np.sort(np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)]), 1)
    unique, count = np.unique(edges, axis=0, return_counts=True)
    assert count.max() == 2
    assert len(crown) - len(unique) + len(quads) == CROWNS  # each is a disk: Euler's number is 1
    assert (count == 1).sum() == 12 * CROWNS


def test_crowns_and_tongue_are_wound_outside(model, parts):
    start = first(model, parts)
    triangles = model.triangles(model.polygons)
    for kind in (parts.upper & ~parts.gum, parts.lower & ~parts.gum, parts.tongue):
        own = triangles[np.isin(triangles[:, 0], np.flatnonzero(parts.both(kind)) + start)]
        used = np.unique(own)
        a, b, c = (model.vertices[own[:, k]].astype(float) - model.vertices[used].mean(0) for k in range(3))
        normals = np.cross(b - a, c - a)
        out = a * np.array([1.0, 0, 1.0])  # away from the axis of the arch
        assert ((normals * out).sum(1) > 0).mean() > 0.5


def test_crowns_and_tongue_lie_in_the_cavity_and_not_in_the_flesh(model, parts, skin):
    points = model.vertices[first(model, parts) :][: len(parts.points)]
    free = ~parts.gum
    assert (winding(points[free][::3], model.vertices, skin) < 0.5).all()


def test_nothing_pokes_through_the_skin(model, parts, skin):
    outside = skin[(model.region[skin] != regions.MOUTH).any(1)]  # without the cavity the head is full
    points = model.vertices[first(model, parts) :][: len(parts.points)]
    assert (winding(points[::3], model.vertices, outside) > 0.5).all()


def test_the_cavity_stays_under_the_skin(model, skin):
    outside = skin[(model.region[skin] != regions.MOUTH).any(1)]
    half = half_layout()
    bag = np.unique(np.concatenate([half.rings["mouth"][9:].ravel(), half.caps["mouth"].ravel()]))
    assert (winding(model.vertices[bag], model.vertices, outside) > 0.5).all()


@pytest.mark.parametrize("name", ["lip protrusion", "mouth height", "upper lip fullness", "mouth width", "chin height"])
@pytest.mark.parametrize("sign", [-2, 2])
def test_lips_hide_the_teeth_of_other_people(model, parts, skin, name, sign):
    vertices = model.vertices + sign * model.identity[model.identity_names.index(name)]
    outside = skin[(model.region[skin] != regions.MOUTH).any(1)]
    front = np.argsort(vertices[first(model, parts) :, 1])[:200:8] + first(model, parts)
    assert (winding(vertices[front], vertices, outside) > 0.5).all()


def test_teeth_keep_their_shape_in_all_people(model, parts):
    start = first(model, parts)
    rest = model.vertices[start:].astype(float)
    local = rest - rest.mean(0)
    for name, direction in zip(model.identity_names, model.identity[:, start:].astype(float), strict=True):
        moved = direction - direction.mean(0)
        scale = (moved * local).sum() / (local * local).sum()
        np.testing.assert_allclose(moved, scale * local, atol=2e-6, err_msg=name)


def test_lower_incisors_bite_behind_the_upper_ones(parts):
    crowns = parts.points[~parts.gum & ~parts.tongue]
    upper, lower = parts.points[parts.upper & ~parts.gum], parts.points[parts.lower & ~parts.gum]
    near = [jaw[jaw[:, 0] < 0.5] for jaw in (upper, lower)]
    overbite, overjet = near[1][:, 2].max() - near[0][:, 2].min(), near[1][:, 1].min() - near[0][:, 1].min()
    assert 0.1 < overbite < 0.4 and 0.1 < overjet < 0.4  # centimeters
    assert len(crowns) == CROWNS // 2 * 64


def test_the_cavity_is_as_deep_as_a_mouth(model):
    mouth = half_layout().rings["mouth"]
    seam, throat = model.vertices[mouth[6]], model.vertices[half_layout().caps["mouth"]]
    assert 0.045 < throat[..., 1].max() - seam[:, 1].min() < 0.065
