"""ICT-FaceKit light: its parts, its names and its measures after the conversion."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.errors import UserError
from backend.head.faces.regions import MIDDLE, MIRROR
from backend.head.kits import ict
from backend.head.kits.ict_regions import MULTI_PIE, SEAM
from backend.head.kits.ict_tongue import TONGUE
from backend.head.models import load_head_model
from backend.kernels.rasterize import rasterize
from backend.scene.face import LANDMARKS
from backend.scene.head import EAR, EYEBALL, FACE, LIPS, NECK, REGIONS, SCALP, TEETH
from backend.scene.rig import ARKIT

ARCHIVE = Path(__file__).parents[4] / "shared" / "facekit" / "ICT-FaceKit.tar.xz"


@pytest.fixture(scope="module")
def model():
    if not ARCHIVE.exists():
        pytest.skip("the archive of ICT-FaceKit is not beside this checkout")
    return load_head_model(str(ARCHIVE))


def at(model, name):
    return model.expressions[model.expression_names.index(name)]


def test_sides_are_spelled_out_and_shapes_that_apple_has_once_are_joined():
    one, two = np.ones((2, 3)), np.full((2, 3), 2.0)
    spelled = ict.apple_spelled(
        {"eyeBlink_L": one, "browInnerUp_L": one, "browInnerUp_R": two, "jawOpen": two, "PupilDilate_R": one}
    )
    assert list(spelled) == ["eyeBlinkLeft", "browInnerUp", "jawOpen", "pupilDilateRight"]
    np.testing.assert_array_equal(spelled["browInnerUp"], one + two)


def test_the_squares_of_the_texture_tile_it():
    squares = list(ict.TILES.values())
    assert sum(side**2 for *_, side in squares) == pytest.approx(1)
    for number, (left, bottom, side) in enumerate(squares):
        assert left >= 0 and bottom >= 0 and left + side <= 1 + 1e-9 and bottom + side <= 1 + 1e-9
        for other_left, other_bottom, other_side in squares[:number]:
            apart = max(other_left - left - side, left - other_left - other_side,
                        other_bottom - bottom - side, bottom - other_bottom - other_side)  # fmt: skip
            assert apart >= -1e-9


def test_the_table_of_landmarks_is_whole_and_symmetric():
    table = ict.landmark_table()
    assert table.corners.shape == table.weights.shape == (LANDMARKS, 3) and table.spread.shape == (LANDMARKS,)
    assert table.corners.min() >= 0 and table.corners.max() < ict.VERTICES
    np.testing.assert_allclose(table.weights.sum(1), 1, atol=1e-5)
    np.testing.assert_array_equal(table.spread, table.spread[MIRROR])
    assert np.isfinite(table.spread[list(MIDDLE)]).all() and 1e-4 < np.median(table.spread) < 3e-3


def test_a_folder_without_the_kit_is_told(tmp_path):
    with pytest.raises(UserError, match="no ICT-FaceKit"):
        ict.convert(tmp_path)


def test_a_kit_of_another_size_is_told(tmp_path):
    (tmp_path / "FaceXModel").mkdir()
    (tmp_path / "FaceXModel" / "identity000.obj").write_text("\nv 1 2 3\n")
    with pytest.raises(UserError, match=r"1 vertices, not 26719.*Download"):
        ict.convert(tmp_path)


def test_its_measures_are_those_of_a_head(model):
    eyes = model.vertices[model.region == EYEBALL]
    between = eyes[eyes[:, 0] > 0].mean(0) - eyes[eyes[:, 0] < 0].mean(0)
    assert 0.060 < between[0] < 0.066 and np.abs(between[1:]).max() < 1e-4
    chin, crown = model.vertices[MULTI_PIE[8], 2], model.vertices[:, 2].max()
    assert 0.21 < crown - chin < 0.25
    nose = model.vertices[MULTI_PIE[30]]
    assert nose[1] == pytest.approx(model.vertices[model.region != NECK][:, 1].min(), abs=1e-3) and abs(nose[0]) < 1e-4
    ears = model.vertices[model.region == EAR]
    assert np.abs(ears.mean(0)).max() < 0.012 and len(ears) > 500


def test_identities_are_ordered_deviations(model):
    size = np.sqrt((model.identity.astype(float) ** 2).sum(2).mean(1))
    assert model.identity.shape == (100, ict.VERTICES, 3)
    assert 0.002 < size[0] < 0.006 and size[-1] < 0.0003 and size[:10].mean() > 3 * size[50:].mean()


def test_expressions_bear_apples_names_and_move_the_side_that_they_name(model):
    assert set(ARKIT) <= set(model.expression_names) and len(set(model.expression_names)) == 56
    for name in ("eyeBlink", "mouthSmile", "browDown", "cheekRaiser"):
        for side, sign in (("Left", 1), ("Right", -1)):
            moved = np.linalg.norm(at(model, name + side), axis=1)
            assert sign * (moved * model.vertices[:, 0]).sum() > 0
    assert at(model, "jawOpen")[MULTI_PIE[8], 2] < -0.01
    brows = at(model, "browInnerUp")[list(MULTI_PIE[20:24]), 2]
    assert (brows > 0.002).all()
    np.testing.assert_allclose(brows, brows[::-1], rtol=0.3)


def test_the_tongue_comes_out_between_parted_lips(model):
    moved = model.vertices + at(model, "tongueOut")
    low, high = moved[SEAM[1]], moved[SEAM[0]]
    tongue = moved[TONGUE]
    assert tongue[:, 1].min() < model.vertices[list(SEAM), 1].min() - 0.012
    passing = tongue[np.abs(tongue[:, 1] - high[1]) < 0.003]
    assert len(passing) > 20 and passing[:, 2].max() < high[2] and passing[:, 2].min() > low[2]
    upper = (model.region == TEETH) & (np.abs(at(model, "jawOpen")).max(1) == 0)
    assert upper.any() and np.abs(at(model, "tongueOut")[upper | (model.region == EYEBALL)]).max() < 1e-6


def test_a_model_kept_by_an_older_version_gets_its_tongue(model):
    older = replace(model, expressions=model.expressions[:-1], expression_names=model.expression_names[:-1])
    assert "tongueOut" not in older.expression_names
    newer = ict.renewed(older)
    assert newer.expression_names == model.expression_names
    np.testing.assert_allclose(newer.expressions, model.expressions, atol=1e-6)


def test_the_two_sides_are_partners(model):
    assert (model.mirror[model.mirror] == np.arange(len(model.mirror))).all()
    reflected = model.vertices[model.mirror] * np.float32([-1, 1, 1])
    assert np.abs(reflected - model.vertices).max() < 3e-4
    np.testing.assert_array_equal(model.region, model.region[model.mirror])
    np.testing.assert_array_equal(np.array(MULTI_PIE)[[36, 48, 31]], model.mirror[np.array(MULTI_PIE)[[45, 54, 35]]])


def test_regions_lie_where_they_are_called(model):
    assert set(np.unique(model.region)) == set(range(len(REGIONS)))
    middle = {name: model.vertices[model.region == index].mean(0) for index, name in enumerate(REGIONS)}
    assert middle["scalp"][2] > middle["face"][2] > middle["neck"][2]
    assert middle["lips"][1] < -0.08 and middle["teeth"][1] > middle["lips"][1] and middle["scalp"][1] > 0
    assert (model.region[list(MULTI_PIE[48:60])] == LIPS).all() and (model.region[list(MULTI_PIE[17:42])] == FACE).all()
    assert model.vertices[model.region == SCALP][:, 2].min() > -0.07


def test_the_texture_is_one_tile_without_overlaps(model):
    faces = model.triangles(model.uv_polygons)
    assert model.uvs.min() > 0 and model.uvs.max() < 1 and faces.min() >= 0
    corners = model.uvs[faces].astype(float)
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    areas = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / 2
    clip = np.c_[model.uvs * 2 - 1, np.zeros(len(model.uvs)), np.ones(len(model.uvs))].astype(np.float32)
    covered = rasterize(torch.from_numpy(clip), torch.from_numpy(faces), (2048, 2048))[..., 3] > 0
    assert 0.6 < areas < 1  # of the texture is used
    # What lies on top of something else; the rim of the pupil does, as the kit folds it.
    assert areas - float(covered.float().mean()) < 0.001


def test_the_face_has_most_of_the_texture(model):
    faces = model.triangles(model.polygons)[:, 0]
    corners = model.uvs[model.triangles(model.uv_polygons)].astype(float)
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    areas = np.bincount(model.region[faces], np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2)
    assert areas[[FACE, LIPS, SCALP, EAR, NECK]].sum() > areas.sum() / 2
