"""A result as a .blend file."""

import subprocess
import sys
from pathlib import Path

import bpy
import pytest

ROOT = Path(__file__).resolve().parents[3]


def save(result: Path, blend: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "blender_addon.results.save_blend", result, blend]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_the_file_holds_the_lit_result_and_needs_no_other(result_folder, tmp_path):
    blend = tmp_path / "new folder" / "head.blend"
    assert save(result_folder, blend).returncode == 0
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    scene = bpy.context.scene
    assert {entry.type for entry in scene.objects} == {"MESH", "CAMERA", "LIGHT"}
    assert scene.camera.name == "Render Camera"
    assert (scene.render.resolution_x, scene.render.resolution_y) == (48, 40)
    head = bpy.data.objects["Head"]
    assert head.name in bpy.data.collections["Likeness"].objects
    textures = [node.image for node in head.active_material.node_tree.nodes if node.type == "TEX_IMAGE"]
    assert len(textures) == 4 and all(image.packed_file for image in textures)


@pytest.mark.parametrize(
    ("arguments", "words"), [(("nowhere", "x.blend"), "no result folder"), (("", "x.blend"), "not a whole result")]
)
def test_what_is_no_result_is_one_sentence(tmp_path, arguments, words):
    done = save(tmp_path / arguments[0], tmp_path / arguments[1])
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr
