"""What the builtin head encloses follows its skin, whatever photos do to that."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.head.builtin import build
from backend.mesh.enclosed import enclosed
from backend.mesh.parts import parts_of
from backend.scene import HeadShape, Surface, UvAtlas
from backend.scene.head import EYEBALL, LIPS, MOUTH, TEETH

METRE = 5.0  # of the surface's frame


@pytest.fixture(scope="module")
def shape() -> HeadShape:
    model = build()
    surface = Surface(METRE * model.vertices, model.triangles(model.polygons).astype(np.int32))
    atlas = UvAtlas(model.uvs, model.triangles(model.uv_polygons).astype(np.int32))
    return HeadShape(surface, atlas, model.region, model.mirror, "builtin", metre=METRE)


@pytest.fixture(scope="module")
def parts(shape):
    return parts_of(shape, METRE)


def lips_pushed(shape: HeadShape, parts, depth: float) -> Surface:
    """Lips and chin moved back by `depth` meters, as photos do it: what the skin encloses stays."""
    places = shape.surface.vertices.astype(float)
    away = np.linalg.norm(places - places[shape.region == LIPS].mean(0), axis=1) / METRE
    share = np.where(parts.skin & ~shape.inner, np.exp(-((away / 0.025) ** 2)), 0.0)
    return replace(shape.surface, vertices=places + METRE * depth * share[:, None] * [0, 1, 0])


def test_where_the_skin_stays_all_stays(shape):
    np.testing.assert_allclose(enclosed(shape, shape.surface, METRE).vertices, shape.surface.vertices, atol=2e-6)


def test_a_head_that_is_moved_takes_all_along(shape, parts):
    turn = Rotation.from_rotvec([0.008, -0.004, 0.01]).as_matrix()
    whole = shape.surface.vertices @ turn.T + [0.01, 0.02, -0.03]
    moved = np.where((parts.skin & ~shape.inner)[:, None], whole, shape.surface.vertices)
    found = enclosed(shape, replace(shape.surface, vertices=moved), METRE).vertices
    held = np.isin(shape.region, (MOUTH, TEETH))
    np.testing.assert_allclose(found[held], whole[held], atol=1e-3 * METRE)
    for eye in parts.eyes:
        np.testing.assert_allclose(found[eye].mean(0), whole[eye].mean(0), atol=1e-3 * METRE)


@pytest.mark.parametrize("depth", [-0.004, 0.006])
def test_teeth_follow_the_lips_as_one_and_stay_behind_them(shape, parts, depth):
    pushed = lips_pushed(shape, parts, depth)
    found = enclosed(shape, pushed, METRE).vertices
    teeth, lips = shape.region == TEETH, shape.region == LIPS
    before = shape.surface.vertices
    change = ((found - before)[teeth][:, 1] / METRE).mean()
    assert np.sign(change) == np.sign(depth) and abs(change) > 0.4 * abs(depth)
    lengths = [np.linalg.norm(places[teeth] - places[teeth].mean(0), axis=1) for places in (before, found)]
    ratio = lengths[1] / lengths[0]
    assert np.ptp(ratio) < 1e-3  # a similarity
    foremost = [places[lips][:, 1].min() - places[teeth][:, 1].min() for places in (before, found)]
    assert foremost[1] < foremost[0] + 0.0035 * METRE  # the lips do not come much nearer to what was behind them


def test_skin_that_photos_see_is_left_to_them(shape, parts):
    pushed = lips_pushed(shape, parts, 0.006)
    found = enclosed(shape, pushed, METRE).vertices
    balls = [shape.surface.vertices[eye].mean(0) for eye in parts.eyes]
    far = np.min([np.linalg.norm(shape.surface.vertices - ball, axis=1) for ball in balls], 0) > 0.03 * METRE
    seen = parts.skin & ~shape.inner & far
    np.testing.assert_allclose(found[seen], pushed.vertices[seen], atol=1e-6)
    assert not (shape.region[seen] == EYEBALL).any()
