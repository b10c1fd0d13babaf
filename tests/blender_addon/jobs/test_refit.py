"""Re-fitting from selected views, with an acted backend: what is asked for, and what the artist made stays."""

import json
import shutil

import bpy
import numpy as np
import pytest

from backend.asset.reader import read_result
from backend.asset.writer import write_result
from backend.scene.head import EYEBALL
from blender_addon.jobs import job, refit, task
from blender_addon.rigs import shape_keys
from tests.asset import subjects
from tests.blender_addon import rigged
from tests.blender_addon.evaluated import points
from tests.processes import eventually

SHIFT = (0.01, -0.02, 0.005)


@pytest.fixture
def newer(rigged_folder, tmp_path, fake_python):
    """What the acted re-fit brings, from the same photos."""
    made = rigged.result(tmp_path / "rigged", seed=1, shift=SHIFT)
    return read_result(write_result(rigged_folder / "refitted", made))


@pytest.fixture
def asked(monkeypatch):
    """The requests that would be carried out."""
    orders = []

    def note(operator, what):
        what.claim.release()
        orders.append(what.request)
        return {"FINISHED"}

    monkeypatch.setattr(refit.follow, "start_or_queue", note)
    return orders


def start(head, *views) -> job.Job:
    """What the button does, without waiting."""
    folder = task.new_folder(bpy.context.scene)
    order = refit.protocol.RefitRequest(head["likeness_result"], views, str(folder / "result"))
    return job.start(refit.preferences.find_backend(), order, folder, *refit.taking_over(order, head))


def why_off() -> str:
    """What the operator says when it cannot be called."""
    with pytest.raises(RuntimeError) as caught:
        bpy.ops.likeness.refit()
    return str(caught.value)


def skin(result) -> np.ndarray:
    return result.surface.vertices[result.rig.region != EYEBALL]


def select(*names):
    for built in bpy.context.scene.objects:
        built.select_set(built.name in names)
    bpy.context.view_layer.objects.active = bpy.data.objects[names[0]]


def test_the_selected_cameras_are_the_views(head, fake_python, asked, rigged_folder):
    select("b")
    assert bpy.ops.likeness.refit() == {"FINISHED"}
    (order,) = asked
    assert (order.result, order.views, order.rebuild) == (str(rigged_folder), ("b",), False)
    assert order.out.startswith(bpy.context.scene.likeness.output) and order.out != order.result


def test_without_cameras_the_ticked_photos_are_and_their_weights_count(head, fake_python, asked):
    for name in ("a", "b"):
        photo = bpy.context.scene.likeness.photos.add()
        photo.name, photo.path = f"another name of {name}", bpy.data.objects[name]["likeness_photo"]
    photo.use = False
    bpy.context.scene.likeness.photos[0].weight = 0.25
    assert bpy.ops.likeness.refit() == {"FINISHED"}
    assert (asked[0].views, asked[0].weights) == (("a",), (0.25,))
    select("a", "b")
    bpy.ops.likeness.refit()
    assert (asked[1].views, asked[1].weights) == (("a", "b"), (0.25, 1.0))


def test_photos_that_the_result_does_not_know_are_left_out_and_told(head, fake_python, asked, capfd):
    for name in ("a", "stranger"):
        photo = bpy.context.scene.likeness.photos.add()
        photo.name, photo.path = name, f"/photos/{name}.png"
    bpy.ops.likeness.refit()
    assert asked[0].views == ("a",) and "left out: stranger" in capfd.readouterr().out


def test_an_unknown_view_and_no_view_at_all_are_refused_in_words(head, fake_python):
    with pytest.raises(RuntimeError, match=r"no view c\. Its views are a, b"):
        bpy.ops.likeness.refit(views="a, c")
    with pytest.raises(RuntimeError, match="Select photo cameras"):
        bpy.ops.likeness.refit()


def test_nothing_generated_yet_and_a_result_that_is_gone_switch_it_off(addon, rigged_folder):
    assert not bpy.ops.likeness.refit.poll() and "Nothing has been generated yet" in why_off()
    bpy.ops.likeness.import_result(directory=str(rigged_folder))
    assert bpy.ops.likeness.refit.poll()
    shutil.rmtree(rigged_folder)
    assert not bpy.ops.likeness.refit.poll() and "result folder of Head is gone" in why_off()


def test_while_it_runs_the_button_is_off(head, fake_python, rigged_folder):
    (rigged_folder / "hang").mkdir()
    start(head, "a")
    assert not bpy.ops.likeness.refit.poll() and "being re-fitted already" in why_off()
    job.close()
    assert bpy.ops.likeness.refit.poll()


def test_of_two_heads_one_has_to_be_selected(head, rigged_folder):
    bpy.ops.likeness.import_result(directory=str(rigged_folder))
    assert bpy.ops.likeness.refit.poll()
    bpy.context.view_layer.objects.active = None
    for built in bpy.context.selected_objects:
        built.select_set(False)
    assert "Select the head" in why_off()
    bpy.data.objects["Head.001"].select_set(True)
    assert bpy.ops.likeness.refit.poll()


def animate(head) -> None:
    """An Action with F-curves on a key, a driver on another, and a key of the artist's own."""
    keys = head.data.shape_keys
    for frame, value in ((1, 0.2), (11, 0.8)):
        keys.key_blocks["jawOpen"].value = value
        keys.key_blocks["jawOpen"].keyframe_insert("value", frame=frame)
    driver = keys.key_blocks["mouthPucker"].driver_add("value").driver
    driver.variables.new().targets[0].id = head
    driver.variables[0].targets[0].data_path = "location.x"
    driver.expression = "var * 0.25"
    keys.key_blocks["cheekPuff"].value = 0.3
    mine = head.shape_key_add(name="mine", from_mix=False)
    mine.data[7].co.z += 0.02


def dress(head) -> None:
    """Weights, texture coordinates, a modifier, a material, a place and a parent of the artist's own."""
    head.vertex_groups.new(name="hat").add([1, 2, 3], 0.5, "REPLACE")
    head.vertex_groups["jaw"].add([4], 0.125, "REPLACE")
    head.data.uv_layers.active.uv[0].vector = (0.5, 0.75)
    head.modifiers.new("mine", "SUBSURF").levels = 0
    head.data.materials.append(bpy.data.materials.new("lipstick"))
    head.data.polygons[3].material_index = 1
    empty = bpy.data.objects.new("stage", None)
    bpy.context.scene.collection.objects.link(empty)
    head.parent.parent = empty
    empty.location, head.location.x = (0, 0, 1), 2.0


def check_as_the_artist_left_it(head) -> None:
    keys = head.data.shape_keys
    bpy.context.scene.frame_set(6)
    assert keys.key_blocks["jawOpen"].value == pytest.approx(0.5)
    assert keys.key_blocks["mouthPucker"].value == pytest.approx(0.5)
    assert keys.key_blocks["cheekPuff"].value == pytest.approx(0.3)
    own = shape_keys.positions(keys.key_blocks["mine"]) - shape_keys.positions(keys.reference_key)
    np.testing.assert_allclose(own[[6, 7]], [[0, 0, 0], [0, 0, 0.02]], atol=1e-6)
    assert head.vertex_groups["hat"].weight(2) == 0.5 and head.vertex_groups["jaw"].weight(4) == 0.125
    assert tuple(head.data.uv_layers.active.uv[0].vector) == (0.5, 0.75)
    assert [modifier.name for modifier in head.modifiers] == ["Likeness Rig", "mine"]
    assert [material.name for material in head.data.materials] == ["Head", "lipstick"]
    assert head.data.polygons[3].material_index == 1
    assert head.location.x == 2.0 and head.parent.parent.name == "stage"


def test_a_refit_keeps_what_the_artist_has_made(head, newer):
    animate(head)
    dress(head)
    basis = head.data.shape_keys.reference_key
    for block in (basis, head.data.shape_keys.key_blocks["mine"]):
        block.data[100].co.y -= 0.01
    objects, images = set(bpy.data.objects.keys()), set(bpy.data.images.keys())
    select("Head", "b")
    assert bpy.ops.likeness.refit(wait=True) == {"FINISHED"}
    assert set(bpy.data.objects.keys()) == objects and set(bpy.data.images.keys()) == images
    assert {built.name for built in bpy.context.selected_objects} == {"Head", "b"}
    assert bpy.context.active_object == head
    check_as_the_artist_left_it(head)
    wanted = skin(newer)
    wanted[100, 1] -= 0.01
    np.testing.assert_allclose(shape_keys.positions(basis), wanted, atol=1e-6)
    assert head["likeness_result"] == job.current().request.out
    assert bpy.data.objects["b"]["likeness_result"] == head["likeness_result"]
    assert bpy.ops.likeness.refit.poll()  # and again, from there


def test_it_is_one_step_to_undo_and_to_redo(head, newer):
    animate(head)
    dress(head)
    bpy.ops.ed.undo_push(message="before")
    before = points(head)
    assert bpy.ops.likeness.refit(views="a", wait=True) == {"FINISHED"}
    after = points(bpy.data.objects["Head"])
    assert np.abs(after - before).max() > 0.01
    bpy.ops.ed.undo()
    np.testing.assert_allclose(points(bpy.data.objects["Head"]), before, atol=1e-6)
    check_as_the_artist_left_it(bpy.data.objects["Head"])
    bpy.context.scene.frame_set(1)
    bpy.ops.ed.redo()
    np.testing.assert_allclose(points(bpy.data.objects["Head"]), after, atol=1e-6)
    check_as_the_artist_left_it(bpy.data.objects["Head"])


def test_an_undo_while_it_runs_loses_nothing(head, newer):
    """The object is another one then, for Python."""
    bpy.ops.ed.undo_push(message="one")
    head.location.x = 1.0
    bpy.ops.ed.undo_push(message="two")
    running = start(head, "a")
    assert eventually(lambda: (running.poll(budget=1e-4), running.importing)[1])
    bpy.ops.ed.undo()
    running.restart_import()
    assert eventually(lambda: (running.poll(), running.final is not None)[1])
    head = bpy.data.objects["Head"]
    assert head.location.x == 0.0
    np.testing.assert_allclose(points(head), skin(newer), atol=1e-6)


def test_with_other_vertices_by_now_it_comes_as_a_new_object(head, newer):
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.subdivide()
    bpy.ops.object.mode_set(mode="OBJECT")
    count = len(head.data.vertices)
    assert bpy.ops.likeness.refit(views="a", wait=True) == {"FINISHED"}
    assert len(head.data.vertices) == count and not head.hide_get()
    assert len(bpy.data.objects["Head.001"].data.vertices) == 642
    assert any("imported as a new object" in text for text in job.current().warnings)


def test_rebuilding_hides_the_old_one_and_says_so(head, newer, tmp_path):
    shutil.rmtree(newer.folder)
    (tmp_path / "finer").mkdir()
    write_result(newer.folder, rigged.result(tmp_path / "finer", subdivisions=4))
    head.parent.location.z = 3.0
    assert bpy.ops.likeness.refit(views="a", rebuild=True, wait=True) == {"FINISHED"}
    assert job.current().request.rebuild
    new = bpy.data.objects["Head.001"]
    assert len(new.data.vertices) == 2562 and new.parent.matrix_world.translation.z == 3.0
    old = ("Head", "Head rig", "Head eye left", "Head eye right")
    assert all(bpy.data.objects[name].hide_get() and bpy.data.objects[name].hide_render for name in old)
    assert bpy.context.active_object == new and not new.hide_get()
    assert any("Head is hidden" in text for text in job.current().warnings)


def test_an_object_without_keys_too(addon, result_folder, tmp_path, fake_python):
    (tmp_path / "other").mkdir()
    other = subjects.result(tmp_path / "other")
    other.textured.surface.vertices[:] += SHIFT
    write_result(result_folder / "refitted", other)
    bpy.ops.likeness.import_result(directory=str(result_folder))
    built = bpy.context.active_object
    built.data.vertices[5].co.z += 0.5
    assert bpy.ops.likeness.refit(views="a", wait=True) == {"FINISHED"}
    wanted = other.textured.surface.vertices.copy()
    wanted[5, 2] += 0.5
    np.testing.assert_allclose(points(built), wanted, atol=1e-6)


def test_after_a_restart_of_blender_the_object_is_found_by_its_result(head, newer, rigged_folder):
    order = refit.protocol.RefitRequest(str(rigged_folder), ("a",), str(newer.folder))
    head.name = "Renamed"
    steps, load = refit.taking_over(refit.protocol.RefitRequest.from_json(json.loads(json.dumps(order.to_json()))))
    list(steps(*load(newer.folder)))
    np.testing.assert_allclose(points(head), skin(newer), atol=1e-6)


def test_a_head_of_clean_quads_stays_one(addon, tmp_path, fake_python):
    (tmp_path / "both").mkdir()
    folder = write_result(tmp_path / "both result", rigged.result(tmp_path / "both", clean=rigged.clean()))
    newer = rigged.result(tmp_path / "both", clean=rigged.clean(seed=1, shift=SHIFT))
    write_result(folder / "refitted", newer)
    bpy.ops.likeness.import_result(directory=str(folder), mesh="clean")
    head, count = bpy.context.active_object, len(bpy.data.objects)
    before = points(head)
    assert bpy.ops.likeness.refit(views="a", wait=True) == {"FINISHED"}
    np.testing.assert_allclose(points(head), before + np.float32(SHIFT), atol=1e-6)
    assert head["likeness_clean"] and len(bpy.data.objects) == count
