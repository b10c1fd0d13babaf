"""The photos' cameras in the scene: in a collection of their own, replaced by a newer fit, weights behind them."""

import dataclasses
import json

import bpy
import numpy as np
import pytest
from PIL import Image

from blender_addon.jobs import job
from blender_addon.results.result_import import import_at_once


def cameras() -> list[str]:
    return sorted(built.name for built in bpy.data.collections["Likeness cameras"].objects)


@pytest.fixture
def weights(result_folder):
    """The result with obstruction weights for one of its two photos."""
    (result_folder / "obstruction").mkdir()
    path = result_folder / "obstruction" / "a.png"
    Image.fromarray(np.full((40, 48), 255, np.uint8)).save(path)
    return path


@pytest.fixture
def imported(addon, result_folder):
    return import_at_once(*job.load(result_folder))


def load_elsewhere(result_folder, name="newer"):
    """The same fit, in another folder."""
    target = result_folder.parent / name
    result_folder.rename(target)
    return job.load(target)


def test_they_lie_apart_and_take_no_part_in_renders(imported):
    collection = bpy.data.collections["Likeness"].children["Likeness cameras"]
    assert cameras() == ["a", "b"] and collection.hide_render
    assert all(built.data.show_background_images for built in collection.objects)


def test_a_hidden_collection_still_renders_through_them(imported, tmp_path):
    scene = bpy.context.scene
    bpy.context.view_layer.objects.active = bpy.data.objects["a"]
    bpy.ops.likeness.view_photo()
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.world = bpy.data.worlds.new("World")
    scene.render.filepath, scene.render.film_transparent = str(tmp_path / "seen.png"), True
    bpy.ops.render.render(write_still=True)
    alpha = np.array(Image.open(tmp_path / "seen.png"))[..., 3]
    assert alpha.shape == (40, 48) and alpha[20, 24] == 255 and alpha[0, 0] == 0


def test_a_second_fit_of_the_same_photos_replaces_them(imported, result_folder):
    scene = bpy.context.scene
    scene.camera = bpy.data.objects["a"]
    bpy.data.objects["b"].name = "Front"
    result, textures = load_elsewhere(result_folder)
    moved = dataclasses.replace(result.cameras[0].camera, fl_x=99.0, fl_y=99.0)
    import_at_once(
        dataclasses.replace(result, cameras=(dataclasses.replace(result.cameras[0], camera=moved),)), textures
    )
    assert cameras() == ["a"] and len(bpy.data.cameras) == 1
    assert scene.camera == bpy.data.objects["a"]
    assert scene.camera.data.lens == pytest.approx(99.0 * 36 / 48)
    assert scene.camera["likeness_result"] == str(result.folder)


def test_cameras_of_other_photos_stay(imported, result_folder):
    """Another person's photos of the same names, in another folder."""
    other = result_folder.parent / "person"
    other.mkdir()
    for name in ("a", "b"):
        Image.fromarray(np.zeros((40, 48, 3), np.uint8)).save(other / f"{name}.png")
    path = result_folder / "transforms.json"
    document = json.loads(path.read_text())
    for frame in document["frames"]:
        frame["file_path"] = str(other / f"{frame['name']}.png")
    path.write_text(json.dumps(document))
    import_at_once(*load_elsewhere(result_folder))
    assert cameras() == ["a", "a.001", "b", "b.001"]


def test_what_the_artist_put_there_stays(imported, result_folder):
    own = bpy.data.objects.new("Mine", bpy.data.cameras.new("Mine"))
    bpy.data.collections["Likeness cameras"].objects.link(own)
    import_at_once(*load_elsewhere(result_folder))
    assert cameras() == ["Mine", "a", "b"]


def test_photos_of_the_list_are_solved_then(addon, result_folder):
    result, textures = job.load(result_folder)
    photos = bpy.context.scene.likeness.photos
    for path in (result.cameras[0].image, result_folder / "report.json"):
        bpy.ops.likeness.add_photos(directory=str(path.parent), files=[{"name": path.name}])
    import_at_once(result, textures)
    assert [photo.state for photo in photos] == ["SOLVED", "UNKNOWN"]
    assert bpy.ops.likeness.look_through() == {"FINISHED"} and bpy.context.scene.camera == bpy.data.objects["a"]


def background() -> str:
    return bpy.path.abspath(bpy.data.objects["a"].data.background_images[0].image.filepath)


def test_weights_come_behind_the_camera_and_go_again(addon, weights, result_folder, tmp_path):
    settings = bpy.context.scene.likeness
    for name in ("a", "b"):
        settings.photos.add().name = name
    import_at_once(*job.load(result_folder))
    assert [photo.obstruction for photo in settings.photos] == [str(weights), ""]
    photo = background()
    for shown in (str(weights), photo):
        assert bpy.ops.likeness.show_obstruction(filepath=settings.photos[0].obstruction) == {"FINISHED"}
        assert background() == shown
    assert len(bpy.data.objects["a"].data.background_images) == 1


def test_weights_go_into_an_image_editor_where_one_is_open(addon, weights, result_folder):
    import_at_once(*job.load(result_folder))
    bpy.context.view_layer.objects.active = bpy.data.objects["a"]
    area = bpy.context.window_manager.windows[0].screen.areas[0]
    before = area.type
    area.type = "IMAGE_EDITOR"
    try:
        photo = background()
        assert bpy.ops.likeness.show_obstruction() == {"FINISHED"}
        assert bpy.path.abspath(area.spaces.active.image.filepath) == str(weights)
        assert background() == photo
    finally:
        area.type = before


def test_without_weights_it_says_what_to_select(imported):
    with pytest.raises(RuntimeError, match="Select a photo camera"):
        bpy.ops.likeness.show_obstruction()
    with pytest.raises(RuntimeError, match=r"no weights /gone\.png"):
        bpy.ops.likeness.show_obstruction(filepath="/gone.png")
