"""A recording plays on the head: at the scene's speed, on keys and bones, in an Action of its own."""

import bpy
import numpy as np
import pytest

from backend import protocol
from blender_addon.jobs import job
from blender_addon.rigs import expressions, face_action, head_object, key_names, performances
from tests.blender_addon.rigs.test_face_capture import VALUES, live_link, write


@pytest.fixture
def recording(tmp_path):
    """A bit more than two seconds at 60 frames a second, every coefficient and turn."""
    return live_link(tmp_path / "take 1.csv")


@pytest.mark.parametrize("naming", key_names.NAMINGS)
def test_every_key_plays_what_was_recorded(head, recording, naming):
    scene = bpy.context.scene
    scene.render.fps = 30
    bpy.ops.likeness.rename_keys(naming=naming)
    assert bpy.ops.likeness.import_face_capture(filepath=str(recording), start_frame=11) == {"FINISHED"}
    for frame in (0, 7, 64):  # a frame of the scene is two of the recording
        scene.frame_set(11 + frame)
        values = np.array(list(expressions.read(head).values()))
        np.testing.assert_allclose(values, VALUES[2 * frame, :52], atol=1e-6)
    action = head.data.shape_keys.animation_data.action
    assert action.name == "take 1" and tuple(action.frame_range) == pytest.approx((11, 11 + 129 / 2))


def test_between_frames_the_values_are_between(head, recording):
    bpy.context.scene.render.fps = 30
    bpy.ops.likeness.import_face_capture(filepath=str(recording))
    bpy.context.scene.frame_set(3, subframe=0.25)
    wanted = (VALUES[4, :52] + VALUES[5, :52]) / 2
    np.testing.assert_allclose(list(expressions.read(head).values()), wanted, atol=1e-5)


def test_neck_and_head_share_the_turns(head, recording):
    bpy.context.scene.render.fps = 60
    bpy.ops.likeness.import_face_capture(filepath=str(recording))
    bpy.context.scene.frame_set(41)
    armature = head_object.rig_of(head)
    neck, upper = (armature.pose.bones[name].rotation_euler for name in ("neck", "head"))
    yaw, pitch, roll = VALUES[40, 52:55]
    np.testing.assert_allclose(np.add(neck, upper), [pitch, yaw, roll], atol=1e-5)
    np.testing.assert_allclose(neck, face_action.NECK_SHARE * np.array([pitch, yaw, roll]), atol=1e-5)
    if hasattr(bpy.types.Action, "slots"):  # one Action for both
        assert armature.animation_data.action == head.data.shape_keys.animation_data.action


@pytest.mark.parametrize(
    ("column", "ahead_or_up", "wanted"),
    [("HeadYaw", [0, -1, 0], [1, 0, 0]), ("HeadPitch", [0, -1, 0], [0, 0, -1]), ("HeadRoll", [0, 0, 1], [-1, 0, 0])],
)
def test_a_positive_turn_goes_left_down_and_to_the_right_shoulder(head, tmp_path, column, ahead_or_up, wanted):
    rows = np.tile([0.5, 0.2], (3, 1))
    bpy.ops.likeness.import_face_capture(filepath=str(write(tmp_path / "a.csv", ["jawOpen", column], rows)))
    bpy.context.scene.frame_set(1)
    bpy.context.view_layer.update()
    bone = head_object.rig_of(head).pose.bones["head"]
    turned = np.array(bone.matrix)[:3, :3] @ np.linalg.inv(np.array(bone.bone.matrix_local)[:3, :3]) @ ahead_or_up
    assert turned @ wanted == pytest.approx(np.sin(0.2), abs=0.01)


def test_missing_values_leave_no_keyframes(head, tmp_path):
    rows = np.array([[0.1, np.nan], [np.nan, 0.5], [0.3, np.nan]])
    bpy.context.scene.render.fps = 60
    bpy.ops.likeness.import_face_capture(filepath=str(write(tmp_path / "a.csv", ["jawOpen", "cheekPuff"], rows)))
    bpy.context.scene.frame_set(2)
    values = expressions.read(head)
    assert values["jawOpen"] == pytest.approx(0.2) and values["cheekPuff"] == pytest.approx(0.5)
    bpy.context.scene.frame_set(1)
    assert expressions.read(head)["cheekPuff"] == pytest.approx(0.5)
    assert all(value == 0 for name, value in expressions.read(head).items() if name not in ("jawOpen", "cheekPuff"))


def test_the_scene_grows_and_an_earlier_action_stays(head, recording):
    scene = bpy.context.scene
    scene.frame_end, scene.render.fps = 20, 24
    block = head.data.shape_keys.key_blocks["jawOpen"]
    block.keyframe_insert("value", frame=1)
    mine = head.data.shape_keys.animation_data.action
    bpy.ops.likeness.import_face_capture(filepath=str(recording))
    assert scene.frame_end == 53 and mine.use_fake_user
    assert head.data.shape_keys.animation_data.action != mine
    scene.frame_end = 100
    bpy.ops.likeness.import_face_capture(filepath=str(recording))
    assert scene.frame_end == 100


def test_a_file_of_another_kind_changes_nothing(head, tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(RuntimeError, match="no columns with names of expressions"):
        bpy.ops.likeness.import_face_capture(filepath=str(tmp_path / "a.csv"))
    assert head.data.shape_keys.animation_data.action is None and not bpy.data.actions


def test_a_head_without_the_recorded_keys_is_told(addon, tmp_path, recording):
    built = bpy.data.objects.new("face", bpy.data.meshes.new("face"))
    bpy.context.scene.collection.objects.link(built)
    bpy.context.view_layer.objects.active = built
    for name in ("Basis", "jawOpen"):
        built.shape_key_add(name=name)
    only = write(tmp_path / "b.csv", ["cheekPuff"], VALUES[:3, :1])
    with pytest.raises(RuntimeError, match="none of the recorded shape keys"):
        bpy.ops.likeness.import_face_capture(filepath=str(only))
    assert bpy.ops.likeness.import_face_capture(filepath=str(recording)) == {"FINISHED"}  # without bones, too


@pytest.fixture
def film(tmp_path, fake_python):
    """A folder of frames; the acted backend copies the CSV that lies in it."""
    (tmp_path / "film").mkdir()
    live_link(tmp_path / "film" / "performance.csv")
    return tmp_path / "film"


@pytest.mark.parametrize("argument", ["filepath", "directory"])
def test_a_film_of_the_person_becomes_an_action(head, film, rigged_folder, argument):
    bpy.context.scene.render.fps = 60
    assert bpy.ops.likeness.capture_performance(**{argument: str(film)}, fps=25) == {"FINISHED"}
    asked = job.current().request
    assert isinstance(asked, protocol.AnimateRequest) and asked.fps == 25
    assert (asked.result, asked.frames) == (str(rigged_folder), str(film))
    assert isinstance(job.current().final, protocol.Result)
    bpy.context.scene.frame_set(1 + 20)
    np.testing.assert_allclose(list(expressions.read(head).values()), VALUES[20, :52], atol=1e-6)


def test_a_film_without_a_face_is_reported(head, film):
    (film / "performance.csv").unlink()
    with pytest.raises(RuntimeError, match="no face"):
        bpy.ops.likeness.capture_performance(filepath=str(film))
    assert not bpy.data.actions


def test_a_head_that_is_gone_by_then_is_told(head, film, monkeypatch):
    monkeypatch.setattr(performances.head_object, "is_head", lambda built: False)
    monkeypatch.setattr(performances.LIKENESS_OT_capture_performance, "poll", classmethod(lambda cls, context: True))
    monkeypatch.setattr(performances.head_object, "head_of", lambda context: head)
    with pytest.raises(RuntimeError, match=r"The head Head is gone\. The animation is kept in"):
        bpy.ops.likeness.capture_performance(filepath=str(film))


def test_capturing_needs_a_head_of_a_result(addon, fake_python):
    with pytest.raises(RuntimeError, match="Select a head of a result"):
        bpy.ops.likeness.capture_performance(filepath="/film")
