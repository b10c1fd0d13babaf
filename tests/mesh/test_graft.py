"""A ball with sockets, eyes and a mouth, laid onto a fused ball of other triangles and grafted into it."""

import numpy as np
import pytest
import trimesh
from scipy.spatial import cKDTree

from backend.mesh import joining
from backend.mesh.closest import Closest
from backend.mesh.graft import graft
from backend.mesh.parts import components, part_surface
from backend.mesh.patches import simple_patch
from backend.mesh.topology import is_closed
from backend.mesh.wrap import settle, wrap
from backend.mesh.zipper import zip_loops
from backend.scene import Carrier, HeadShape, Surface, UvAtlas
from backend.scene.head import EYEBALL, FACE, LIPS, MOUTH, SCALP, SOCKET, TEETH

RADIUS = 0.1  # meters
EYES = {"left": (0.35, -0.9, 0.25), "right": (-0.35, -0.9, 0.25)}
LIPS_AT = (0.0, -0.9, -0.42)
ICOSPHERE = trimesh.creation.icosphere(5)


def away_from(directions: np.ndarray, place) -> np.ndarray:
    """Meters along the ball."""
    place = np.asarray(place) / np.linalg.norm(place)
    return RADIUS * np.arccos(np.clip(directions @ place, -1, 1))


def ball(center, radius: float) -> Surface:
    small = trimesh.creation.icosphere(2, radius)
    return Surface((small.vertices + center).astype(np.float32), small.faces.astype(np.int32))


@pytest.fixture(scope="module")
def shape() -> HeadShape:
    directions = np.asarray(ICOSPHERE.vertices)
    region = np.where(directions[:, 1] < 0, FACE, SCALP).astype(np.uint8)
    depth = np.zeros(len(directions))
    inside = []
    for place in EYES.values():
        away = away_from(directions, place)
        region[away < 0.008] = SOCKET
        depth += 0.02 * np.exp(-((away / 0.004) ** 2))
        inside.append((ball(0.093 * np.asarray(place) / np.linalg.norm(place), 0.007), EYEBALL))
    away = away_from(directions, LIPS_AT)
    region[away < 0.012] = LIPS
    region[away < 0.008] = MOUTH
    depth += 0.02 * np.exp(-((away / 0.004) ** 2))
    inside.append((ball(0.09 * np.asarray(LIPS_AT), 0.004), TEETH))
    vertices, faces = [directions * (RADIUS - depth)[:, None]], [ICOSPHERE.faces]
    for part, label in inside:
        faces.append(part.faces + sum(map(len, vertices)))
        vertices.append(part.vertices)
        region = np.append(region, np.full(len(part.vertices), label, np.uint8))
    vertices = np.concatenate(vertices).astype(np.float32)
    mirror = nearest_of(vertices * [-1, 1, 1], vertices)
    surface = Surface(vertices, np.concatenate(faces).astype(np.int32))
    atlas = UvAtlas(np.zeros((1, 2), np.float32), np.zeros_like(surface.faces))
    return HeadShape(surface, atlas, region, mirror, model="ball", metre=1.0)


def nearest_of(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    return cKDTree(others).query(points)[1].astype(np.int32)


def fused(bulge: float = 0.0) -> Surface:
    """The person: a little wider at the sides and lower than the model, turned triangles; a bulge over one eye."""
    turn = trimesh.transformations.euler_matrix(0.2, 0.5, 0.7)[:3, :3]
    directions = np.asarray(ICOSPHERE.vertices) @ turn.T
    height = 0.002 * directions[:, 0] ** 2 + bulge * np.exp(-((away_from(directions, EYES["left"]) / 0.02) ** 4))
    return Surface((directions * (RADIUS + height)[:, None]).astype(np.float32), ICOSPHERE.faces.astype(np.int32))


@pytest.fixture(scope="module")
def wrapped(shape):
    return wrap(shape, fused(), 1.0)


@pytest.fixture(scope="module")
def grafted(shape, wrapped):
    return graft(fused(), shape, wrapped, 1.0)


def unit_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def test_wrapped_skin_lies_on_the_surface_except_in_its_openings(shape, wrapped):
    skin = np.isin(shape.region, (FACE, SCALP))
    heights = Closest(fused(), 0.002, 0.0).touch(wrapped, wrapped / np.linalg.norm(wrapped, axis=1)[:, None]).away
    assert np.median(heights[skin]) < 0.00015
    moved = np.linalg.norm(wrapped - shape.surface.vertices, axis=1)
    assert np.median(moved[skin]) > 0.0003  # it was not there before
    assert heights[shape.region == SOCKET].max() > 0.012  # sockets are not pulled out


def test_no_triangle_is_folded_by_wrapping(shape, wrapped):
    before = unit_normals(shape.surface.vertices, shape.surface.faces)
    assert ((before * unit_normals(wrapped, shape.surface.faces)).sum(1) > 0.3).all()


def test_eyeballs_stay_rigid(shape, wrapped):
    eye = components(shape.surface.faces, len(wrapped)) == components(shape.surface.faces, len(wrapped))[-400]
    moved = wrapped[eye] - shape.surface.vertices[eye]
    assert shape.region[eye].min() == EYEBALL
    np.testing.assert_allclose(moved, np.broadcast_to(moved[0], moved.shape), atol=1e-6)


def test_grafted_skin_is_one_closed_ball(grafted):
    label = components(grafted.surface.faces, len(grafted.surface.vertices))
    skin = part_surface(grafted.surface, label == label[0])
    edges = 3 * len(skin.faces) // 2
    assert sorted(grafted.opened) == ["eye", "eye", "mouth"] and not grafted.warnings
    assert is_closed(skin) and len(skin.vertices) - edges + len(skin.faces) == 2
    assert label.max() == 3  # and three parts


def test_seam_is_smooth(grafted):
    origin, faces = grafted.origin, grafted.surface.faces
    seam = (origin[faces] >= 0).any(1) & (origin[faces] < 0).any(1)
    normals = unit_normals(grafted.surface.vertices, faces)[seam]
    outward = grafted.surface.vertices[faces[seam]].mean(1) / RADIUS
    assert seam.sum() > 40 and (normals * outward).sum(1).min() > 0.9


def test_carrier_leads_back_to_where_a_vertex_is(grafted, wrapped):
    np.testing.assert_allclose(grafted.carrier.weights.sum(1), 1, atol=1e-5)
    away = np.linalg.norm(grafted.carrier.carry(wrapped) - grafted.surface.vertices, axis=1)
    assert np.percentile(away, 99) < 0.0006
    own = grafted.origin >= 0
    assert (grafted.carrier.corners[own, 0] == grafted.origin[own]).all()


def test_a_key_of_the_model_does_not_tear_the_surface(grafted, wrapped):
    key = 0.01 * np.exp(-(((wrapped[:, 2:] + 0.05) / 0.03) ** 2)) * np.array([0.0, -1.0, -1.0])  # smooth, 1 cm
    moved, edges = grafted.carrier.carry(key), grafted.surface.faces[:, [0, 1]]
    length = np.linalg.norm(np.diff(grafted.surface.vertices[edges], axis=1)[:, 0], axis=1)
    assert (np.linalg.norm(np.diff(moved[edges], axis=1)[:, 0], axis=1) < length + 1e-4).all()


def test_regions_follow_the_model_and_twins_lie_opposite(grafted):
    vertices = grafted.surface.vertices
    fitted = grafted.origin < 0
    assert (grafted.region[fitted & (vertices[:, 1] > 0.01)] == SCALP).all()
    assert (grafted.region[fitted & (vertices[:, 1] < -0.01)] == FACE).all()
    across = np.linalg.norm(vertices[grafted.mirror] * [-1, 1, 1] - vertices, axis=1)
    assert np.percentile(across, 95) < 0.004


def test_an_eye_under_hair_stays_fused_and_is_told_of(shape, wrapped):
    covered = graft(fused(bulge=0.012), shape, wrapped, 1.0)
    assert sorted(covered.opened) == ["eye", "mouth"]
    assert len(covered.warnings) == 1 and "eye" in covered.warnings[0]
    label = components(covered.surface.faces, len(covered.surface.vertices))
    assert is_closed(part_surface(covered.surface, label == label[0]))
    assert (covered.region == EYEBALL).sum() * 2 == (shape.region == EYEBALL).sum()


def test_an_opening_that_stays_folded_is_left_out_and_told_of(shape, wrapped, monkeypatch):
    def folded(vertices, faces, normals, start):
        seam = np.unique(faces[(faces >= start).any(1) & (faces < start).any(1)])
        return seam[(seam < start) & (vertices[seam, 0] > 0.02)]

    monkeypatch.setattr(joining, "_folded", folded)
    left_out = graft(fused(), shape, wrapped, 1.0)
    assert sorted(left_out.opened) == ["eye", "mouth"] and len(left_out.warnings) == 1
    assert not (left_out.region[left_out.surface.vertices[:, 0] > 0.02] == EYEBALL).any()
    assert is_closed(left_out.surface)


def test_the_model_settles_on_what_photos_have_refined_since(shape, wrapped, grafted):
    places = grafted.surface.vertices
    swollen = places * (1 + 0.01 * np.cos(40 * places[:, :1]) + 0.01 * places[:, 2:] / RADIUS)  # up to 2 mm
    refined = Surface(swollen.astype(np.float32), grafted.surface.faces)
    settled = settle(shape, wrapped, refined, grafted.carrier, 1.0)
    own = grafted.origin >= 0
    np.testing.assert_array_equal(settled[grafted.origin[own]], refined.vertices[own])
    skin = np.isin(shape.region, (FACE, SCALP))
    outward = wrapped / np.linalg.norm(wrapped, axis=1)[:, None]
    away = [Closest(refined, 0.002, 0.0).touch(laid, outward).away[skin] for laid in (wrapped, settled)]
    assert np.percentile(away[1], 99) < 0.0001 < 0.1 * np.percentile(away[0], 99)
    turned = (unit_normals(wrapped, shape.surface.faces) * unit_normals(settled, shape.surface.faces)).sum(1)
    assert turned.min() > 0.3  # nothing is folded


def test_where_nothing_was_grafted_settling_keeps_fused_lids_apart(shape, wrapped):
    plain = fused()
    nowhere = np.zeros((len(plain.vertices), 3), np.int32) + [0, 1, 2]
    carrier = Carrier(nowhere, np.full(nowhere.shape, 1 / 3, np.float32))
    settled = settle(shape, wrapped, plain, carrier, 1.0)
    sockets = shape.region == SOCKET
    assert np.linalg.norm(settled - wrapped, axis=1)[sockets].max() < 0.001


def test_a_zipped_strip_uses_every_edge_once_and_looks_outward():
    angles = [np.linspace(0, 2 * np.pi, count, endpoint=False) + 0.3 for count in (17, 40)]
    rings = [np.stack([r * np.cos(a), r * np.sin(a), 0 * a], 1) for r, a in zip((1.2, 1.0), angles, strict=True)]
    strip = zip_loops(*rings, np.tile([0.0, 0.0, 1.0], (17, 1)))
    points = np.concatenate(rings)
    assert len(strip) == 57 and (unit_normals(points, strip)[:, 2] > 0.99).all()
    sides = {tuple(edge) for edge in strip[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).tolist()}
    assert len(sides) == 3 * 57
    assert {(k, (k + 1) % 17) for k in range(17)} <= sides
    assert {(17 + (k + 1) % 40, 17 + k) for k in range(40)} <= sides


def test_a_ragged_patch_gets_one_simple_loop():
    faces, middles = np.asarray(ICOSPHERE.faces), ICOSPHERE.triangles_center
    ragged = (middles[:, 2] > 0.8) & (np.random.default_rng(3).random(len(faces)) < 0.85)
    patch, loop = simple_patch(faces, ragged)
    assert len(np.unique(loop)) == len(loop) > 20
    assert patch[middles[:, 2] > 0.85].all() and not patch[middles[:, 2] < 0.75].any()


def test_nearest_points_take_the_sheet_that_looks_the_same_way():
    sheet = trimesh.creation.box((0.1, 0.1, 0.002)).subdivide().subdivide()
    closest = Closest(Surface(np.float32(sheet.vertices), np.int32(sheet.faces)), 0.005, 0.006)
    points = np.random.default_rng(0).uniform(-0.04, 0.04, (50, 3)) * [1, 1, 0.01]
    touch = closest.touch(points, np.tile([0.0, 0.0, -1.0], (50, 1)))
    np.testing.assert_allclose(touch.point[:, 2], -0.001, atol=1e-7)
    np.testing.assert_allclose(touch.point[:, :2], points[:, :2], atol=1e-7)
