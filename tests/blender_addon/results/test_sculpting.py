"""What was sculpted on a head or an object survives a newer result, as a displacement."""

import shutil

import bpy
import numpy as np
import pytest

from backend.asset.reader import read_result
from backend.asset.writer import write_result
from backend.scene.head import EYEBALL
from blender_addon.jobs import job
from blender_addon.results import result_update, sculpting
from blender_addon.rigs import head_object, shape_keys
from tests.asset import subjects
from tests.blender_addon import rigged

SHIFT = (0.01, -0.02, 0.005)
MOVED = slice(10, 40)  # vertices of the skin that are sculpted
STROKE = np.float32([0.004, -0.003, 0.002])


@pytest.fixture
def newer(tmp_path):
    """Another fit, beside the first."""
    (tmp_path / "newer").mkdir()
    return read_result(write_result(tmp_path / "newer result", rigged.result(tmp_path / "newer", seed=1, shift=SHIFT)))


def update(head, newer):
    result_update.update_result(head, *job.load(newer.folder))


def skin_of(result) -> np.ndarray:
    return np.flatnonzero(result.rig.region != EYEBALL)


def sculpt(block) -> None:
    points = shape_keys.positions(block)
    points[MOVED] += STROKE
    shape_keys.move(block, points)


def stroke(count: int) -> np.ndarray:
    whole = np.zeros((count, 3), np.float32)
    whole[MOVED] = STROKE
    return whole


def check_shapes(head, newer, on_basis=True, on_keys=()) -> None:
    """Basis and every key are those of the result, with the stroke where it was made."""
    skin, sculpted = skin_of(newer), stroke(len(head.data.vertices))
    basis = newer.surface.vertices[skin] + on_basis * sculpted
    np.testing.assert_allclose(sculpting.shape(head.data), basis, atol=1e-6)
    for name, block in shape_keys.blocks(head).items():
        wanted = basis + newer.rig.keys[name][skin] + (name in on_keys) * sculpted
        np.testing.assert_allclose(shape_keys.positions(block), wanted, atol=1e-6)


@pytest.mark.parametrize("active", [0, 7])
def test_a_basis_moved_by_a_script_carries_the_keys_along(head, newer, active):
    head.active_shape_key_index = active
    sculpt(head.data.shape_keys.reference_key)
    update(head, newer)
    check_shapes(head, newer)
    assert head.active_shape_key_index == active


@pytest.mark.parametrize("active", [0, 7])
def test_a_basis_edited_in_edit_mode(head, newer, active):
    """Blender moves the keys with a Basis that is edited; with another key active that key alone is edited."""
    import bmesh

    head.active_shape_key_index = active
    bpy.ops.object.mode_set(mode="EDIT")
    editing = bmesh.from_edit_mesh(head.data)
    editing.verts.ensure_lookup_table()
    for vertex in editing.verts[MOVED]:
        vertex.co += type(vertex.co)(STROKE.tolist())
    bmesh.update_edit_mesh(head.data)
    bpy.ops.object.mode_set(mode="OBJECT")
    edited = head.data.shape_keys.key_blocks[active].name
    update(head, newer)
    check_shapes(head, newer, on_basis=active == 0, on_keys=() if active == 0 else (edited,))


def test_what_was_sculpted_on_single_keys_stays_theirs(head, newer):
    for name in ("jawOpen", "cheekPuff"):
        sculpt(head.data.shape_keys.key_blocks[name])
    update(head, newer)
    check_shapes(head, newer, on_basis=False, on_keys=("jawOpen", "cheekPuff"))


def test_update_after_update_neither_loses_nor_doubles_it(head, newer, rigged_folder):
    sculpt(head.data.shape_keys.reference_key)
    for _ in range(2):  # once as the Basis, and once more
        sculpt(head.data.shape_keys.key_blocks["jawOpen"])
    for folder in (newer.folder, rigged_folder, newer.folder, newer.folder):
        result_update.update_result(head, *job.load(folder))
    check_shapes(head, newer, on_keys=("jawOpen",))


def test_a_result_that_was_overwritten_in_place_keeps_it_too(head, newer, rigged_folder):
    sculpt(head.data.shape_keys.reference_key)
    shutil.rmtree(rigged_folder)
    shutil.copytree(newer.folder, rigged_folder)
    result_update.update_result(head, *job.load(rigged_folder))
    check_shapes(head, newer)


def test_a_file_from_before_meshes_knew_their_fit_asks_the_older_result(head, newer):
    head.data.attributes.remove(head.data.attributes[sculpting.FITTED])
    sculpt(head.data.shape_keys.reference_key)
    update(head, newer)
    check_shapes(head, newer)


def test_with_neither_the_head_is_that_of_the_result(head, newer, rigged_folder):
    head.data.attributes.remove(head.data.attributes[sculpting.FITTED])
    sculpt(head.data.shape_keys.reference_key)
    shutil.rmtree(rigged_folder)
    update(head, newer)
    check_shapes(head, newer, on_basis=False)


def test_an_untouched_head_is_exactly_that_of_the_result(head, newer):
    update(head, newer)
    np.testing.assert_array_equal(sculpting.shape(head.data), newer.surface.vertices[skin_of(newer)])


def test_eyes_too(head, newer):
    eye = head_object.eyes_of(head)["Left"]
    before = sculpting.shape(eye.data)
    eye.data.vertices[5].co.x += 0.001
    update(head, newer)
    moved = sculpting.shape(eye.data) - before
    np.testing.assert_allclose(moved[5], [0.001, 0, 0], atol=1e-6)
    np.testing.assert_allclose(np.delete(moved, 5, 0), 0, atol=1e-6)


@pytest.mark.parametrize("with_keys", [False, True])
def test_objects_without_a_rig(addon, result_folder, tmp_path, with_keys):
    bpy.ops.likeness.import_result(directory=str(result_folder))
    built = bpy.context.active_object
    if with_keys:
        built.shape_key_add(name="Basis")
        own = built.shape_key_add(name="mine")
        own.data[3].co.z += 0.05
        sculpt(built.data.shape_keys.reference_key)
        sculpt(own)
    else:
        points = sculpting.shape(built.data)
        points[MOVED] += STROKE
        built.data.vertices.foreach_set("co", points.ravel())
    (tmp_path / "other").mkdir()
    other = subjects.result(tmp_path / "other")
    other.textured.surface.vertices[:] += SHIFT
    newer = read_result(write_result(tmp_path / "other result", other))
    update(built, newer)
    wanted = newer.surface.vertices + stroke(len(newer.surface.vertices))
    np.testing.assert_allclose(sculpting.shape(built.data), wanted, atol=1e-6)
    if with_keys:
        own = shape_keys.positions(built.data.shape_keys.key_blocks["mine"])
        wanted[3, 2] += 0.05
        np.testing.assert_allclose(own, wanted, atol=1e-6)
