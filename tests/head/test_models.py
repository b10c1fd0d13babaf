"""Choosing a head model: what is installed, what is named by its path, what is missing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.errors import UserError
from backend.head import builtin, install, models
from backend.head.kits import ict
from backend.head.models import installed_model, load_head_model, models_folder
from backend.head.storage import write_model
from installer import places
from tests.head.tiny_models import tiny_model


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv(models.FOLDER_VARIABLE, str(tmp_path / "models"))
    return tmp_path / "models"


def test_auto_is_ict_where_it_is_installed_and_builtin_elsewhere(monkeypatch):
    monkeypatch.setattr(builtin, "build", lambda: replace(tiny_model(), name="builtin"))
    assert load_head_model("auto").name == load_head_model("builtin").name == "builtin"
    write_model(replace(tiny_model(), name="ict"), installed_model("ict"))
    assert load_head_model("auto").name == load_head_model("ict").name == "ict"
    assert load_head_model("builtin").name == "builtin"


def test_the_installed_model_gets_the_newest_table():
    write_model(replace(tiny_model(), name="ict"), installed_model("ict"))
    np.testing.assert_array_equal(load_head_model("ict").landmarks.corners, ict.landmark_table().corners)


def test_a_model_that_is_not_installed_is_told_how_to_get():
    with pytest.raises(UserError, match=r"install\.py head-model ict.*builtin"):
        load_head_model("ict")


def test_a_path_is_a_models_file(tmp_path):
    write_model(tiny_model(), tmp_path / "mine.npz")
    assert load_head_model(str(tmp_path / "mine.npz")).name == "tiny"
    with pytest.raises(UserError, match="There is no head model"):
        load_head_model(str(tmp_path / "none.npz"))
    (tmp_path / "mine.npz").write_text("no model")
    with pytest.raises(UserError, match="neither a folder nor"):
        load_head_model(str(tmp_path / "mine.npz"))


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_models_lie_beside_the_record_of_the_backend(platform):
    home = Path("/home/a")
    for variables in ({}, {"XDG_CONFIG_HOME": "/c", "APPDATA": "/r"}):
        beside = places.backend_record(platform, variables, home).parent
        assert models_folder(platform, variables, home) == beside / "head-models"


def test_the_installer_looks_in_the_same_place(folder, monkeypatch):
    assert models_folder() == places.head_models() == folder
    monkeypatch.delenv(models.FOLDER_VARIABLE)
    assert models_folder() == places.head_models()


def test_the_converter_says_why_it_failed(tmp_path, capsys):
    assert install.main(["ict", str(tmp_path)]) == 2
    assert "no ICT-FaceKit" in capsys.readouterr().err
    assert not installed_model("ict").exists()
