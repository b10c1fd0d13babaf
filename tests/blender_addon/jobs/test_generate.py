"""From the button to the mesh, with an acted backend: success, cancel, crash, and the end of Blender."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import bpy
import pytest

from backend import protocol
from blender_addon.jobs import follow, job, live_preview, request
from tests.processes import PATIENCE, all_end, eventually, noted_pids

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", ["surface", "sdf", "nerf", "hash", "gaussian"])
def test_the_method_that_is_chosen_is_asked_for(scene, name, tmp_path):
    scene.likeness.representation = name
    assert request.from_scene(scene, tmp_path).representation == name


def test_the_button_ends_with_the_mesh_in_the_scene(scene, act, photos, result_folder):
    act("finish")
    result_folder.rename(photos / "result")
    assert bpy.ops.likeness.generate(wait=True) == {"FINISHED"}
    assert len(bpy.data.collections["Likeness"].all_objects) == 3
    assert len(bpy.data.objects["Head"].data.polygons) == 1280
    assert job.current().fraction == 1.0 and job.is_idle()
    assert all_end(noted_pids(photos))


def test_one_portrait_without_a_camera_is_enough(scene, monkeypatch, photos, tmp_path):
    """The acted backend wants a folder for its notes: only what it is asked for is looked at."""
    bpy.ops.likeness.remove_photo(index=1)
    asked = []
    monkeypatch.setattr(follow, "start_or_queue", lambda operator, what: (asked.append(what), {"FINISHED"})[1])
    assert bpy.ops.likeness.generate() == {"FINISHED"}
    assert (asked[0].request.capture, asked[0].request.views) == (str(photos / "a.png"), ())
    asked[0].claim.release()


def test_progress_is_seen_while_it_runs_and_cancel_stops_it(scene, act, photos, start, end_of):
    act("hang")
    running = start()
    pids = noted_pids(photos)
    assert eventually(lambda: (running.poll(), running.fraction == 0.25)[1])
    assert (running.stage, running.eta_seconds) == ("Pretending", 3.0)
    assert bpy.ops.likeness.cancel() == {"FINISHED"}
    assert end_of(running) == protocol.Cancelled()
    assert all_end(pids)
    assert not bpy.ops.likeness.cancel.poll() and bpy.ops.likeness.generate.poll()
    assert len(scene.objects) == 0 and not (running.folder / "result").exists()


def test_the_picture_of_a_running_fit_is_taken_once_and_goes_with_the_fit(scene, act, start):
    act("show")
    running = start()
    assert eventually(lambda: (follow.tick(), live_preview.picture() is not None)[1])
    assert tuple(live_preview.picture().image_size) == (8, 8)
    assert running.take_preview() is None
    running.cancel()
    assert eventually(lambda: (follow.tick(), running.final is not None)[1])
    assert live_preview.picture() is None and not bpy.data.images


def test_polling_never_waits(scene, act, start):
    act("hang")
    running = start()
    longest = 0.0
    for _ in range(50):
        begin = time.perf_counter()
        running.poll()
        longest = max(longest, time.perf_counter() - begin)
        time.sleep(0.002)
    assert longest < 0.05


@pytest.mark.parametrize(
    ("name", "message"),
    [("refuse", "no face in the photo"), ("stumble", "a bug of ours"), ("crash", "signal 11"), ("finish", "whole")],
)
def test_what_goes_wrong_is_reported_and_the_scene_stays(scene, act, name, message):
    """`finish` leaves a result here that is not whole."""
    act(name)
    with pytest.raises(RuntimeError, match=message):
        bpy.ops.likeness.generate()
    assert len(scene.objects) == 0 and bpy.ops.likeness.generate.poll()


def test_a_backend_that_does_not_start_is_reported_with_its_words(scene, fake_python):
    fake_python.write_text("#!/bin/sh\necho 'No module named rich' >&2; exit 1\n")
    with pytest.raises(RuntimeError, match="No module named rich"):
        bpy.ops.likeness.generate()


def test_a_backend_that_talks_nonsense_is_ended(scene, fake_python, start):
    fake_python.write_text("#!/bin/sh\necho hello; exec sleep 600\n")
    running = start()
    assert eventually(lambda: (running.poll(), running.final is not None)[1])
    assert "Not a line of JSON" in running.final.message


def test_a_backend_that_cannot_be_started_is_a_sentence(scene, fake_python):
    fake_python.chmod(0o644)
    with pytest.raises(RuntimeError, match="Permission denied"):
        bpy.ops.likeness.generate()


def test_a_deaf_backend_is_killed_after_a_while(scene, fake_python, monkeypatch, start, end_of):
    fake_python.write_text("#!/bin/sh\nexec sleep 600\n")
    monkeypatch.setattr(job, "CANCEL_PATIENCE", 0.1)
    running = start()
    running.cancel()
    assert end_of(running) == protocol.Cancelled()
    assert running._source._link.wait(PATIENCE) is not None


def test_without_an_environment_the_button_says_what_to_do(scene, monkeypatch, tmp_path):
    monkeypatch.delenv("LIKENESS_PYTHON")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"python install\.py"):
        bpy.ops.likeness.generate()


def test_switching_the_extension_off_ends_the_fit(scene, act, addon, photos, start):
    act("hang")
    start()
    follow.follow()
    pids = noted_pids(photos)
    addon.unregister()
    assert not bpy.app.timers.is_registered(follow.tick)
    assert follow._after_undo not in bpy.app.handlers.undo_post
    assert all_end(pids)
    addon.register()


def test_an_undo_in_the_middle_starts_the_import_anew(scene, act, photos, result_folder, start, end_of):
    act("finish")
    result_folder.rename(photos / "result")
    running = start()
    assert eventually(lambda: (running.poll(budget=1e-4), running.importing)[1])
    for _ in range(6):
        running._step()
    bpy.data.batch_remove([*bpy.data.meshes, *bpy.data.images, *bpy.data.materials])  # as an undo would
    follow._after_undo(scene)
    assert isinstance(end_of(running), protocol.Result)
    assert len(bpy.data.objects["Head"].data.polygons) == 1280


@pytest.mark.parametrize("end", ["sys.exit()", "os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 11)"])
def test_the_end_of_blender_is_the_end_of_the_backend(tmp_path, photos, fake_python, end):
    """A whole Blender (the module) in a process that ends in three ways while a fit runs."""
    script = tmp_path / "blender.py"
    script.write_text(f"""
import bpy, os, pathlib, signal, sys, time
import blender_addon
from blender_addon import link
from blender_addon.jobs import job
from blender_addon.results import result_import
from blender_addon.setup import backend_link
blender_addon.register()
photos, folder = pathlib.Path({str(photos)!r}), pathlib.Path({str(tmp_path)!r})
fit = link.protocol.FitRequest(str(photos), str(folder / "result"), head_model="hang")
job.start(backend_link.Local(pathlib.Path({str(fake_python)!r})), fit, folder, result_import.import_steps)
while not (photos / "worker.pid").exists():
    time.sleep(0.01)
{end}
""")
    blender = subprocess.run(
        [sys.executable, script], env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60, check=False
    )
    assert blender.returncode in (0, -signal.SIGKILL, -signal.SIGSEGV, 128 + signal.SIGSEGV)
    assert all_end(noted_pids(photos))
    assert eventually(lambda: not list(tmp_path.glob("result.*")))
