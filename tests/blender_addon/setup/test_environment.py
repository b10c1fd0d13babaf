"""Finding the backend's Python."""

import json
import sys

import pytest

from backend.errors import UserError
from blender_addon.setup import environment


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Four Pythons, and a way to note one."""
    monkeypatch.delenv("LIKENESS_PYTHON", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("preferred", "variable", "extension", "user"):
        (tmp_path / name).write_text("")
    (tmp_path / "config" / "likeness").mkdir(parents=True)
    return tmp_path


def note(path, python):
    path.write_text(json.dumps({"python": str(python), "source": "/somewhere"}))


def test_the_preference_wins_then_the_variable_then_the_notes(places, monkeypatch):
    user, extension = places / "config/likeness/backend.json", places / environment.NOTE
    note(user, places / "user")
    assert environment.find_python("", None) == places / "user"
    assert environment.find_python("", places) == places / "user"
    note(extension, places / "extension")
    assert environment.find_python("", places) == places / "extension"
    monkeypatch.setenv("LIKENESS_PYTHON", str(places / "variable"))
    assert environment.find_python("", places) == places / "variable"
    assert environment.find_python(str(places / "preferred"), places) == places / "preferred"


def test_without_an_environment_it_says_how_to_get_one(places):
    with pytest.raises(UserError, match=r"python install\.py"):
        environment.find_python("", places)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"python": 3}'])
def test_a_broken_note_is_named(places, text):
    (places / environment.NOTE).write_text(text)
    with pytest.raises(UserError, match=environment.NOTE):
        environment.find_python("", places)


def test_a_python_that_is_gone_is_named(places):
    note(places / environment.NOTE, places / "gone")
    with pytest.raises(UserError, match="gone"):
        environment.find_python("", places)


def test_each_system_has_its_place_for_the_user_note(places, monkeypatch):
    monkeypatch.setenv("APPDATA", str(places))
    monkeypatch.setattr(sys, "platform", "win32")
    assert environment.user_note() == places / "Likeness" / "backend.json"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert environment.user_note().parts[-4:] == ("Library", "Application Support", "Likeness", "backend.json")


def test_the_backend_that_runs_is_the_bundled_one(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert environment.child_environment()["PYTHONPATH"] == str(environment.SOURCES)
    assert (environment.SOURCES / "backend" / "serve.py").is_file()
