"""One rigging gives two heads: the surface that photos made, and the head model in its place."""

import numpy as np
import pytest
from small_heads import QUICK, small_head

from backend.head.fitting.fit import HeadFit
from backend.head.fitting.solution import Placement, Solution
from backend.rig import assembly
from backend.rig.expression import train
from backend.scene import ARKIT, Carrier, Surface
from backend.scene.head import EYEBALL

SCALE = 2.0  # lengths of the world in a meter
WORN = {"mouthSmileLeft": 0.5}


@pytest.fixture(scope="module")
def fit() -> HeadFit:
    model = small_head()
    still = np.zeros(len(model.expression_names))
    turned = Placement(SCALE, np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]), np.array([1.0, 2, 3]))
    solution = Solution(np.zeros(len(model.identity)), still[None], (), (), turned, True)
    return HeadFit(model, model, solution, (), 0.0)


@pytest.fixture(scope="module")
def worn(fit) -> Surface:
    """The model in the world, half smiling."""
    model = fit.whole
    smile = model.expressions[model.expression_names.index("mouthSmileLeft")]
    placed = fit.solution.placement
    vertices = (model.vertices + 0.5 * smile) @ placed.rotation.T * SCALE + placed.translation
    return Surface(vertices.astype(np.float32), model.triangles(model.polygons).astype(np.int32))


@pytest.fixture(scope="module")
def rigged(fit, worn):
    """Function from a carrier and the surface that it is for to what `rig_head` returns."""
    field = train(fit.whole, config=QUICK)

    def run(surface: Surface, carrier: Carrier, region: np.ndarray, told=WORN):
        wearing = assembly.Wearing(surface, region, carrier, worn.vertices, told, {})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(assembly, "learned", lambda model, progress: field)
            return assembly.rig_head(wearing, fit, (), lambda done: None)

    return run


@pytest.fixture(scope="module")
def shuffled(fit, worn, rigged):
    """The rigging of a surface with the model's vertices in another order; and that order."""
    order = np.random.default_rng(0).permutation(len(worn.vertices))
    corners = np.repeat(order[:, None], 3, 1).astype(np.int32)
    carrier = Carrier(corners, np.tile(np.float32([1, 0, 0]), (len(order), 1)))
    place = np.argsort(order)
    surface = Surface(worn.vertices[order], place[worn.faces].astype(np.int32))
    return rigged(surface, carrier, fit.whole.region[order]), order


def test_the_models_own_surface_is_at_rest_with_its_own_faces(fit, worn, shuffled):
    (_, own), _ = shuffled
    placed = fit.solution.placement
    rest = fit.whole.vertices @ placed.rotation.T * SCALE + placed.translation
    np.testing.assert_allclose(own.surface.vertices, rest, atol=1e-5)
    np.testing.assert_array_equal(own.surface.faces, worn.faces)
    assert np.abs(worn.vertices - rest).max() > 0.005  # the smile was taken off
    assert own.rig.worn == WORN and set(own.rig.keys) == set(ARKIT)


def test_it_moves_as_the_surface_does(fit, shuffled):
    (moving, own), order = shuffled
    skin = fit.whole.region[order] != EYEBALL
    for name in ("jawOpen", "eyeBlinkLeft", "mouthSmileRight"):
        assert np.abs(own.rig.keys[name]).max() > 0.008
        np.testing.assert_allclose(moving.rig.keys[name][skin], own.rig.keys[name][order][skin], atol=1e-5)
    for one, other in zip(moving.rig.joints, own.rig.joints, strict=True):
        np.testing.assert_allclose(one.head, other.head, atol=1e-4)


def test_the_models_own_vertices_are_rigged_once(fit, worn, rigged, shuffled):
    moving, own = rigged(worn, Carrier.itself(len(worn.vertices)), fit.whole.region)
    assert moving is own
    for name, move in shuffled[0][1].rig.keys.items():
        np.testing.assert_allclose(move, own.rig.keys[name], atol=1e-6)


@pytest.mark.parametrize(("told", "touch", "bared"), [({}, True, True), ({}, False, False), (WORN, False, True)])
def test_a_gap_that_the_photos_head_model_does_not_have_is_closed_however_wide(
    fit, worn, rigged, monkeypatch, told, touch, bared
):
    asked = []
    monkeypatch.setattr(assembly, "lips_touch", lambda neutral, model, metre: touch)
    monkeypatch.setattr(assembly, "neutral_sealed", lambda model, *_, bared: asked.append(bared) or model)
    rigged(worn, Carrier.itself(len(worn.vertices)), fit.whole.region, told)
    assert asked == [bared]
