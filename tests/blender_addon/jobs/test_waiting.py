"""Several jobs, one after the other."""

import bpy
import pytest

from backend import protocol
from blender_addon.jobs import job, job_folder, job_panel, waiting
from blender_addon.setup import backend_link
from tests.blender_addon.test_registration import Layout


@pytest.fixture
def running(scene, act, windowed):
    """A job that goes on until it is cancelled."""
    act("hang")
    assert bpy.ops.likeness.generate() == {"FINISHED"}
    return job.current()


def cancel(ticked) -> job.Job:
    """Cancel what runs; returns it when the next has begun."""
    ended = job.current()
    bpy.ops.likeness.cancel()
    ticked(lambda: job.current() is not ended or job.is_idle())
    return ended


def test_a_second_job_begins_when_the_first_ends(running, act, ticked, photos, result_folder):
    result_folder.rename(photos / "result")
    act("finish")
    assert bpy.ops.likeness.generate() == {"FINISHED"}
    assert job.current() is running and len(waiting.tasks()) == 1
    cancel(ticked)
    assert running.final == protocol.Cancelled() and not waiting.tasks()
    ticked(job.is_idle)
    assert isinstance(job.current().final, protocol.Result) and "Head" in bpy.data.objects
    assert waiting.ended() == (running,)


def test_what_is_asked_for_is_what_the_scene_said_when_the_button_was_pressed(running, scene, ticked):
    scene.likeness.preset = "high"
    bpy.ops.likeness.generate()
    scene.likeness.preset = "preview"
    scene.likeness.photos.clear()
    cancel(ticked)
    assert job.current().request.preset == "high"
    cancel(ticked)


def test_waiting_jobs_can_change_places_and_be_removed(running, scene):
    for scene.likeness.preset in ("preview", "standard", "high"):
        bpy.ops.likeness.generate()
    assert bpy.ops.likeness.move_waiting(index=2) == {"FINISHED"}
    assert [what.request.preset for what in waiting.tasks()] == ["preview", "high", "standard"]
    removed = waiting.tasks()[0].folder
    assert bpy.ops.likeness.remove_waiting(index=0) == {"FINISHED"}
    assert [what.request.preset for what in waiting.tasks()] == ["high", "standard"]
    assert not removed.exists()
    with pytest.raises(RuntimeError, match="no waiting job 7"):
        bpy.ops.likeness.remove_waiting(index=7)
    shown = []
    job_panel.draw_waiting(Layout(shown))
    assert shown.count("likeness.remove_waiting") == 2 and shown.count("likeness.move_waiting") == 1
    assert "1. Head, high, 2 photos" in shown


def test_a_job_that_cannot_be_begun_does_not_stop_the_queue(running, act, ticked, photos, result_folder):
    result_folder.rename(photos / "result")
    act("finish")
    bpy.ops.likeness.generate()
    bpy.ops.likeness.generate()
    object.__setattr__(waiting.tasks()[0], "backend", backend_link.Local("/nowhere/python"))
    cancel(ticked)
    ticked(job.is_idle)
    _, failed = waiting.ended()
    assert "No such file" in failed.final.message and (failed.folder / "seen.txt").read_text() == "failed"
    assert isinstance(job.current().final, protocol.Result)


def test_an_operator_that_waits_waits_for_its_own_job(scene, act, windowed, photos, result_folder):
    result_folder.rename(photos / "result")
    act("finish")
    bpy.ops.likeness.generate()
    assert bpy.ops.likeness.generate(wait=True) == {"FINISHED"}
    assert sorted(built.name for built in bpy.data.objects if built.type == "MESH") == ["Head", "Head.001"]


def test_the_result_goes_to_the_scene_that_it_was_asked_for_in(scene, act, windowed, ticked, photos, result_folder):
    result_folder.rename(photos / "result")
    act("finish")
    bpy.ops.likeness.generate()
    scene.name = "Renamed"
    bpy.context.window.scene = other = bpy.data.scenes.new("Other")
    ticked(job.is_idle)
    assert "Head" in scene.objects and not other.objects
    assert scene.view_layers[0].objects.active.name == "Head"


def test_the_result_goes_to_the_current_scene_where_its_own_is_gone(
    scene, act, windowed, ticked, photos, result_folder
):
    result_folder.rename(photos / "result")
    act("finish")
    bpy.ops.likeness.generate()
    bpy.context.window.scene = other = bpy.data.scenes.new("Other")
    bpy.data.scenes.remove(scene)
    ticked(job.is_idle)
    assert "Head" in other.objects


def test_a_scene_that_goes_in_the_middle_of_the_import_is_survived(scene, act, windowed, ticked, photos, result_folder):
    result_folder.rename(photos / "result")
    act("finish")
    bpy.ops.likeness.generate()
    running = job.current()
    ticked(lambda: True)
    while not running.importing:
        running.poll(budget=1e-4)
    for _ in range(5):
        running._step()
    bpy.context.window.scene = other = bpy.data.scenes.new("Other")
    bpy.data.scenes.remove(scene)
    ticked(job.is_idle)
    assert isinstance(running.final, protocol.Result) and "Head" in other.objects


def test_another_file_in_the_middle_gets_the_result(running, act, ticked, photos, result_folder, tmp_path):
    result_folder.rename(photos / "result")
    act("finish")
    bpy.ops.likeness.generate()
    bpy.ops.wm.read_homefile(use_empty=True)
    cancel(ticked)
    ticked(job.is_idle)
    assert "Head" in bpy.context.scene.objects


def test_switching_off_leaves_waiting_jobs_to_be_offered(running, addon):
    bpy.ops.likeness.generate()
    folder = waiting.tasks()[0].folder
    addon.unregister()
    assert not waiting.tasks()
    left = job_folder.left_job(folder)
    assert left is not None and not left.result
    addon.register()
