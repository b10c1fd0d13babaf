"""What polls are told of files: what was seen last, and never later than the next look."""

from types import SimpleNamespace

import bpy
import pytest

from blender_addon.results import disk_watch


@pytest.fixture
def window(monkeypatch):
    """As if Blender had a window."""
    monkeypatch.setattr(
        disk_watch, "bpy", SimpleNamespace(app=SimpleNamespace(background=False, timers=bpy.app.timers))
    )
    monkeypatch.setattr(disk_watch, "_there", {})


def test_without_a_window_every_question_is_answered_by_a_look(tmp_path):
    file = tmp_path / "a"
    assert not disk_watch.is_there(file)
    file.touch()
    assert disk_watch.is_there(file)


def test_with_a_window_the_disk_is_asked_once_and_then_by_the_timer(window, tmp_path):
    file = tmp_path / "a"
    assert not disk_watch.is_there(file)
    file.touch()
    assert not disk_watch.is_there(file)
    assert disk_watch.look() > 0
    assert disk_watch.is_there(file)


def test_the_timer_comes_and_goes(window):
    disk_watch.start()
    assert bpy.app.timers.is_registered(disk_watch.look)
    disk_watch.stop()
    assert not bpy.app.timers.is_registered(disk_watch.look)


def test_what_was_asked_long_ago_is_forgotten(window, tmp_path):
    for number in range(disk_watch._LARGEST + 1):
        disk_watch.is_there(tmp_path / str(number))
    disk_watch.look()
    assert not disk_watch._there
