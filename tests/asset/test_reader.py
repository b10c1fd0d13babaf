import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from backend.asset import layout
from backend.asset.reader import read_result
from backend.asset.tensors import read_tensors
from backend.asset.writer import write_result
from backend.errors import UserError
from tests.asset import subjects


@pytest.fixture
def stored(tmp_path):
    (tmp_path / "photos").mkdir()
    return write_result(tmp_path / "head", subjects.result(tmp_path / "photos"))


@pytest.mark.parametrize("path", layout.REQUIRED)
def test_a_missing_part_is_named(stored, path):
    (stored / path).unlink()
    with pytest.raises(UserError, match=path):
        read_result(stored)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(UserError, match="nowhere"):
        read_result(tmp_path / "nowhere")


@pytest.mark.parametrize("path", [layout.REPORT, layout.CAMERAS, layout.CHECKPOINT])
@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"[1, 2]" * 9])
def test_a_damaged_part_is_named(stored, path, damage):
    (stored / path).write_bytes(damage((stored / path).read_bytes()))
    with pytest.raises(UserError, match=path):
        read_result(stored)


def test_quads_that_are_not_those_of_the_faces_are_damage(tmp_path):
    (tmp_path / "photos").mkdir()
    stored = write_result(tmp_path / "head", subjects.result(tmp_path / "photos", clean=subjects.clean()))
    arrays = read_tensors(stored / layout.CHECKPOINT)
    arrays[layout.CLEAN + layout.POLYGONS][5] += 1
    save_file(arrays, stored / layout.CHECKPOINT)
    with pytest.raises(UserError, match="quads"):
        read_result(stored)


def test_frames_without_their_keys_are_damage(stored):
    document = json.loads((stored / layout.CAMERAS).read_text())
    del document["frames"][1]["fl_x"]
    (stored / layout.CAMERAS).write_text(json.dumps(document))
    with pytest.raises(UserError, match="fl_x"):
        read_result(stored)


def test_a_newer_format_is_refused(stored):
    report = json.loads((stored / layout.REPORT).read_text())
    (stored / layout.REPORT).write_text(json.dumps({**report, layout.FORMAT_KEY: layout.FORMAT + 1}))
    with pytest.raises(UserError, match="newer"):
        read_result(stored)


def test_a_lost_photo_is_none_and_a_moved_result_still_finds_it(stored, tmp_path):
    moved = tmp_path / "elsewhere" / "deeper" / "head"
    moved.parent.mkdir(parents=True)
    stored.rename(moved)
    assert read_result(moved).cameras[0].image == (tmp_path / "photos" / "a.png").resolve()
    (tmp_path / "photos" / "a.png").unlink()
    (moved / layout.MASKS / "a.png").unlink()
    assert read_result(moved).cameras[0].image is None
    assert read_result(moved).cameras[0].mask is None
    assert read_result(moved).cameras[1].image is not None


@pytest.mark.parametrize("dtype", ["?", "u1", "i2", "i4", "i8", "f2", "f4", "f8"])
def test_tensors_are_read_as_the_library_wrote_them(tmp_path, dtype):
    values = {
        "one": np.arange(6).reshape(2, 3).astype(dtype),
        "none": np.zeros((0, 4), dtype),
        "all": np.array(1, dtype),
    }
    save_file(values, tmp_path / "x")
    for name, array in read_tensors(tmp_path / "x").items():
        assert array.dtype == values[name].dtype
        np.testing.assert_array_equal(array, values[name])
    assert list(read_tensors(tmp_path / "x", lambda name: name == "one")) == ["one"]


def test_a_header_longer_than_its_file_is_damage(tmp_path):
    (tmp_path / "x").write_bytes(struct.pack("<Q", 2**60) + b"{}")
    with pytest.raises(UserError, match="damaged"):
        read_tensors(tmp_path / "x")


def test_reading_needs_numpy_and_the_standard_library_alone(stored):
    """As in Blender's Python, and as a package of another name."""
    code = """
import sys, types
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "PIL", "trimesh", "safetensors", "pygltflib", "scipy", "warp", "bpy"):
            raise ImportError("not in Blender: " + name)
sys.meta_path.insert(0, Block())
package = types.ModuleType("extension"); package.__path__ = [sys.argv[1]]; sys.modules["extension"] = package
from extension.backend.asset.reader import read_result
print(len(read_result(sys.argv[2]).surface.vertices))
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, str(root), str(stored)], cwd=stored, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(len(subjects.ball().vertices)), done.stderr
