"""The list of photos: order, ticks, states, small pictures, and what of it reaches the next job."""

import json
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from PIL import Image, ImageOps

from backend.capture.transforms import read_transforms
from backend.capture.unposed import entries_of
from backend.errors import UserError
from backend.scene.expression_tag import told_coefficients
from blender_addon import settings as properties
from blender_addon.jobs import request
from blender_addon.views import photo_drop, photo_list, photo_watch, thumbnails


def settings():
    return bpy.context.scene.likeness


def names() -> list[str]:
    return [photo.name for photo in settings().photos]


def states() -> list[str]:
    return [photo.state for photo in settings().photos]


@pytest.fixture
def folder(tmp_path) -> Path:
    path = tmp_path / "folder"
    path.mkdir()
    for name in "abc":
        Image.new("RGB", (40, 30), (200, 80, 40)).save(path / f"{name}.png")
    return path


@pytest.fixture
def listed(addon, folder):
    """Three photos in the list."""
    bpy.ops.likeness.add_photos(directory=str(folder))
    return settings().photos


def asked_for(tmp_path) -> Path:
    return Path(request.from_scene(bpy.context.scene, tmp_path / "job").capture)


def test_photos_move_up_and_down_within_the_list(listed):
    settings().active_photo = 2
    bpy.ops.likeness.move_photo(direction="UP")
    assert names() == ["a", "c", "b"] and settings().active_photo == 1
    bpy.ops.likeness.move_photo(direction="UP")
    assert bpy.ops.likeness.move_photo(direction="UP") == {"CANCELLED"}
    bpy.ops.likeness.move_photo(direction="DOWN")
    assert names() == ["a", "c", "b"]


@pytest.mark.parametrize(("action", "used"), [("ALL", [1, 1, 1]), ("NONE", [0, 0, 0]), ("INVERT", [0, 1, 0])])
def test_ticks(listed, action, used):
    listed[1].use = False
    bpy.ops.likeness.select_photos(action=action)
    assert [photo.use for photo in listed] == used


def test_a_file_that_goes_and_comes_back_is_noticed(listed, folder):
    assert states() == ["UNKNOWN"] * 3
    (folder / "b.png").rename(folder / "elsewhere")
    assert photo_watch.step(bpy.context.scene) and states() == ["UNKNOWN", "GONE", "UNKNOWN"]
    assert "b.png" in listed[1].message and not listed[0].message
    (folder / "elsewhere").rename(folder / "b.png")
    settings().active_photo = 1
    bpy.ops.likeness.reload_photo()
    assert states() == ["UNKNOWN"] * 3 and not listed[1].message


def test_a_mask_that_is_gone_is_told(listed, folder):
    listed[0].mask = str(folder / "mask.png")
    photo_watch.step(bpy.context.scene)
    assert "no mask" in listed[0].message and listed[0].state == "UNKNOWN"


def test_nothing_is_written_while_nothing_changes(listed, folder):
    while photo_watch.step(bpy.context.scene):
        pass
    assert not photo_list.look(bpy.context.scene)
    listed[1].weight = 2
    assert not photo_list.look(bpy.context.scene)
    (folder / "c.png").unlink()
    assert photo_list.look(bpy.context.scene) and not photo_list.look(bpy.context.scene)


def test_pictures_come_a_few_at_a_time_and_go_with_their_photos(listed, folder):
    steps = 0
    while photo_watch.step(bpy.context.scene):
        steps += 1
    assert steps == 2 and set(thumbnails._shown) == {photo.path for photo in listed}
    bpy.ops.likeness.remove_photo(index=0)
    photo_watch.step(bpy.context.scene)
    assert set(thumbnails._shown) == {photo.path for photo in listed} and len(listed) == 2
    bpy.ops.likeness.reload_photo()
    assert set(thumbnails._shown) == {listed[1].path}
    photo_watch.stop()
    assert not thumbnails._shown and thumbnails._collection is None


def corners(pixels: np.ndarray) -> list:
    return [tuple(pixels[y, x]) for y in (4, -5) for x in (4, -5)]


@pytest.mark.parametrize("told", [1, 3, 6, 8])
def test_pictures_of_photos_that_are_stored_turned_stand_upright(addon, tmp_path, told):
    picture = Image.new("RGB", (60, 40), (90, 90, 90))
    picture.paste((255, 0, 0), (0, 0, 20, 20))
    exif = picture.getexif()
    exif[0x0112] = told
    picture.save(tmp_path / "a.jpg", exif=exif, quality=100, subsampling=0)
    bpy.ops.likeness.add_photos(directory=str(tmp_path))
    for _ in range(3):
        photo_watch.step(bpy.context.scene)
    shown = thumbnails._collection[settings().photos[0].path]
    width, height = shown.image_size
    found = np.array(shown.image_pixels[:], np.int64).astype(np.uint32).view(np.uint8).reshape(height, width, 4)
    with Image.open(tmp_path / "a.jpg") as picture:
        upright = ImageOps.exif_transpose(picture).resize((width, height))
    np.testing.assert_allclose(corners(found[::-1, :, :3]), corners(np.array(upright)), atol=40)


def test_a_torn_photo_that_is_stored_turned_does_no_harm(addon, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(tmp_path / "a.jpg", exif=exif)
    (tmp_path / "a.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:120])
    bpy.ops.likeness.add_photos(directory=str(tmp_path))
    for _ in range(3):
        photo_watch.step(bpy.context.scene)
    assert thumbnails._shown[settings().photos[0].path].turns == 0


def test_cameras_that_a_fit_has_found_are_told(listed, folder):
    built = bpy.data.objects.new("a", bpy.data.cameras.new("a"))
    built["likeness_view"], built["likeness_photo"], built["likeness_result"] = "a", str(folder / "a.png"), "/r"
    bpy.context.collection.objects.link(built)
    photo_watch.step(bpy.context.scene)
    assert states() == ["SOLVED", "UNKNOWN", "UNKNOWN"]
    assert bpy.ops.likeness.look_through() == {"FINISHED"} and bpy.context.scene.camera == built
    settings().active_photo = 1
    assert not bpy.ops.likeness.look_through.poll()


def test_weight_mask_and_expression_reach_the_backend_without_cameras(listed, tmp_path, folder):
    listed[0].weight, listed[1].expression, listed[2].mask = 0.7, " jawOpen ", str(folder / "a.png")
    path = asked_for(tmp_path)
    assert path == tmp_path / "job" / "transforms.json"
    found = {entry.name: entry for entry in entries_of(path)}
    assert (found["a"].weight, found["a"].expression, found["a"].mask) == (0.7, "", None)
    assert (found["b"].weight, found["b"].expression) == (1.0, "jawOpen")
    assert found["c"].mask == folder / "a.png"


def test_with_nothing_set_the_artists_own_folder_and_file_are_used(listed, tmp_path, folder):
    assert asked_for(tmp_path) == folder
    frames = [{"file_path": f"{name}.png", "weight": 0.7, "fl_x": 40} for name in "abc"]
    (folder / "transforms.json").write_text(json.dumps({"frames": frames}))
    bpy.ops.likeness.import_cameras(filepath=str(folder))
    assert asked_for(tmp_path) == folder / "transforms.json"
    settings().photos[1].weight = 1
    assert asked_for(tmp_path) == tmp_path / "job" / "transforms.json"


def test_a_photo_without_any_weight_is_not_used(listed, tmp_path, folder):
    listed[0].weight = 0
    assert request.from_scene(bpy.context.scene, tmp_path / "job").views == ("b", "c")
    listed[1].weight = listed[2].weight = 0
    with pytest.raises(UserError, match="weight 0"):
        asked_for(tmp_path)


def test_one_photo_with_an_expression_needs_a_file(listed, tmp_path, folder):
    bpy.ops.likeness.select_photos(action="NONE")
    listed[1].use = True
    assert asked_for(tmp_path) == folder / "b.png"
    listed[1].expression = "neutral"
    (frame,) = json.loads(asked_for(tmp_path).read_text())["frames"]
    assert frame == {"file_path": (folder / "b.png").as_posix(), "expression": "neutral"}


def test_what_is_set_reaches_the_backend_with_cameras(addon, tmp_path, folder):
    matrix = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 2], [0, 0, 0, 1]]
    frames = [{"file_path": f"{name}.png", "fl_x": 40, "transform_matrix": matrix, "depth": 3} for name in "abc"]
    (folder / "transforms.json").write_text(json.dumps({"w": 40, "h": 30, "frames": frames}))
    (folder / "transforms_expressions.json").write_text(json.dumps({"fl_x": 40, "frames": [
        {"file_path": "c.png", "transform_matrix": matrix, "expression": "smile"}]}))  # fmt: skip
    bpy.ops.likeness.import_cameras(filepath=str(folder))
    photos = settings().photos
    photos[0].weight, photos[1].expression, photos[2].mask = 0.3, "smile", str(folder / "a.png")
    path = asked_for(tmp_path)
    found, warnings = read_transforms(path)
    assert not warnings and [frame.weight for frame in found] == [0.3, 1, 1]
    assert [frame.expression for frame in found] == ["", "smile", ""] and found[2].mask == folder / "a.png"
    assert {frame.lens.size for frame in found} == {(40, 30)}
    assert "smile" in path.with_name("transforms_expressions.json").read_text()
    (folder / "transforms.json").unlink()
    assert asked_for(tmp_path) == path, "the list remembers what the file said"


def test_suggested_expressions_are_known_to_the_backend(addon):
    words = properties.expression_tags("")
    assert words[:2] == ["neutral", "smile"] and len(words) == 54
    assert all(told_coefficients(word) for word in words[2:])
    assert properties.expression_tags("jawOpen:0.5 + mouthsmile") == [
        "jawOpen:0.5 + mouthSmileLeft", "jawOpen:0.5 + mouthSmileRight",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("area", "region", "taken"),
    [("VIEW_3D", "UI", True), ("VIEW_3D", "WINDOW", False), ("IMAGE_EDITOR", "UI", False), (None, None, False)],
)
def test_photos_drop_onto_the_sidebar_only(addon, area, region, taken):
    place = SimpleNamespace(area=area and SimpleNamespace(type=area), region=region and SimpleNamespace(type=region))
    assert photo_drop.LIKENESS_FH_photos.poll_drop(place) == taken


def test_dropped_files_are_added_at_once(addon, folder):
    bpy.ops.likeness.add_photos("INVOKE_DEFAULT", directory=str(folder), files=[{"name": "b.png"}])
    assert names() == ["b"]
