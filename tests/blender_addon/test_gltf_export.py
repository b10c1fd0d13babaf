"""Blender's own glTF exporter writes the keys' names where game engines look for them."""

import json
import struct

import addon_utils
import bpy
import numpy as np
import pytest

from backend.scene import ARKIT
from blender_addon.rigs import key_names
from tests.blender_addon import rigged
from tests.blender_addon.rigs.test_face_capture import write

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the exporter


def document(path) -> tuple[dict, bytes]:
    """The JSON and the binary chunk of a GLB file."""
    data = path.read_bytes()
    (length,) = struct.unpack("<I", data[12:16])
    return json.loads(data[20 : 20 + length]), data[28 + length :]


def turns_of(written: dict, binary: bytes, node: str) -> np.ndarray:
    """(N, 4): the rotations that the only animation gives a node."""
    (animation,) = written["animations"]
    names = [entry["name"] for entry in written["nodes"]]
    wanted = {"node": names.index(node), "path": "rotation"}
    (channel,) = [entry for entry in animation["channels"] if entry["target"] == wanted]
    accessor = written["accessors"][animation["samplers"][channel["sampler"]]["output"]]
    start = written["bufferViews"][accessor["bufferView"]].get("byteOffset", 0)
    return np.frombuffer(binary, np.float32, 4 * accessor["count"], start).reshape(-1, 4)


@pytest.mark.parametrize("naming", key_names.NAMINGS)
def test_target_names_are_the_keys_names(head, naming, tmp_path):
    addon_utils.enable("io_scene_gltf2")
    bpy.ops.likeness.rename_keys(naming=naming)
    bpy.ops.export_scene.gltf(filepath=str(tmp_path / "a.glb"), export_yup=True, export_animations=False)
    written, _ = document(tmp_path / "a.glb")
    names = [mesh["extras"]["targetNames"] for mesh in written["meshes"] if "extras" in mesh]
    assert names == [[key_names.styled(name, naming) for name in (*ARKIT, rigged.PAIR)]]
    assert {"Head", "Head rig", "Head eye left", "Head eye right", "jaw", "eyeLeft"} <= {
        node["name"] for node in written["nodes"]
    }


def test_an_exported_animation_turns_the_eyes(head, tmp_path):
    addon_utils.enable("io_scene_gltf2")
    bpy.context.scene.render.fps = 60
    recording = write(tmp_path / "a.csv", ["eyeLookUpLeft", "HeadYaw"], np.tile(np.linspace(0, 1, 31)[:, None], 2))
    bpy.ops.likeness.import_face_capture(filepath=str(recording))
    bpy.ops.export_scene.gltf(filepath=str(tmp_path / "a.glb"))
    turns = turns_of(*document(tmp_path / "a.glb"), "eyeLeft")
    between = 2 * np.degrees(np.arccos(np.clip(np.abs(turns @ turns[0]), 0, 1)))
    assert between.max() == pytest.approx(25, abs=0.1)
