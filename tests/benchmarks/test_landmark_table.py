"""The table of landmarks: places that were seen are found again, symmetric, with the spread of the sightings."""

import numpy as np
import pytest

from backend.head.faces.regions import MIDDLE, MIRROR
from backend.head.model import HeadModel, LandmarkTable
from backend.scene.face import LANDMARKS
from backend.scene.head import EYEBALL, FACE
from benchmarks import landmark_table
from benchmarks.landmark_table import Sighting, calibrate

SIDE = 21  # vertices along a side of the two sheets
NOISE = 0.0008  # metres


def sheets() -> HeadModel:
    """A sheet of skin, 20 cm wide, and an eye's sheet on each side before it."""
    step = np.linspace(-0.1, 0.1, SIDE)
    x, z = (plane.ravel() for plane in np.meshgrid(step, step, indexing="ij"))
    skin = np.stack([x, -0.05 + x**2, z], 1)
    keep = np.abs(np.abs(x) - 0.03) < 0.021
    eyes = np.stack([x, np.full_like(x, -0.06), z * 0.2], 1)[keep]
    index = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], -1).reshape(-1, 4)
    renumbered = np.cumsum(keep) - 1 + SIDE * SIDE
    eye_quads = renumbered[quads[keep[quads].all(1)]]
    other = index[::-1].ravel()
    count = SIDE * SIDE + int(keep.sum())
    nothing = np.zeros((0, count, 3), np.float32)
    polygons = np.concatenate([quads, eye_quads]).astype(np.int32)
    return HeadModel(
        name="sheets", license="none", vertices=np.concatenate([skin, eyes]).astype(np.float32), polygons=polygons,
        uvs=np.zeros((count, 2), np.float32), uv_polygons=polygons,
        region=np.array([FACE] * SIDE * SIDE + [EYEBALL] * int(keep.sum()), np.uint8),
        mirror=np.concatenate([other, renumbered[other[keep]]]).astype(np.int32),
        identity=nothing, identity_names=(), expressions=nothing, expression_names=(),
        landmarks=LandmarkTable(np.zeros((LANDMARKS, 3), np.int32), np.zeros((LANDMARKS, 3)), np.zeros(LANDMARKS)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def measured():
    """A model, the true places of the landmarks (478, 3), and the table from 40 noisy sightings."""
    model, rng = sheets(), np.random.default_rng(0)
    places = np.zeros((LANDMARKS, 3))
    places[:, 0], places[:, 2] = rng.uniform(-0.09, -0.005, LANDMARKS), rng.uniform(-0.09, 0.09, LANDMARKS)
    places[468:, 0], places[468:, 2] = rng.uniform(-0.045, -0.015, 10), rng.uniform(-0.015, 0.015, 10)
    right = np.arange(LANDMARKS) < MIRROR
    places[MIRROR[right]] = places[right] * [-1, 1, 1]
    places[list(MIDDLE), 0] = 0
    seen = []
    for _ in range(40):
        size = rng.uniform(0.9, 1.1)
        seen.append(Sighting(
            (places[:, [0, 2]] + rng.normal(0, NOISE, (LANDMARKS, 2))) * size, model.vertices[:, [0, 2]] * size
        ))  # fmt: skip
    for sighting in seen[:4]:  # whom the detector misses altogether
        sighting.points[:] += 0.05
    return model, places, calibrate(model, seen)


def test_places_are_found_between_the_vertices(measured):
    model, places, table = measured
    found = np.einsum("ncx,nc->nx", model.vertices[table.corners], table.weights)
    error = np.linalg.norm((found - places)[:, [0, 2]], axis=1)
    assert np.median(error) < 0.0009 and error.max() < 0.0025  # the vertices are 10 mm apart
    np.testing.assert_allclose(table.weights.sum(1), 1, atol=1e-6)


def test_the_table_is_symmetric_and_the_middle_stays_there(measured):
    model, _, table = measured
    found = np.einsum("ncx,nc->nx", model.vertices[table.corners], table.weights)
    np.testing.assert_allclose(found[MIRROR] * [-1, 1, 1], found, atol=1e-6)
    assert np.abs(found[list(MIDDLE), 0]).max() < 1e-7


def test_irises_are_on_eyeballs_and_all_else_on_skin(measured):
    model, _, table = measured
    assert (model.region[table.corners[468:]] == EYEBALL).all() and (model.region[table.corners[:468]] == FACE).all()


def test_the_spread_is_that_of_the_sightings(measured):
    spread = measured[2].spread
    assert np.median(spread) == pytest.approx(NOISE * 1.15, rel=0.2)  # a few outliers, and the search's own steps


def test_what_never_settles_is_not_to_be_used(monkeypatch, measured):
    model, places, _ = measured
    monkeypatch.setattr(landmark_table, "UNSETTLED", 0.003)
    rng = np.random.default_rng(1)
    points = places[:, [0, 2]] + rng.normal(0, NOISE, (30, LANDMARKS, 2))
    points[:, 50] += rng.normal(0, 0.02, (30, 2))
    points[:, MIRROR[50]] += rng.normal(0, 0.02, (30, 2))
    table = calibrate(model, [Sighting(seen, model.vertices[:, [0, 2]]) for seen in points])
    assert np.isinf(table.spread[[50, MIRROR[50]]]).all() and np.isfinite(table.spread).sum() == LANDMARKS - 2


def test_a_picture_is_painted_of_any_model():
    pytest.importorskip("torch")
    from benchmarks.painted_heads import canvas, draw_person

    board = canvas(sheets())
    one, same, other = (draw_person(board, np.random.default_rng(seed), 96) for seed in (0, 0, 1))
    assert one.photo.shape == (96, 96, 3) and one.photo.dtype == np.float32
    assert one.photo.min() >= 0 and one.photo.max() <= 1 and one.photo.std() > 0.03
    np.testing.assert_array_equal(one.photo, same.photo)
    assert np.abs(one.photo - other.photo).mean() > 0.02
