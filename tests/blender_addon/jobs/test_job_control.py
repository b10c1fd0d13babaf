"""Pausing, going on, finishing early and cancelling, with a backend that acts a refinement."""

import time
from types import SimpleNamespace

import bpy
import pytest

from backend import protocol
from blender_addon.jobs import follow, job, job_operators
from tests.processes import all_end, eventually, noted_pids


@pytest.fixture
def refining(act, start, photos, result_folder):
    """A fit that refines for a minute if it is let; its result lies ready."""
    act("steps")
    result_folder.rename(photos / "result")
    running = start()
    assert eventually(lambda: (running.poll(), running.fraction > 0.25)[1])
    return running


def test_a_paused_job_stands_still_and_goes_on(refining):
    assert not bpy.ops.likeness.resume_job.poll()
    assert bpy.ops.likeness.pause_job() == {"FINISHED"}
    assert refining.paused and not bpy.ops.likeness.pause_job.poll()
    time.sleep(0.4)  # the step that is under way
    refining.poll()
    fraction = refining.fraction
    time.sleep(0.5)
    refining.poll()
    assert refining.fraction == fraction < 0.9
    assert bpy.ops.likeness.resume_job() == {"FINISHED"}
    assert not refining.paused and not bpy.ops.likeness.resume_job.poll()
    assert eventually(lambda: (refining.poll(), refining.fraction > fraction)[1])


@pytest.mark.parametrize("paused", [False, True])
def test_a_job_that_is_finished_early_brings_its_result(refining, end_of, paused):
    if paused:
        refining.pause()
    assert bpy.ops.likeness.finish_job() == {"FINISHED"}
    assert refining.finishing and not refining.paused and not bpy.ops.likeness.finish_job.poll()
    assert isinstance(end_of(refining), protocol.Result)
    assert "Head" in bpy.data.objects and any("Finished early" in text for text in refining.warnings)
    assert not refining.finishing


def test_a_paused_job_can_be_cancelled(refining, end_of, photos):
    refining.pause()
    bpy.ops.likeness.cancel()
    assert not refining.paused and not bpy.ops.likeness.finish_job.poll() and not bpy.ops.likeness.pause_job.poll()
    assert end_of(refining) == protocol.Cancelled()
    assert all_end(noted_pids(photos))


@pytest.mark.parametrize("choice", ["KEEP", "DISCARD", "GO_ON"])
def test_cancel_leaves_the_choice(refining, end_of, choice):
    assert bpy.ops.likeness.cancel(choice=choice) == {"FINISHED"}
    assert (refining.finishing, refining.cancelling) == (choice == "KEEP", choice == "DISCARD")
    refining.cancel()
    end_of(refining)


def test_cancel_asks_in_a_window_only_where_there_is_something_to_keep(refining, end_of, monkeypatch):
    asked, done = [], []
    menu = SimpleNamespace(call_menu=lambda name: (asked.append(name), {"FINISHED"})[1])
    monkeypatch.setattr(job_operators.bpy, "ops", SimpleNamespace(wm=menu))
    button = SimpleNamespace(execute=lambda context: done.append("now"))
    job_operators.LIKENESS_OT_cancel.invoke(button, None, None)
    assert (asked, done) == (["LIKENESS_MT_cancel"], [])
    refining.finish()
    job_operators.LIKENESS_OT_cancel.invoke(button, None, None)
    assert done == ["now"]
    refining.cancel()
    end_of(refining)


def test_the_menu_offers_every_choice_without_asking_again(addon):
    shown, layout = [], SimpleNamespace()
    layout.operator = lambda name, text, icon: shown.append((name, text)) or SimpleNamespace()
    bpy.types.LIKENESS_MT_cancel.draw(SimpleNamespace(layout=layout), None)
    assert layout.operator_context == "EXEC_DEFAULT"
    assert {text for _, text in shown} == {label for label, _ in job_operators.CHOICES.values()}
    assert shown[0] == ("likeness.cancel", "Go On")  # under the pointer: a double click on Cancel does no harm


def test_without_a_job_there_is_nothing_to_control(addon):
    for name in ("cancel", "pause_job", "resume_job", "finish_job", "remove_waiting", "copy_error_report"):
        assert not getattr(bpy.ops.likeness, name).poll()


def test_an_error_in_an_import_is_told_and_the_next_job_begins(act, start, photos, result_folder, monkeypatch, capsys):
    act("finish")
    result_folder.rename(photos / "result")
    running = start()

    def broken(*contents):
        yield "Importing"
        raise ZeroDivisionError("a bug of ours")

    object.__setattr__(running.task, "import_steps", broken)
    assert eventually(lambda: follow.tick() is None)
    assert "could not be put into the scene" in running.final.message and "ZeroDivision" in running.final.details
    assert "a bug of ours" in capsys.readouterr().err
    assert job.is_idle() and not (running.folder / "seen.txt").exists()  # it is offered again


def test_an_import_that_is_always_removed_ends(act, start, photos, result_folder, end_of, capsys):
    act("finish")
    result_folder.rename(photos / "result")
    running = start()

    def swept(*contents):
        yield "Importing"
        raise ReferenceError("StructRNA has been removed")

    object.__setattr__(running.task, "import_steps", swept)
    assert isinstance(end_of(running), protocol.Failed)
    capsys.readouterr()


def test_a_result_that_is_deleted_under_us_is_told(act, start, photos, result_folder, end_of, monkeypatch):
    act("finish")
    result_folder.rename(photos / "result")
    running = start()
    read = job.load

    def deleted(folder):
        for file in folder.glob("*.safetensors"):
            file.unlink()
        return read(folder)

    object.__setattr__(running._source, "_load", deleted)
    final = end_of(running)
    assert isinstance(final, protocol.Failed) and "Missing: checkpoint.safetensors" in final.message
    assert not bpy.data.objects
