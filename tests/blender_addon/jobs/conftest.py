"""Photos in the list, a backend that acts, and jobs that are polled as a window's timer would."""

import dataclasses

import bpy
import pytest

from blender_addon.jobs import follow, job, request, task
from blender_addon.results.result_import import import_steps
from blender_addon.setup import preferences
from tests.processes import eventually


@pytest.fixture
def scene(addon, photos, fake_python):
    """Photos chosen and a backend found."""
    bpy.ops.likeness.add_photos(directory=str(photos))
    return bpy.context.scene


@pytest.fixture
def act(monkeypatch):
    """Say how the fake backend acts."""
    made = request.from_scene

    def choose(name):
        monkeypatch.setattr(request, "from_scene", lambda *where: dataclasses.replace(made(*where), head_model=name))

    return choose


@pytest.fixture
def start(scene):
    """What the button does where there is a window, polled by the test alone."""

    def begin() -> job.Job:
        folder = task.new_folder(bpy.context.scene)
        order = request.from_scene(bpy.context.scene, folder)
        return job.start(preferences.find_backend(), order, folder, import_steps)

    return begin


@pytest.fixture
def windowed(monkeypatch):
    """Operators return at once, as with a window; its timer is `ticked`."""
    monkeypatch.setattr(follow, "waits", lambda operator: operator.wait)


@pytest.fixture
def ticked():
    """Tick until something is so; asserts that it comes to be."""

    def until(condition) -> None:
        assert eventually(lambda: (follow.tick(), condition())[1])

    return until


@pytest.fixture
def end_of():
    """Polls a job to its end, and returns its final event."""

    def poll(running: job.Job):
        assert eventually(lambda: (running.poll(), running.final is not None)[1])
        return running.final

    return poll
