"""Where job folders go, and what their files tell."""

import os

import bpy
import pytest

from backend import protocol
from blender_addon.jobs import job_folder, task
from blender_addon.link import UserError

FIT = protocol.FitRequest("/photos", "/out", views=("a", "b"))
REFIT = protocol.RefitRequest("/jobs/ann/result", ("a",))


@pytest.mark.parametrize(
    ("request_", "title"),
    [
        (FIT, "Head, standard, 2 photos"),
        (protocol.FitRequest("/photos", "/out", subject="object"), "Object, standard"),
        (REFIT, "Re-fit of ann, 1 views"),
        (protocol.RenderRequest("/jobs/bust", "/turn.mp4"), "Turntable of bust"),
        (protocol.AnimateRequest("/jobs/bust", "/film", "/a.csv"), "Animation of bust"),
    ],
)
def test_a_job_is_named_and_its_request_comes_back(tmp_path, request_, title):
    job_folder.write_request(tmp_path, request_)
    assert job_folder.read_request(tmp_path) == request_
    assert job_folder.title_of(request_) == title


def test_the_last_event_counts_only_where_it_is_final(tmp_path):
    assert job_folder.final_event(tmp_path) is None
    events = [protocol.Accepted("/j"), protocol.Failed("no", True, "x" * 40_000)]
    for count in (0, 1, 2):
        (tmp_path / "events.jsonl").write_text("".join(map(protocol.to_line, events[:count])))
        assert job_folder.final_event(tmp_path) == (events[1] if count == 2 else None)
    with open(tmp_path / "events.jsonl", "a") as file:
        file.write('{"likeness": 1, "kind": "sta')  # Blender and its backend were killed while it was written
    assert job_folder.final_event(tmp_path) is None


def test_two_jobs_of_the_same_second_have_folders_of_their_own(tmp_path):
    assert len({job_folder.make([tmp_path / "jobs"]) for _ in range(3)}) == 3


def test_the_first_place_that_can_be_written_to_is_taken(tmp_path):
    (tmp_path / "file").touch()  # a folder of this name cannot be made: root may write everywhere
    made = job_folder.make([tmp_path / "file" / "jobs", tmp_path / "second"])
    assert made.parent == tmp_path / "second"
    with pytest.raises(UserError, match=r"No folder can be made in .*file"):
        job_folder.make([tmp_path / "file" / "jobs"])


def test_a_read_only_extension_folder_is_not_the_end(addon, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    scene = bpy.context.scene
    scene.likeness.output = ""
    for folder in (lambda: tmp_path / "file", lambda: os.mkdir(tmp_path / "file")):  # made in vain, and refused
        monkeypatch.setattr(task.preferences, "user_folder", folder)
        made = task.new_folder(scene)
        assert bpy.app.tempdir in f"{made}/" and "kept until Blender is closed" in task.warning_of(made)
    monkeypatch.setattr(task.preferences, "user_folder", lambda: tmp_path)
    made = task.new_folder(scene)
    assert made.parent == tmp_path / "jobs" and not task.warning_of(made)


def test_a_folder_that_the_artist_has_chosen_is_never_replaced(addon, tmp_path):
    (tmp_path / "file").touch()
    bpy.context.scene.likeness.output = str(tmp_path / "file")
    with pytest.raises(UserError, match="Choose another for results"):
        task.new_folder(bpy.context.scene)


def test_a_full_disk_is_a_sentence(addon, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(job_folder, "write_request", full)
    with pytest.raises(UserError, match=r"cannot be written to \(No space left on device\)\. Free some space"):
        task.make(None, FIT, tmp_path)


def test_marking_a_folder_that_is_gone_neither_fails_nor_makes_it(tmp_path):
    job_folder.mark(tmp_path / "gone", job_folder.IMPORTED)
    job_folder.unmark(tmp_path / "gone")
    assert not list(tmp_path.iterdir())
