"""The zip that is installed: Blender takes it, and it works there under its own name, with its own backend."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from installer.extension import build, members

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = "bl_ext.user_default.likeness"


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    return build(dist=tmp_path_factory.mktemp("dist"))


def test_it_holds_what_is_needed_at_its_root():
    names = members()
    assert {"__init__.py", "blender_manifest.toml", "backend/serve.py", "blender_addon/link.py"} <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "demo/", "."))]


def test_a_fresh_blender_installs_it_and_generates(archive, tmp_path, photos, fake_python, result_folder):
    """Installed from the zip into an empty user folder, in a process that does not know the repository."""
    result_folder.rename(photos / "result")
    script = tmp_path / "blender.py"
    script.write_text(f"""
import bpy, sys
bpy.ops.extensions.package_install_files(
    filepath={str(archive)!r}, repo="user_default", enable_on_install=True, overwrite=True)
assert {EXTENSION!r} in bpy.context.preferences.addons
package = sys.modules[{EXTENSION!r}]
assert not package.__file__.startswith({str(ROOT)!r})
from {EXTENSION}.blender_addon.jobs import request
from {EXTENSION}.blender_addon.setup import environment, preferences
import dataclasses
made = request.from_scene
request.from_scene = lambda *where: dataclasses.replace(made(*where), head_model="finish")
assert (environment.SOURCES / "backend" / "serve.py").is_file()
assert str(preferences.user_folder()).startswith({str(tmp_path)!r})
bpy.ops.likeness.add_photos(directory={str(photos)!r})
assert bpy.ops.likeness.generate() == {{"FINISHED"}}
assert len(bpy.data.collections["Likeness"].all_objects) == 3
assert bpy.ops.preferences.addon_disable(module={EXTENSION!r}) == {{"FINISHED"}}
assert not hasattr(bpy.types.Scene, "likeness")
bpy.ops.preferences.addon_enable(module={EXTENSION!r})
print("all is well", bpy.context.scene.likeness.preset)
""")
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "blender"), "PYTHONPATH": ""}
    done = subprocess.run(
        [sys.executable, script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "all is well standard" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
