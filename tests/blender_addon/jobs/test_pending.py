"""What was left when Blender was closed is offered when it starts again."""

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

import bpy
import pytest

from backend import protocol
from blender_addon.jobs import job, job_folder, job_panel, left_jobs, pending, task, waiting
from blender_addon.setup import preferences
from tests.blender_addon.test_registration import Layout
from tests.processes import all_end, eventually, noted_pids

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def left(scene, act, windowed, photos, result_folder):
    """Makes a job of some act and closes Blender on it; returns its folder."""
    result_folder.rename(photos / "result")

    def leave(name: str, until) -> Path:
        act(name)
        bpy.ops.likeness.generate()
        running = job.current()
        assert eventually(lambda: (running.poll(budget=1e-4), until(running))[1])
        job.close()
        return running.folder

    return leave


def offered() -> list[Path]:
    pending.look()
    return [found.folder for found in pending.jobs()]


def written(running) -> bool:
    return (running.folder / "result").is_dir() and running.importing


def test_a_result_that_was_never_imported_is_offered_and_comes_into_the_scene(left):
    folder = left("finish", written)
    assert offered() == [folder] and pending.jobs()[0].result == str(folder / "result")
    assert bpy.ops.likeness.import_pending(folder=str(folder), wait=True) == {"FINISHED"}
    assert "Head" in bpy.data.objects
    assert not pending.jobs() and not offered()
    assert (folder / "seen.txt").read_text() == "imported"


def test_an_interrupted_job_is_offered_and_can_be_run_again(left, photos):
    folder = left("hang", lambda running: running.fraction == 0.25)
    assert all_end(noted_pids(photos))
    assert offered() == [folder] and not pending.jobs()[0].result
    with pytest.raises(RuntimeError, match="no whole result"):
        bpy.ops.likeness.import_pending(folder=str(folder))
    asked = job_folder.read_request(folder)
    job_folder.write_request(folder, dataclasses.replace(asked, head_model="finish"))
    assert bpy.ops.likeness.run_again(folder=str(folder), wait=True) == {"FINISHED"}
    assert "Head" in bpy.data.objects and not offered()


def test_a_job_that_waited_is_offered_too(left, act):
    folder = left("hang", lambda running: True)
    act("hang")
    bpy.ops.likeness.generate()
    bpy.ops.likeness.generate()
    second, third = job.current().folder, waiting.tasks()[0].folder
    assert offered() == [folder]
    waiting.close()
    job.close()
    assert set(offered()) == {folder, second, third}


@pytest.mark.parametrize("how", ["imported", "cancelled", "failed"])
def test_a_job_whose_end_was_seen_is_not_offered(scene, act, windowed, ticked, photos, result_folder, how):
    result_folder.rename(photos / "result")
    act({"imported": "finish", "cancelled": "hang", "failed": "refuse"}[how])
    bpy.ops.likeness.generate()
    if how == "cancelled":
        bpy.ops.likeness.cancel()
    ticked(job.is_idle)
    assert (job.current().folder / "seen.txt").read_text() == how
    assert not offered()


def test_a_failed_job_can_be_run_again_from_the_panel(scene, act, windowed, ticked):
    act("refuse")
    bpy.ops.likeness.generate()
    ticked(job.is_idle)
    failed = job.current()
    shown = []
    job_panel.draw_job(Layout(shown), bpy.context, failed)
    assert {"likeness.run_again", "likeness.copy_error_report", "likeness.open_job_folder"} <= set(shown)
    with pytest.raises(RuntimeError, match="no face"):
        bpy.ops.likeness.run_again(folder=str(failed.folder), wait=True)
    assert job.current() is not failed and job.current().folder == failed.folder


def test_a_dismissed_job_is_not_offered_again_and_stays_on_disk(left):
    folder = left("finish", written)
    assert offered() == [folder]
    assert bpy.ops.likeness.dismiss_job(folder=str(folder)) == {"FINISHED"}
    assert not pending.jobs() and not offered() and (folder / "result" / "head.glb").is_file()


def test_a_job_of_another_blender_is_left_alone(scene, act, windowed, tmp_path):
    act("hang")
    bpy.ops.likeness.generate()
    running = job.current()
    look = (
        "import sys; from pathlib import Path; from blender_addon.jobs import job_folder; "
        "print(job_folder.left_job(Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", look, str(running.folder)]
    other = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == "None"
    with pytest.raises(RuntimeError, match="in use"):
        bpy.ops.likeness.run_again(folder=str(running.folder))
    running.cancel()


@pytest.mark.parametrize("damage", ["empty", "nonsense", "gone", "newer"])
def test_a_damaged_job_folder_is_passed_over(left, damage):
    folder = left("finish", written)
    texts = {"empty": "", "nonsense": "[1", "newer": '{"command": "dream"}'}
    if damage == "gone":
        (folder / "request.json").unlink()
    else:
        (folder / "request.json").write_text(texts[damage])
    assert not offered()
    with pytest.raises(RuntimeError, match="no job that can be run"):
        bpy.ops.likeness.run_again(folder=str(folder))


def test_folders_that_no_blender_made_are_passed_over(scene, tmp_path):
    (tmp_path / "jobs" / "mine").mkdir(parents=True)
    (tmp_path / "jobs" / "note.txt").touch()
    assert not offered()
    for text in ("", "/nowhere"):
        with pytest.raises(RuntimeError, match=r"No job folder is given|no job that can be run"):
            bpy.ops.likeness.run_again(folder=text)


def test_looking_is_bounded_and_the_newest_come_first(tmp_path, monkeypatch):
    for number in range(5):
        (tmp_path / str(number)).mkdir()
        os.utime(tmp_path / str(number), (number, number))
    monkeypatch.setattr(pending, "LIMIT", 3)
    assert [folder.name for folder in pending.newest(tmp_path)] == ["4", "3", "2"]
    assert pending.newest(tmp_path / "gone") == []


def test_a_thousand_old_jobs_are_looked_through_in_a_moment(scene, tmp_path):
    for number in range(1000):
        folder = tmp_path / "jobs" / str(number)
        folder.mkdir(parents=True)
        job_folder.mark(folder, job_folder.IMPORTED)
    began = time.perf_counter()
    assert not offered()
    assert time.perf_counter() - began < 0.5


def test_the_search_runs_beside_blender_and_the_panel_shows_what_it_found(left):
    folder = left("finish", written)
    assert bpy.app.timers.is_registered(pending._tick)
    assert eventually(lambda: pending._tick() is None)
    shown = []
    job_panel.draw_left(Layout(shown), bpy.context)
    assert {"likeness.import_pending", "likeness.dismiss_job"} <= set(shown)
    assert any(folder.name in text for text in shown) and bpy.types.LIKENESS_PT_job.poll(bpy.context)


def test_a_refit_that_was_left_is_offered(head, fake_python, rigged_folder, tmp_path):
    folder = task.new_folder(bpy.context.scene)
    order = protocol.RefitRequest(str(rigged_folder), ("a",), out=str(folder / "result"))
    task.make(preferences.find_backend(), order, folder).claim.release()
    assert offered() == [folder]
    assert bpy.ops.likeness.run_again(folder=str(folder)) == {"FINISHED"}
    assert len([built for built in bpy.data.objects if "likeness_result" in built and built.type == "MESH"]) == 1
    assert bpy.data.objects["Head"]["likeness_result"] == str(folder / "result")


def test_a_turntable_is_not_offered(addon, fake_python, result_folder, tmp_path):
    folder = task.new_folder(bpy.context.scene)
    order = protocol.RenderRequest(str(result_folder), str(tmp_path / "turn.mp4"))
    task.make(preferences.find_backend(), order, folder).claim.release()
    assert not offered()
    with pytest.raises(RuntimeError, match="holds no fit"):
        bpy.ops.likeness.run_again(folder=str(folder))


def test_a_claim_is_given_back_where_the_import_is_refused(left):
    folder = left("hang", lambda running: True)
    with pytest.raises(RuntimeError, match="no whole result"):
        bpy.ops.likeness.import_pending(folder=str(folder))
    left_jobs.left_task(folder, bpy.context).claim.release()
