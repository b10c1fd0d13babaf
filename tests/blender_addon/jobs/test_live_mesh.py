"""The surface of a fit on its way, in the scene for as long as that fit goes on."""

import bpy
import numpy as np
import pytest

from backend import protocol
from backend.scene import Surface
from blender_addon.jobs import follow, job, live_mesh
from blender_addon.results.result_import import COLLECTION

TETRAHEDRON = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
FACES = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]], np.int32)


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """Every surface is due at once."""
    monkeypatch.setattr(live_mesh, "SPACING", 0.0)


@pytest.fixture
def fitting(scene, act, windowed, ticked, photos, result_folder):
    """A fit that goes on for a minute, whose first surface is in the scene."""
    result_folder.rename(photos / "result")
    act("steps")
    bpy.ops.likeness.generate()
    ticked(lambda: live_mesh.NAME in bpy.data.objects)
    yield job.current()
    live_mesh.sweep()


def shown() -> list[bpy.types.Object]:
    return [built for built in bpy.data.objects if live_mesh.MARK in built]


def no_trace() -> bool:
    return not shown() and not [mesh for mesh in bpy.data.meshes if mesh.name.startswith(live_mesh.NAME)]


def height(built: bpy.types.Object) -> float:
    return max(vertex.co.z for vertex in built.data.vertices)


def test_it_grows_in_one_object(fitting, ticked):
    built = shown()[0]
    assert built.users_collection[0].name == COLLECTION and built.hide_select and built.hide_render
    assert len(built.data.polygons) == 8 and not built.data.validate()
    before = height(built)
    ticked(lambda: height(shown()[0]) > before + 0.005)
    assert len(shown()) == 1 and len([mesh for mesh in bpy.data.meshes if live_mesh.NAME in mesh.name]) == 1


def test_it_makes_room_for_the_result(fitting, ticked):
    fitting.finish()
    ticked(lambda: fitting.final is not None)
    assert isinstance(fitting.final, protocol.Result) and "Head" in bpy.data.objects and no_trace()
    assert live_mesh.MARK not in bpy.data.collections[COLLECTION]


def test_it_is_gone_before_the_undo_step_of_the_result(fitting, ticked, monkeypatch):
    from blender_addon.results import result_import

    seen = []
    monkeypatch.setattr(result_import, "push_undo", lambda: seen.append(no_trace()))
    fitting.finish()
    ticked(lambda: fitting.final is not None)
    assert seen == [True]


@pytest.mark.parametrize("end", ["cancel", "failure", "unregister"])
def test_it_goes_with_the_fit(fitting, ticked, addon, end):
    if end == "unregister":
        addon.unregister()
        addon.register()
    elif end == "cancel":
        fitting.cancel()
        ticked(lambda: fitting.final is not None)
    else:
        fitting._source.kill()
        ticked(lambda: fitting.final is not None)
        assert isinstance(fitting.final, protocol.Failed)
    assert no_trace() and COLLECTION not in bpy.data.collections


def test_it_can_be_switched_off_and_on(fitting, ticked, scene):
    scene.likeness.live = False
    follow.tick()
    assert no_trace()
    for _ in range(20):
        follow.tick()
    assert no_trace()
    scene.likeness.live = True
    ticked(lambda: len(shown()) == 1)


def test_what_an_undo_takes_away_comes_again_and_what_it_brings_back_goes(fitting, ticked):
    bpy.data.meshes.remove(shown()[0].data)  # as an undo would: the object goes with it
    follow._after_undo(None)
    follow.tick()
    assert len(shown()) == 1
    fitting.cancel()
    ticked(lambda: fitting.final is not None)
    built = bpy.data.objects.new(live_mesh.NAME, bpy.data.meshes.new(live_mesh.NAME))  # as a later undo would
    built[live_mesh.MARK] = True
    bpy.context.scene.collection.objects.link(built)
    follow._after_undo(None)
    assert bpy.app.timers.is_registered(follow._sweep)
    follow._sweep()
    assert no_trace()
    bpy.app.timers.unregister(follow._sweep)


def test_a_duplicate_does_not_stay(fitting, ticked):
    twin = shown()[0].copy()
    bpy.context.scene.collection.objects.link(twin)
    ticked(lambda: len(shown()) == 1)


def test_another_file_gets_it(fitting, ticked):
    bpy.ops.wm.read_homefile(use_empty=True)
    assert no_trace()
    ticked(lambda: len(shown()) == 1)


def test_it_is_in_no_file(fitting, ticked, tmp_path):
    path = str(tmp_path / "a.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path, copy=True)
    with bpy.data.libraries.load(path) as (inside, _):
        assert not [name for name in inside.objects if live_mesh.NAME in name]
    ticked(lambda: len(shown()) == 1)


def test_a_collection_of_the_artist_stays(addon):
    collection = bpy.data.collections.new(COLLECTION)
    bpy.context.scene.collection.children.link(collection)
    live_mesh.show(Surface(TETRAHEDRON, FACES), bpy.context.scene)
    assert shown()[0].users_collection == (collection,)
    live_mesh.clear()
    assert no_trace() and COLLECTION in bpy.data.collections


def test_a_damaged_surface_leaves_the_last_one(fitting, ticked, monkeypatch):
    from blender_addon.jobs import source
    from blender_addon.link import UserError

    def damaged(path):
        raise UserError("not whole")

    monkeypatch.setattr(source.interim, "read_interim", damaged)
    for _ in range(30):
        follow.tick()
    assert len(shown()) == 1


def test_it_is_shown_every_two_seconds_at_most(addon, monkeypatch):
    monkeypatch.setattr(live_mesh, "SPACING", 2.0)
    assert live_mesh.is_due()
    live_mesh.show(Surface(TETRAHEDRON, FACES), bpy.context.scene)
    assert not live_mesh.is_due()
    live_mesh.clear()
    assert live_mesh.is_due()
