"""Whether ICT-FaceKit is installed, as the panel says it."""

import pytest

from backend.head import models
from blender_addon.setup import head_models


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv(head_models.FOLDER_VARIABLE, str(tmp_path))
    yield tmp_path
    monkeypatch.undo()
    head_models.look()


def test_it_is_looked_for_where_the_backend_looks(monkeypatch, tmp_path):
    assert head_models.ict_file() == models.installed_model("ict")
    monkeypatch.delenv(head_models.FOLDER_VARIABLE)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert head_models.ict_file() == models.installed_model("ict")


def test_the_hint_goes_when_it_is_installed(folder):
    head_models.look()
    assert "install.py head-model ict" in head_models.hint("auto") == head_models.hint("ict")
    assert head_models.hint("builtin") == head_models.hint("file") == ""
    (folder / "ict.npz").write_bytes(b"")
    assert head_models.hint("ict")  # nothing is looked up before somebody asks to
    head_models.look()
    assert head_models.hint("auto") == head_models.hint("ict") == ""
