"""A head model's file: what is written is read again, and anything else is refused in words."""

import os

import numpy as np
import pytest

from backend.errors import UserError
from backend.head import storage
from backend.head.storage import is_model_file, read_model, read_table, write_model, write_table
from tests.head.tiny_models import tiny_model

ARRAYS = ("vertices", "polygons", "uvs", "uv_polygons", "region", "mirror")


@pytest.fixture
def stored(tmp_path):
    model = tiny_model()
    write_model(model, tmp_path / "deep" / "model.npz")
    return model, tmp_path / "deep" / "model.npz"


def test_a_model_survives_its_file(stored):
    model, path = stored
    again = read_model(path)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(again, name), getattr(model, name))
        assert getattr(again, name).dtype == getattr(model, name).dtype
    for name in ("name", "license", "identity_names", "expression_names", "slack"):
        assert getattr(again, name) == getattr(model, name)
    np.testing.assert_array_equal(again.landmarks.spread, model.landmarks.spread)
    assert [path.name for path in path.parent.iterdir()] == ["model.npz"]


@pytest.mark.parametrize("largest", [0.001, 0.03, 0.25])  # metres
def test_displacements_are_rounded_by_a_hundredth_of_a_millimetre_at_most(tmp_path, largest):
    model = tiny_model()
    factor = largest / np.abs(model.identity).max()
    model.identity[:] *= factor
    write_model(model, tmp_path / "model.npz")
    error = np.abs(read_model(tmp_path / "model.npz").identity - model.identity).max()
    assert 0 < error <= max(0.51e-6, largest / 65000)
    assert error < 1e-5


def test_a_field_of_zeros_stays_zero(tmp_path):
    model = tiny_model()
    model.expressions[1] = 0
    write_model(model, tmp_path / "model.npz")
    assert not read_model(tmp_path / "model.npz").expressions[1].any()


def test_a_table_survives_its_file(tmp_path):
    table = tiny_model().landmarks
    write_table(table, tmp_path / "table.npz")
    again = read_table(tmp_path / "table.npz")
    for name in ("corners", "weights", "spread"):
        np.testing.assert_array_equal(getattr(again, name), getattr(table, name))


def test_a_newer_file_asks_for_a_newer_program(stored, monkeypatch):
    model, path = stored
    monkeypatch.setattr(storage, "FORMAT", storage.FORMAT + 1)
    write_model(model, path)
    monkeypatch.undo()
    with pytest.raises(UserError, match="newer Likeness"):
        read_model(path)


def test_a_broken_file_is_refused(stored):
    path = stored[1]
    whole = path.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 40):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError, match=r"damaged|no head model"):
            read_model(path)
    path.write_bytes(whole[:1000] + bytes(64) + whole[1064:])
    with pytest.raises(UserError, match=r"damaged|no head model"):
        read_model(path)


def test_arrays_that_do_not_fit_are_refused(tmp_path):
    model = tiny_model()
    model.polygons[3, 1] = len(model.vertices)
    write_model(model, tmp_path / "model.npz")
    with pytest.raises(UserError, match="do not fit"):
        read_model(tmp_path / "model.npz")


def test_foreign_files_are_told_apart(tmp_path, stored):
    np.savez(tmp_path / "other.npz", vertices=np.zeros(3))
    (tmp_path / "text.npz").write_text("nothing")
    for name in ("other.npz", "text.npz"):
        assert not is_model_file(tmp_path / name)
        with pytest.raises(UserError):
            read_model(tmp_path / name)
    assert is_model_file(stored[1]) and not is_model_file(tmp_path / "none.npz")
    with pytest.raises(UserError, match="no head model"):
        read_model(tmp_path / "none.npz")


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be made read-only by their mode on Windows")
def test_what_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="cannot be written"):
        write_model(tiny_model(), tmp_path / "file" / "model.npz")
