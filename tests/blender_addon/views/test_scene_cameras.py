"""Cameras of the scene become views; views are ticked by their cameras; the way there and back changes no number."""

import json
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Euler, Matrix
from PIL import Image

from blender_addon.jobs import request
from blender_addon.views import photo_list


def settings():
    return bpy.context.scene.likeness


def picture(path: Path, size=(64, 48)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (120, 90, 70)).save(path)
    return path


def scene_camera(name: str, photo: Path | None, place=(0, -2, 0)) -> bpy.types.Object:
    """A camera as an artist makes it, the photo behind it."""
    data = bpy.data.cameras.new(name)
    built = bpy.data.objects.new(name, data)
    bpy.context.collection.objects.link(built)
    built.matrix_basis = Matrix.LocRotScale(place, Euler((1.5, 0.1, 0.2)), None)
    bpy.context.view_layer.update()
    if photo is not None:
        data.background_images.new().image = bpy.data.images.load(str(photo))
    return built


def select(*objects) -> None:
    for built in bpy.context.view_layer.objects:
        built.select_set(built in objects)


@pytest.fixture
def scene(addon):
    render = bpy.context.scene.render
    render.resolution_x, render.resolution_y = 64, 48
    return bpy.context.scene


def frames_asked_for(tmp_path) -> list[dict]:
    made = request.from_scene(bpy.context.scene, tmp_path / "job")
    return json.loads(Path(made.capture).read_text())["frames"]


def test_all_cameras_with_photos_become_views_of_the_next_job(scene, tmp_path):
    photos = [picture(tmp_path / "photos" / name) for name in ("a.png", "b.png")]
    built = [scene_camera(photo.stem, photo) for photo in photos]
    scene_camera("Render camera", None)
    built[0].data.shift_x, built[1].data.lens = 0.1, 85
    assert bpy.ops.likeness.add_scene_cameras() == {"FINISHED"}
    assert [(photo.name, photo.state) for photo in settings().photos] == [("a", "KNOWN"), ("b", "KNOWN")]
    first, second = frames_asked_for(tmp_path)
    assert first["file_path"] == photos[0].as_posix() and (first["w"], first["h"]) == (64, 48)
    assert first["fl_x"] == pytest.approx(50 / 36 * 64) and first["cx"] == pytest.approx(32 - 6.4)
    assert second["fl_x"] == pytest.approx(85 / 36 * 64) and second["cx"] == 32
    np.testing.assert_allclose(first["transform_matrix"], np.array(built[0].matrix_world), atol=1e-6)


def test_selected_cameras_come_alone_and_a_photo_of_the_list_gets_its_camera(scene, tmp_path):
    photos = [picture(tmp_path / "photos" / name) for name in ("a.png", "b.png")]
    bpy.ops.likeness.add_photos(directory=str(photos[0].parent))
    settings().photos[1].weight = 2
    select(scene_camera("one", photos[1]))
    scene_camera("two", photos[0])
    bpy.ops.likeness.add_scene_cameras()
    assert [photo.has_camera for photo in settings().photos] == [False, True]
    bare, known = frames_asked_for(tmp_path)
    assert bare.keys() == {"file_path"} and known["weight"] == 2 and "transform_matrix" in known


def test_pixels_that_are_not_square_are_those_of_the_render(scene, tmp_path):
    scene.render.pixel_aspect_x = 2
    scene_camera("a", picture(tmp_path / "a.png"))
    bpy.ops.likeness.add_scene_cameras()
    (frame,) = (photo_list.camera_in(photo) for photo in settings().photos)
    assert frame["fl_y"] == pytest.approx(2 * frame["fl_x"]) and frame["fl_x"] == pytest.approx(50 / 36 * 64)


def test_a_photo_of_another_shape_than_the_render_is_taken_as_the_artist_says(scene, tmp_path):
    scene.render.resolution_x = 96
    scene_camera("a", picture(tmp_path / "a.png")).data.background_images[0].frame_method = "FIT"
    focal = {}
    for framing in ("PHOTO", "RENDER"):
        bpy.ops.likeness.add_scene_cameras(framing=framing)
        focal[framing] = photo_list.camera_in(settings().photos[0])["fl_x"]
    assert focal["PHOTO"] == pytest.approx(50 / 36 * 64) and focal["RENDER"] == pytest.approx(50 / 36 * 96)


def broken(kind: str, built, tmp_path) -> None:
    background = built.data.background_images[0]
    if kind in ("offset", "rotation", "scale", "use_flip_x", "use_flip_y"):
        setattr(background, kind, {"offset": (0.1, 0), "rotation": 0.1, "scale": 2}.get(kind, True))
    elif kind == "clip":
        background.source, background.clip = "MOVIE_CLIP", bpy.data.movieclips.load(str(tmp_path / "a.png"))
    elif kind == "sequence":
        background.image.source = "SEQUENCE"
    elif kind == "generated":
        background.image = bpy.data.images.new("New", 8, 8)
    elif kind == "gone":
        (tmp_path / "a.png").unlink()
    elif kind == "none":
        built.data.background_images.clear()
    elif kind == "mirrored":
        built.scale.x = -1
    elif kind == "no picture":
        (tmp_path / "a.png").write_bytes(b"no picture")
        background.image.reload()
    elif kind == "turned":
        picture = Image.open(tmp_path / "a.png")
        exif = picture.getexif()
        exif[0x0112] = 6
        picture.save(tmp_path / "a.jpg", exif=exif)
        background.image = bpy.data.images.load(str(tmp_path / "a.jpg"))
    bpy.context.view_layer.update()


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        *((kind, "moved, turned, scaled") for kind in ("offset", "rotation", "scale", "use_flip_x", "use_flip_y")),
        ("clip", "movie clip"), ("sequence", "movie clip"), ("generated", "movie clip"), ("gone", "not in a file"),
        ("none", "no background image"), ("mirrored", "mirrored"), ("no picture", "no picture"),
        ("turned", "stored turned"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_view_is_refused(scene, tmp_path, kind, message):
    built = scene_camera("a", picture(tmp_path / "a.png"))
    select(built)
    broken(kind, built, tmp_path)
    with pytest.raises(RuntimeError, match=message):
        bpy.ops.likeness.add_scene_cameras()
    assert not settings().photos


def test_the_others_come_where_one_is_refused(scene, tmp_path):
    for name in ("a", "b"):
        scene_camera(name, picture(tmp_path / f"{name}.png"))
    scene.objects["a"].data.type = "ORTHO"
    scene_camera("c", tmp_path / "b.png")
    assert bpy.ops.likeness.add_scene_cameras() == {"FINISHED"}
    assert [photo.name for photo in settings().photos] == ["b"]


def test_without_photos_behind_cameras_it_says_what_to_do(scene):
    assert not bpy.ops.likeness.add_scene_cameras.poll()
    scene_camera("a", None)
    with pytest.raises(RuntimeError, match="background image"):
        bpy.ops.likeness.add_scene_cameras()


def test_selected_cameras_tick_their_photos(scene, tmp_path):
    photos = [picture(tmp_path / f"{name}.png") for name in "abc"]
    built = [scene_camera(photo.stem, photo) for photo in photos]
    bpy.ops.likeness.add_scene_cameras()
    assert not bpy.ops.likeness.select_views.poll()
    select(built[0], built[2])
    assert bpy.ops.likeness.select_views() == {"FINISHED"}
    assert [photo.use for photo in settings().photos] == [True, False, True]
    select(scene_camera("other", None))
    with pytest.raises(RuntimeError, match="None of the selected"):
        bpy.ops.likeness.select_views()
    assert [photo.use for photo in settings().photos] == [True, False, True]


def test_one_looks_through_the_camera_of_the_active_photo(scene, tmp_path):
    own = scene_camera("own", picture(tmp_path / "a.png"))
    bpy.ops.likeness.add_scene_cameras()
    assert bpy.ops.likeness.look_through() == {"FINISHED"} and scene.camera == own
    bpy.data.objects.remove(own)
    assert bpy.ops.likeness.look_through() == {"FINISHED"}
    assert scene.camera["likeness_photo"] == str(tmp_path / "a.png")
    assert scene.camera.data.lens == pytest.approx(50)
