"""An empty scene with the extension switched on, and a backend that acts."""

import shlex
import sys
from pathlib import Path

import pytest

try:
    import bpy
except ImportError:  # Blender's module exists for two versions of Python only
    collect_ignore_glob = ["test_*.py"]

from tests.asset import subjects
from tests.blender_addon import rigged

FAKE = Path(__file__).resolve().parent.parent / "fake_backend.py"


@pytest.fixture
def addon(tmp_path):
    """The extension, registered in an empty file; results go to tmp_path/jobs."""
    import blender_addon

    bpy.ops.wm.read_factory_settings(use_empty=True)
    blender_addon.register()
    bpy.context.scene.likeness.output = str(tmp_path / "jobs")
    yield blender_addon
    blender_addon.unregister()


@pytest.fixture
def photos(tmp_path) -> Path:
    """A folder with two photos, which is what the fake backend gets as its capture."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.png", "b.jpg"):
        (folder / name).write_bytes(b"")
    return folder


@pytest.fixture
def fake_python(tmp_path, monkeypatch) -> Path:
    """What stands for the backend's Python: it ignores its arguments and serves."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(FAKE))} serve\n")
    python.chmod(0o755)
    monkeypatch.setenv("LIKENESS_PYTHON", str(python))
    return python


@pytest.fixture
def result_folder(tmp_path) -> Path:
    """A small result: a ball, two cameras with an off-center principal point, random textures."""
    from backend.asset.writer import write_result

    (tmp_path / "ball").mkdir()
    report = {
        "settings": {"subject": "head"},
        "held_out": {"psnr": 27.123, "iou": 0.99123, "views": 3},
        "counts": {"triangles": 1280},
        "seconds": {"fit": 80.0, "total": 101.4},
        "warnings": ["Photo c has no mask."],
    }
    return write_result(tmp_path / "result", subjects.result(tmp_path / "ball", report=report, base_color="albedo"))


@pytest.fixture
def rigged_folder(tmp_path) -> Path:
    """A small result that has a rig."""
    from backend.asset.writer import write_result

    (tmp_path / "rigged").mkdir()
    return write_result(tmp_path / "rigged result", rigged.result(tmp_path / "rigged"))


@pytest.fixture
def head(addon, rigged_folder):
    """Its head in the scene, selected."""
    from blender_addon.jobs import job
    from blender_addon.results.result_import import import_at_once

    return import_at_once(*job.load(rigged_folder))
