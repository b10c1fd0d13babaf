"""The clean mesh of a result comes into the scene as quads, where that is asked for."""

import shutil

import bpy
import numpy as np
import pytest

from backend.asset.reader import read_result
from backend.asset.writer import write_result
from backend.scene.head import EYEBALL
from blender_addon.jobs import follow, job
from blender_addon.results.result_import import CLEAN, import_at_once
from blender_addon.rigs import head_object, shape_keys
from tests.blender_addon import rigged
from tests.blender_addon.evaluated import points

SHIFT = (0.01, -0.02, 0.005)


@pytest.fixture
def folder(addon, tmp_path):
    """A result with both meshes."""
    (tmp_path / "both").mkdir()
    return write_result(tmp_path / "both result", rigged.result(tmp_path / "both", clean=rigged.clean()))


def polygons_of(mesh) -> list[tuple]:
    return [tuple(polygon.vertices) for polygon in mesh.polygons]


def skin_polygons() -> list[tuple]:
    rows = rigged.clean().polygons
    return [tuple(int(k) for k in row if k >= 0) for row in rows[: len(rows) // 3]]


def import_result(folder, **options):
    assert bpy.ops.likeness.import_result(directory=str(folder), **options) == {"FINISHED"}
    return bpy.context.active_object


def test_quads_are_imported_as_quads_with_their_texture_coordinates(folder):
    head = import_result(folder, mesh="clean")
    assert not head.data.validate()
    assert polygons_of(head.data) == skin_polygons()  # the skin's vertices come first
    atlas = rigged.clean().textured.atlas  # its numbers are those of the vertices
    uvs = np.array([entry.uv for entry in head.data.uv_layers.active.data])
    corners = [corner for polygon in skin_polygons() for corner in polygon]
    np.testing.assert_array_equal(uvs, atlas.uvs[corners])
    assert all(polygon.use_smooth for polygon in head.data.polygons)
    assert head["likeness_figures"]["Polygons"] == str(len(rigged.clean().polygons))
    for eye in head_object.eyes_of(head).values():
        assert sorted({len(polygon) for polygon in polygons_of(eye.data)}) == [3, 4]
        assert not eye.data.validate()


def test_all_else_is_as_with_the_fitted_mesh(folder):
    fitted = import_result(folder)
    clean = import_result(folder, mesh="clean")
    assert not fitted[CLEAN] and clean[CLEAN] and len(fitted.data.polygons) == 1280
    assert list(shape_keys.blocks(clean)) == list(shape_keys.blocks(fitted))
    made = rigged.clean().rig
    skin = made.region != EYEBALL
    moved = shape_keys.positions(shape_keys.blocks(clean)["jawOpen"]) - points(clean)
    np.testing.assert_allclose(moved, made.keys["jawOpen"][skin], atol=1e-6)
    assert head_object.rig_of(clean).data.bones.keys() == head_object.rig_of(fitted).data.bones.keys()
    assert list(head_object.eyes_of(clean)) == list(head_object.eyes_of(fitted))
    assert head_object.photos(clean) == head_object.photos(fitted)
    images = [next(n for n in built.active_material.node_tree.nodes if n.type == "TEX_IMAGE").image
              for built in (fitted, clean)]  # fmt: skip
    assert [image.size[0] for image in images] == [64, 32]


def test_the_panels_setting_is_followed_and_an_argument_overrules_it(folder):
    bpy.context.scene.likeness.mesh = "clean"
    assert import_result(folder)[CLEAN]
    assert not import_result(folder, mesh="fitted")[CLEAN]


def test_a_fit_brings_the_mesh_that_was_chosen_when_it_was_started(folder, photos, fake_python, monkeypatch):
    bpy.ops.likeness.add_photos(directory=str(photos), files=[{"name": "a.png"}])
    bpy.context.scene.likeness.mesh = "clean"
    given = []
    monkeypatch.setattr(follow, "start_or_queue", lambda operator, what: given.append(what) or {"FINISHED"})
    assert bpy.ops.likeness.generate() == {"FINISHED"}
    bpy.context.scene.likeness.mesh = "fitted"
    (what,) = given
    assert what.load(folder)[0].is_clean
    what.claim.release()


def test_a_result_of_one_mesh_is_imported_whatever_is_asked_for(addon, rigged_folder):
    assert not import_result(rigged_folder, mesh="clean")[CLEAN]


def test_an_update_gives_a_clean_head_the_clean_mesh(folder, tmp_path):
    head = import_result(folder, mesh="clean")
    newer = rigged.result(tmp_path / "both", seed=1, shift=SHIFT, clean=rigged.clean(1, SHIFT))
    made = write_result(tmp_path / "newer", newer)
    shutil.rmtree(folder)
    made.rename(folder)
    objects = set(bpy.data.objects.keys())
    assert import_result(folder, update=True) == head and set(bpy.data.objects.keys()) == objects
    skin = newer.clean.rig.region != EYEBALL
    np.testing.assert_allclose(points(head), newer.clean.textured.surface.vertices[skin], atol=1e-6)
    assert polygons_of(head.data) == skin_polygons()


def test_a_head_that_has_the_models_topology_anyway_comes_in_quads(addon, tmp_path):
    clean = rigged.clean()
    (tmp_path / "few").mkdir()
    made = rigged.result(tmp_path / "few", textured=clean.textured, rig=clean.rig, polygons=clean.polygons)
    head = import_at_once(*job.load(write_result(tmp_path / "few result", made)))
    assert polygons_of(head.data) == skin_polygons() and not head[CLEAN]
    assert read_result(tmp_path / "few result").clean is None
