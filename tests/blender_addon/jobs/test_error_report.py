"""What an artist hands to somebody who may help."""

import json
from types import SimpleNamespace

import bpy
import pytest

from backend import protocol
from blender_addon.jobs import error_report, job


@pytest.fixture
def failed(act, start, end_of):
    act("crash")
    running = start()
    end_of(running)
    return running


def test_it_tells_all_that_is_known_of_a_crash(failed, photos):
    failed.warnings.append("Photo c has no mask.")
    text = error_report.text_of(failed)
    assert "Failed (a bug): The job ended unexpectedly (signal 11)" in text
    assert "the last words" in text and "Photo c has no mask." in text
    assert f"Blender {bpy.app.version_string}" in text and f"Job: {failed.folder}" in text
    assert "version 0." in text
    asked = json.loads(text.partition("== request.json\n")[2])
    assert asked["command"] == "fit" and asked["capture"] == str(photos)


def test_long_logs_are_cut_at_their_beginning(failed):
    (failed.folder / "log.txt").write_text("begin" + "é" * 50_000 + "the end")
    text = error_report.text_of(failed)
    assert "the end" in text and "begin" not in text and len(text) < 20_000


def test_it_tells_of_a_job_that_runs_or_whose_folder_is_gone(tmp_path):
    told = SimpleNamespace(folder=tmp_path / "gone", final=None, warnings=[], stage="Baking", fraction=0.5)
    assert "Baking, 50%" in error_report.text_of(told)
    told.final = protocol.Cancelled()
    assert "Cancelled, last stage: Baking" in error_report.text_of(told)


def test_the_button_copies_it(failed, monkeypatch):
    assert bpy.ops.likeness.copy_error_report() == {"FINISHED"}
    manager = SimpleNamespace(clipboard="")
    button = SimpleNamespace(report=lambda *_: None)
    error_report.LIKENESS_OT_copy_error_report.execute(button, SimpleNamespace(window_manager=manager))
    assert manager.clipboard == error_report.text_of(job.current())


def test_a_job_folder_that_is_gone_cannot_be_opened(failed, monkeypatch):
    for file in failed.folder.iterdir():
        file.unlink()
    failed.folder.rmdir()
    with pytest.raises(RuntimeError, match="is gone"):
        bpy.ops.likeness.open_job_folder()
