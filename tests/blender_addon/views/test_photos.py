"""Choosing photos and cameras."""

import json
from pathlib import Path

import bpy
import pytest

from backend.errors import UserError
from blender_addon.jobs import request


def settings():
    return bpy.context.scene.likeness


def names() -> list[str]:
    return [photo.name for photo in settings().photos]


def request_of(tmp_path: Path):
    return request.from_scene(bpy.context.scene, tmp_path / "job")


@pytest.fixture
def transforms(photos) -> Path:
    path = photos / "transforms.json"
    path.write_text(json.dumps({"frames": [{"file_path": "a.png"}, {"file_path": "./b.jpg"}]}))
    return path


def test_a_folder_gives_all_its_photos_once(addon, photos):
    (photos / "notes.txt").write_text("")
    for _ in range(2):
        assert bpy.ops.likeness.add_photos(directory=str(photos)) == {"FINISHED"}
    assert names() == ["a", "b"]


def test_chosen_files_give_just_these(addon, photos):
    bpy.ops.likeness.add_photos(directory=str(photos), files=[{"name": "b.jpg"}])
    assert names() == ["b"]
    assert settings().photos[0].path == str(photos / "b.jpg")


@pytest.mark.parametrize(("files", "message"), [([{"name": "c.png"}], "There is no photo"), ([], "no photos in")])
def test_what_is_not_there_is_refused(addon, tmp_path, files, message):
    with pytest.raises(RuntimeError, match=message):
        bpy.ops.likeness.add_photos(directory=str(tmp_path), files=files)
    assert names() == []


def test_cameras_bring_their_photos_and_replace_others(addon, photos, transforms):
    bpy.ops.likeness.add_photos(directory=str(photos), files=[{"name": "b.jpg"}])
    bpy.ops.likeness.import_cameras(filepath=str(transforms))
    assert names() == ["a", "b"]
    assert settings().cameras == str(transforms)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"frames": []}', '{"frames": [{}]}', '{"frames": 3}', "\x00"])
def test_a_file_without_cameras_is_refused(addon, photos, text):
    path = photos / "broken.json"
    path.write_text(text)
    with pytest.raises(RuntimeError, match=r"broken\.json"):
        bpy.ops.likeness.import_cameras(filepath=str(path))
    assert settings().cameras == ""


def test_photos_are_removed_one_by_one_or_all_at_once(addon, transforms):
    bpy.ops.likeness.import_cameras(filepath=str(transforms))
    bpy.ops.likeness.remove_photo(index=0)
    assert names() == ["b"]
    bpy.ops.likeness.clear_photos()
    assert names() == [] and settings().cameras == ""
    assert not bpy.ops.likeness.remove_photo.poll() and not bpy.ops.likeness.clear_photos.poll()


def test_with_cameras_the_request_names_them_and_only_a_choice_of_views(addon, tmp_path, transforms):
    bpy.ops.likeness.import_cameras(filepath=str(transforms))
    assert (request_of(tmp_path).capture, request_of(tmp_path).views) == (str(transforms), ())
    settings().photos[0].use = False
    assert request_of(tmp_path).views == ("b",)
    bpy.ops.likeness.remove_photo(index=0)
    assert request_of(tmp_path).views == ("b",)


def test_without_cameras_the_request_names_the_photo_or_the_folder(addon, tmp_path, photos):
    bpy.ops.likeness.add_photos(directory=str(photos))
    assert (request_of(tmp_path).capture, request_of(tmp_path).views) == (str(photos), ("a", "b"))
    settings().photos[0].use = False
    assert (request_of(tmp_path).capture, request_of(tmp_path).views) == (str(photos / "b.jpg"), ())


def test_settings_reach_the_request(addon, tmp_path, photos):
    bpy.ops.likeness.add_photos(directory=str(photos))
    settings().subject, settings().preset, settings().texture = "object", "high", "albedo"
    made = request_of(tmp_path)
    assert (made.subject, made.preset, made.texture) == ("object", "high", "albedo")
    assert made.out == str(tmp_path / "job" / "result")


def test_without_photos_there_is_nothing_to_ask_for(addon, tmp_path):
    with pytest.raises(UserError, match="No photos are chosen"):
        request_of(tmp_path)


def written(tmp_path) -> list[dict]:
    """The frames of the capture that the request has written into the job's folder."""
    made = request_of(tmp_path)
    assert made.capture == str(tmp_path / "job" / "transforms.json") and made.views == ()
    return json.loads(Path(made.capture).read_text())["frames"]


def test_photos_of_several_folders_go_into_a_file_without_cameras(addon, tmp_path, photos):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.png").write_bytes(b"")
    for folder in (photos, other):
        bpy.ops.likeness.add_photos(directory=str(folder), files=[{"name": "a.png"}])
    assert written(tmp_path) == [{"file_path": str(photos / "a.png")}, {"file_path": str(other / "a.png")}]


def test_photos_of_one_name_in_one_folder_are_told_apart(addon, tmp_path, photos):
    (photos / "a.jpg").write_bytes(b"")
    bpy.ops.likeness.add_photos(directory=str(photos))
    assert {Path(frame["file_path"]).name for frame in written(tmp_path)} == {"a.png", "a.jpg", "b.jpg"}


def test_photos_with_and_without_cameras_go_together(addon, tmp_path, photos):
    """The lens that the file states for all belongs to its own photos only; so do paths relative to it."""
    document = {
        "w": 64, "h": 48, "cx": 30.0, "camera_angle_x": 0.9, "applied_scale": 2.0,
        "frames": [
            {"file_path": "../photos/a.png", "mask_path": "m/a.png", "fl_x": 70.0, "transform_matrix": "pose"},
            {"file_path": "b.jpg", "transform_matrix": "pose", "cx": 31.0},
        ],
    }  # fmt: skip
    (photos / "transforms.json").write_text(json.dumps(document))
    bpy.ops.likeness.import_cameras(filepath=str(photos / "transforms.json"))
    (tmp_path / "c.png").write_bytes(b"")
    bpy.ops.likeness.add_photos(directory=str(tmp_path), files=[{"name": "c.png"}])
    assert [photo.has_camera for photo in settings().photos] == [True, True, False]
    first, second, third = written(tmp_path)
    assert first == {
        "w": 64, "h": 48, "cx": 30.0, "fl_x": 70.0, "transform_matrix": "pose",
        "file_path": str(photos / "a.png"), "mask_path": str(photos / "m" / "a.png"),
    }  # fmt: skip
    assert second == {
        "w": 64, "h": 48, "cx": 31.0, "camera_angle_x": 0.9, "transform_matrix": "pose",
        "file_path": str(photos / "b.jpg"),
    }  # fmt: skip
    assert third == {"file_path": str(tmp_path / "c.png")}
    settings().photos[0].use = settings().photos[1].use = False
    assert request_of(tmp_path).capture == str(tmp_path / "c.png")


def test_a_head_model_and_a_face_are_asked_for(addon, tmp_path, photos):
    bpy.ops.likeness.add_photos(directory=str(photos))
    assert (request_of(tmp_path).head_model, request_of(tmp_path).face) == ("auto", None)
    settings().head_model, settings().face = "ict", 0
    assert (request_of(tmp_path).head_model, request_of(tmp_path).face) == ("ict", 0)
    settings().head_model = "file"
    with pytest.raises(UserError, match="No file is chosen"):
        request_of(tmp_path)
    settings().head_model_file = str(tmp_path / "mine.npz")
    assert request_of(tmp_path).head_model == str(tmp_path / "mine.npz")
    settings().subject = "object"
    assert request_of(tmp_path).face is None


def test_jobs_of_the_same_second_get_folders_of_their_own(addon):
    folders = {request.new_job_folder(bpy.context.scene) for _ in range(3)}
    assert len(folders) == 3 and all(folder.is_dir() for folder in folders)
