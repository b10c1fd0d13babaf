"""The button that draws a turn around a result, with an acted backend."""

from pathlib import Path

import bpy
import pytest

from backend import protocol
from blender_addon.jobs import follow, job
from blender_addon.results.result_import import import_at_once
from tests.processes import all_end, eventually, noted_pids


@pytest.fixture
def result(addon, fake_python, result_folder) -> Path:
    """A result in the scene, selected."""
    import_at_once(*job.load(result_folder))
    return result_folder


def test_without_a_result_the_button_says_what_to_do(addon):
    assert not bpy.ops.likeness.render_turntable.poll()
    with pytest.raises(RuntimeError, match="Select the mesh of a result"):
        bpy.ops.likeness.render_turntable()


def test_it_asks_for_what_the_arguments_say_and_leaves_the_scene_alone(result, tmp_path):
    before = set(bpy.data.objects)
    done = bpy.ops.likeness.render_turntable(
        filepath=str(tmp_path / "turn.mp4"), frames=12, size=320, of="mesh", wait=True
    )
    assert done == {"FINISHED"}
    assert (tmp_path / "turn.mp4").read_text() == "12 320 mesh"
    assert job.current().final == protocol.Result(str(tmp_path / "turn.mp4")) and job.current().fraction == 1.0
    assert set(bpy.data.objects) == before
    assert all_end(noted_pids(result))


def test_a_name_without_the_ending_of_a_video_is_a_folder(result, tmp_path):
    assert bpy.ops.likeness.render_turntable(filepath=str(tmp_path / "turn")) == {"FINISHED"}
    assert (tmp_path / "turn" / "000.png").read_text() == "48 None auto"


def test_without_a_name_it_goes_beside_the_blend_or_else_the_result(result, tmp_path):
    assert bpy.ops.likeness.render_turntable() == {"FINISHED"}
    assert (result.parent / "Head_turntable.mp4").is_file()
    (tmp_path / "scenes").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scenes" / "a.blend"))
    assert bpy.ops.likeness.render_turntable() == {"FINISHED"}
    assert (tmp_path / "scenes" / "Head_turntable.mp4").is_file()


def test_what_the_backend_refuses_is_reported(result, tmp_path):
    with pytest.raises(RuntimeError, match="16 to 8192 pixels"):
        bpy.ops.likeness.render_turntable(filepath=str(tmp_path / "turn.mp4"), size=8)
    (tmp_path / "turn").mkdir()
    (tmp_path / "turn" / "mine.txt").touch()
    with pytest.raises(RuntimeError, match="other files"):
        bpy.ops.likeness.render_turntable(filepath=str(tmp_path / "turn"))


def test_it_can_be_cancelled_and_leaves_nothing(result, tmp_path, monkeypatch):
    (result / "hang").mkdir()
    monkeypatch.setattr(follow, "waits", lambda operator: False)  # as with a window
    bpy.ops.likeness.render_turntable(filepath=str(tmp_path / "turn.mp4"))
    running, pids = job.current(), noted_pids(result)
    bpy.ops.likeness.cancel()
    assert eventually(lambda: (running.poll(), running.final is not None)[1])
    assert running.final == protocol.Cancelled()
    assert all_end(pids) and eventually(lambda: not list(tmp_path.glob("turn*")))
