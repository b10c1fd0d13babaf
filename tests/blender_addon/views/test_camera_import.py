"""Cameras from files into the list, into the scene, and out again: no number changes on the way."""

import json
from pathlib import Path

import bpy
import numpy as np
import pytest
from PIL import Image

from backend.capture.transforms import read_transforms
from blender_addon.views import photo_list


def settings():
    return bpy.context.scene.likeness


def pose(rng) -> list:
    matrix = np.eye(4)
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    matrix[:3, :3], matrix[:3, 3] = rotation * np.sign(np.linalg.det(rotation)), rng.normal(size=3) * 3
    return matrix.tolist()


SIZES = {"a": (64, 48), "b": (40, 70), "c": (50, 50)}


@pytest.fixture
def capture(tmp_path) -> Path:
    """A transforms.json of three photos of different sizes and lenses, one with pixels that are not square."""
    rng, frames = np.random.default_rng(4), []
    (tmp_path / "shoot" / "images").mkdir(parents=True)
    for name, (width, height) in SIZES.items():
        Image.new("RGB", (width, height)).save(tmp_path / "shoot" / "images" / f"{name}.png")
        frames.append({
            "file_path": f"images/{name}.png", "w": width, "h": height, "fl_x": 80.123456789, "fl_y": 79.0,
            "cx": width / 2 + 3.3, "cy": height / 2 - 2.7, "k1": 0.01, "transform_matrix": pose(rng),
        })  # fmt: skip
    frames[1] |= {"fl_y": 40.0, "weight": 0.3, "expression": "jawOpen", "mask_path": "mask.png"}
    path = tmp_path / "shoot" / "transforms.json"
    path.write_text(json.dumps({"frames": frames}))
    return path


def cameras_in(path: Path) -> dict[str, tuple]:
    """By photo: what the backend reads of a transforms.json."""
    frames, warnings = read_transforms(path)
    assert not warnings
    return {
        frame.photo.stem: (
            frame.lens.camera(SIZES[frame.photo.stem], frame.pose), frame.lens.distortion, frame.weight,
            frame.expression, frame.mask and frame.mask.resolve(),
        )
        for frame in frames
    }  # fmt: skip


def assert_same(found: dict, told: dict, tolerance: float) -> None:
    """Intrinsics to 1e-6 relative; poses to `tolerance`."""
    assert found.keys() == told.keys()
    for name, (camera, *rest) in told.items():
        other, *others = found[name]
        for key in ("width", "height", "fl_x", "fl_y", "cx", "cy"):
            assert getattr(other, key) == pytest.approx(getattr(camera, key), rel=1e-6)
        np.testing.assert_allclose(other.camera_to_world, camera.camera_to_world, atol=tolerance)
        assert others[0] == rest[0] and others[1:] == rest[1:]


def export(tmp_path, **options) -> Path:
    path = tmp_path / "out" / "transforms.json"
    assert bpy.ops.likeness.export_cameras(filepath=str(path), **options) == {"FINISHED"}
    return path


def test_weights_masks_and_expressions_come_along(addon, capture):
    bpy.ops.likeness.import_cameras(filepath=str(capture))
    assert [photo.weight for photo in settings().photos] == [1, pytest.approx(0.3), 1]
    assert [photo.expression for photo in settings().photos] == ["", "jawOpen", ""]
    assert settings().photos[1].mask == str(capture.parent / "mask.png")
    assert {photo.state for photo in settings().photos} == {"KNOWN"}
    assert "no mask" in settings().photos[1].message


@pytest.mark.parametrize("kind", ["TRANSFORMS", "COLMAP"])
def test_the_list_comes_out_as_it_came_in(addon, tmp_path, capture, kind):
    bpy.ops.likeness.import_cameras(filepath=str(capture))
    path = export(tmp_path, format=kind)
    if kind == "COLMAP":
        path = path.with_suffix("")
        assert sorted(file.name for file in path.iterdir()) == ["cameras.txt", "images.txt", "points3D.txt"]
        bpy.ops.likeness.import_cameras(filepath=str(path))
        assert settings().cameras == ""
        settings().photos[1].weight, settings().photos[1].expression = 0.3, "jawOpen"  # which COLMAP does not know
        settings().photos[1].mask = str(capture.parent / "mask.png")
        path = export(tmp_path)
    assert_same(cameras_in(path), cameras_in(capture), 1e-12)


def test_camera_objects_come_out_as_they_came_in(addon, tmp_path, capture):
    bpy.ops.likeness.import_cameras(filepath=str(capture))
    bpy.ops.likeness.build_cameras()
    bpy.context.view_layer.update()
    for built in bpy.data.collections["Likeness cameras"].objects:
        built.select_set(True)
    found = cameras_in(export(tmp_path, source="SELECTED"))
    told = {name: (*entry[:2], 1.0, "", None) for name, entry in cameras_in(capture).items()}
    assert_same(found, told, 1e-5)
    settings().photos.clear()
    bpy.ops.likeness.add_scene_cameras()
    assert_same(cameras_in(export(tmp_path)), told, 1e-5)


def test_what_all_frames_share_stands_at_the_head(addon, tmp_path, capture):
    bpy.ops.likeness.import_cameras(filepath=str(capture))
    document = json.loads(export(tmp_path).read_text())
    assert document["k1"] == 0.01 and document["fl_x"] == 80.123456789 and "fl_x" not in document["frames"][0]
    assert document["camera_model"] == "OPENCV" and "w" in document["frames"][0]
    assert document["frames"][0]["file_path"] == (capture.parent / "images" / "a.png").as_posix()


def test_paths_below_the_file_are_relative(addon, capture):
    bpy.ops.likeness.import_cameras(filepath=str(capture))
    bpy.ops.likeness.export_cameras(filepath=str(capture.parent / "again.json"))
    document = json.loads((capture.parent / "again.json").read_text())
    assert [frame["file_path"] for frame in document["frames"]] == [f"images/{name}.png" for name in SIZES]


def test_cameras_are_built_anew_not_twice(addon, capture):
    bpy.ops.likeness.import_cameras(filepath=str(capture))
    for _ in range(2):
        bpy.ops.likeness.build_cameras()
        bpy.context.scene.camera = bpy.context.scene.camera or bpy.data.objects["a"]
    assert sorted(built.name for built in bpy.data.collections["Likeness cameras"].objects) == ["a", "b", "c"]
    assert len(bpy.data.cameras) == 3 and bpy.context.scene.camera == bpy.data.objects["a"]


def test_imports_can_be_mixed(addon, tmp_path, capture):
    bpy.ops.likeness.import_cameras(filepath=str(capture))
    bpy.ops.likeness.export_cameras(filepath=str(tmp_path / "model"), format="COLMAP")
    (tmp_path / "d.png").write_bytes(b"")
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"frames": [{"file_path": "d.png", "camera_angle_x": 0.9}]}))
    bpy.ops.likeness.import_cameras(filepath=str(other))
    bpy.ops.likeness.import_cameras(filepath=str(tmp_path / "model"), keep=True)
    assert [(photo.name, photo.has_camera) for photo in settings().photos] == [
        ("d", False), ("a", True), ("b", True), ("c", True),
    ]  # fmt: skip
    assert settings().cameras == ""


@pytest.mark.parametrize("place", ["", "sparse/0", "sparse", "colmap/sparse/0"])
def test_folders_are_searched_for_models_and_photos(addon, tmp_path, capture, place):
    bpy.ops.likeness.import_cameras(filepath=str(capture))
    project = tmp_path / "project"
    bpy.ops.likeness.export_cameras(filepath=str(project / place), format="COLMAP")
    images = project / place / "images.txt"
    images.write_text(images.read_text().replace("# Photos in:", "# "))
    with pytest.raises(RuntimeError, match="were not found"):
        bpy.ops.likeness.import_cameras(filepath=str(project))
    bpy.ops.likeness.import_cameras(filepath=str(project), photos=str(capture.parent / "images"))
    (capture.parent / "images").rename(project / "images")
    for path in (project, images, images.with_name("cameras.txt")):
        bpy.ops.likeness.import_cameras(filepath=str(path))
        assert [photo.path for photo in settings().photos] == [str(project / "images" / f"{n}.png") for n in SIZES]


def test_a_nerfstudio_folder_is_its_transforms_json(addon, capture):
    bpy.ops.likeness.import_cameras(filepath=str(capture.parent))
    assert settings().cameras == str(capture) and len(settings().photos) == 3


def test_endings_that_blender_leaves_away_are_found(addon, capture):
    capture.write_text(json.dumps({"camera_angle_x": 0.8, "frames": [{"file_path": "./images/a"}]}))
    bpy.ops.likeness.import_cameras(filepath=str(capture))
    assert settings().photos[0].path == str(capture.parent / "images" / "a.png")


def test_a_world_that_lies_on_its_back_is_turned_upright(addon, capture):
    matrix = np.diag([1.0, -1, -1, 1])  # COLMAP's first camera: at the origin, looking along +Z, -Y up
    document = {"fl_x": 80, "frames": [{"file_path": "images/a.png", "transform_matrix": matrix.tolist()}]}
    capture.write_text(json.dumps(document))
    bpy.ops.likeness.import_cameras(filepath=str(capture), upright=True)
    turned = np.array(photo_list.camera_in(settings().photos[0])["transform_matrix"])
    np.testing.assert_allclose(-turned[:3, 2], (0, 1, 0))  # looks along +Y, at a face that looks to -Y
    np.testing.assert_allclose(turned[:3, 1], (0, 0, 1))


def test_photos_that_are_gone_are_in_the_list_and_say_so(addon, capture):
    (capture.parent / "images" / "b.png").unlink()
    assert bpy.ops.likeness.import_cameras(filepath=str(capture)) == {"FINISHED"}
    assert [photo.state for photo in settings().photos] == ["KNOWN", "GONE", "KNOWN"]
    assert "b.png" in settings().photos[1].message


@pytest.mark.parametrize("name", ["nothing", "empty", "gone.json"])
def test_what_holds_no_cameras_is_refused(addon, tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing" / "cameras.txt").write_text("")
    with pytest.raises(RuntimeError, match=r"holds no cameras|is not there"):
        bpy.ops.likeness.import_cameras(filepath=str(tmp_path / name))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ({"transform_matrix": "pose"}, "not 4 x 4 numbers"),
        ({"transform_matrix": np.diag([2.0, 2, 2, 1]).tolist()}, "scaled, sheared or mirrored"),
        ({"fl_x": None, "fl_y": None}, "no focal length"),
        ({"cx": "left"}, "the cx 'left'"),
        ({"camera_model": "OPENCV_FISHEYE"}, "Undistort"),
    ],
)
def test_cameras_that_make_no_sense_are_not_built(addon, capture, frame, message):
    document = json.loads(capture.read_text())
    document["frames"] = [{**document["frames"][0], **frame}]
    capture.write_text(json.dumps(document))
    bpy.ops.likeness.import_cameras(filepath=str(capture))
    with pytest.raises(RuntimeError, match=message):
        bpy.ops.likeness.build_cameras()
    with pytest.raises(RuntimeError, match=message):
        bpy.ops.likeness.export_cameras(filepath=str(capture))


def test_without_cameras_nothing_is_exported(addon, tmp_path, photos):
    bpy.ops.likeness.add_photos(directory=str(photos))
    with pytest.raises(RuntimeError, match="No ticked photo has a camera"):
        bpy.ops.likeness.export_cameras(filepath=str(tmp_path / "out.json"))
    with pytest.raises(RuntimeError, match="No cameras are selected"):
        bpy.ops.likeness.export_cameras(filepath=str(tmp_path / "out.json"), source="SELECTED")
    with pytest.raises(RuntimeError, match="No photo of the list has a known camera"):
        bpy.ops.likeness.build_cameras()
    assert not (tmp_path / "out.json").exists()
