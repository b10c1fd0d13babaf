from dataclasses import replace

import numpy as np
import pytest
from small_heads import OPENING, QUICK, small_head

from backend.errors import Cancelled
from backend.rig.canonical import canonical_points, keys_of
from backend.rig.correctives import correctives_of
from backend.rig.expression import ExpressionField, Pose, learned, train
from backend.rig.shelf import Shelf, cache_folder
from backend.scene.head import EYEBALL
from backend.scene.rig import ARKIT


@pytest.fixture(scope="module")
def model():
    return small_head()


@pytest.fixture(scope="module")
def field(model):
    return train(model, config=QUICK)


@pytest.fixture(scope="module")
def points(model):
    return canonical_points(model)


def _at(**coefficients):
    return np.array([coefficients.get(name, 0.0) for name in ARKIT])


def test_the_neutral_is_exactly_still(field, points):
    assert np.abs(field.displacements(points, _at())).max() == 0


def test_baked_keys_are_the_models(field, points, model):
    baked, wanted = field.bake(points), keys_of(model)
    assert baked.shape == (52, len(points), 3) and baked.dtype == np.float32
    for name in model.expression_names:
        key, goal = baked[ARKIT.index(name)], wanted[ARKIT.index(name)]
        assert np.linalg.norm(key - goal) < 0.03 * np.linalg.norm(goal), name


def test_keys_that_a_model_lacks_do_nothing(field, points, model):
    lacking = [row for row, name in enumerate(ARKIT) if name not in model.expression_names]
    assert np.abs(field.bake(points)[lacking]).max() < 1e-7


@pytest.mark.parametrize("name", ["jawOpen", "eyeBlinkLeft", "mouthSmileRight"])
def test_a_key_alone_is_what_was_baked(field, points, name):
    baked = field.bake(points)[ARKIT.index(name)]
    np.testing.assert_allclose(field.displacements(points, _at(**{name: 1})), baked, atol=2e-6)


def test_a_left_key_leaves_the_right_half_still(field, points):
    for row, name in enumerate(ARKIT):
        key = np.linalg.norm(field.bake(points)[row], axis=1)
        right = points[:, 0] < -0.02
        if name.endswith("Left") and name not in ("jawLeft", "mouthLeft"):
            assert key[right].max() <= 0.01 * key.max(), name


def test_eyeballs_are_left_to_their_own_keys(field, points, model):
    assert not field.bake(points)[:, model.region == EYEBALL].any()


def test_points_between_vertices_move_like_their_neighbors(field, points, model):
    triangles = model.triangles(model.polygons)
    between = points[triangles].mean(1)
    at_corners = field.bake(points)[ARKIT.index("mouthSmileLeft")][triangles].mean(1)
    apart = np.linalg.norm(field.bake(between)[ARKIT.index("mouthSmileLeft")] - at_corners, axis=1)
    assert apart.max() < 0.001


def test_a_jaw_half_open_is_on_its_arc(field, points, model):
    """Halfway along the chord a chin would be nearer to the hinge than at either end."""
    chin = np.argmax(np.linalg.norm(keys_of(model)[ARKIT.index("jawOpen")], axis=1))
    half = field.displacements(points, _at(jawOpen=0.5))[chin]
    chord = field.bake(points)[ARKIT.index("jawOpen")][chin] / 2
    outwards = model.vertices[chin] / np.linalg.norm(model.vertices[chin])
    assert (half - chord) @ outwards > 0.0007


def test_a_smile_goes_along_with_the_open_jaw(model):
    assert {"jawOpen+mouthSmileLeft", "jawOpen+mouthSmileRight"} <= set(correctives_of(model))


def test_a_turned_jaw_moves_the_chin_as_the_key_does(field, points, model):
    chin = np.argmax(np.linalg.norm(keys_of(model)[ARKIT.index("jawOpen")], axis=1))
    turned = field.displacements(points, _at(), Pose(jaw=np.array([OPENING, 0, 0])))[chin]
    opened = field.bake(points)[ARKIT.index("jawOpen")][chin]
    assert np.linalg.norm(turned - opened) < 0.15 * np.linalg.norm(opened)


def test_the_same_seed_learns_the_same(model, field, points):
    np.testing.assert_array_equal(train(model, config=QUICK).bake(points), field.bake(points))


def test_arrays_round_trip_and_stay_small(field, points):
    arrays = field.arrays()
    assert sum(array.nbytes for array in arrays.values()) < 2e6
    again = ExpressionField.of(arrays)
    np.testing.assert_array_equal(again.bake(points), field.bake(points))


def test_a_shelf_gives_back_what_was_learned(model, field, points, tmp_path):
    shelf = Shelf(tmp_path)
    first = learned(model, shelf=shelf, config=QUICK)
    (kept,) = tmp_path.iterdir()
    np.testing.assert_array_equal(learned(model, shelf=shelf, config=QUICK).bake(points), first.bake(points))
    kept.write_bytes(kept.read_bytes()[:1000])
    np.testing.assert_array_equal(learned(model, shelf=shelf, config=QUICK).bake(points), first.bake(points))
    assert kept.stat().st_size > 1000


def test_learning_hears_a_cancel(model, tmp_path):
    def cancel(fraction: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        learned(model, cancel, Shelf(tmp_path), QUICK)
    assert not list(tmp_path.iterdir())


def test_another_model_has_another_place(model, tmp_path):
    other = replace(model, expressions=model.expressions * np.float32(1.01))
    assert Shelf(tmp_path).place(model, 0) != Shelf(tmp_path).place(other, 0)


def test_the_cache_lies_where_the_system_keeps_caches(tmp_path):
    assert cache_folder("linux", {}, tmp_path) == tmp_path / ".cache" / "likeness"
    assert cache_folder("darwin", {}, tmp_path) == tmp_path / "Library" / "Caches" / "Likeness"
    assert cache_folder("win32", {"LOCALAPPDATA": str(tmp_path)}) == tmp_path / "Likeness" / "Cache"
