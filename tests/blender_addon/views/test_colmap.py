"""COLMAP models: what is written comes back, COLMAP itself reads it, broken files are told."""

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.errors import UserError
from backend.scene import Camera
from blender_addon.views import colmap, colmap_files, colmap_models, photo_camera

LENSES = {
    "SIMPLE_PINHOLE": (90.0, 31.0, 25.0),
    "PINHOLE": (90.0, 91.5, 31.0, 25.0),
    "SIMPLE_RADIAL": (90.0, 31.0, 25.0, 0.01),
    "RADIAL": (90.0, 31.0, 25.0, 0.01, -0.02),
    "OPENCV": (90.0, 91.5, 31.0, 25.0, 0.01, -0.02, 1e-3, -2e-3),
    "FULL_OPENCV": (90.0, 91.5, 31.0, 25.0, 0.01, -0.02, 1e-3, -2e-3, 3e-3, 0.0, 0.0, 0.0),
}


def random_pose(rng) -> np.ndarray:
    """camera-to-world (4, 4)."""
    pose = np.eye(4)
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    pose[:3, :3], pose[:3, 3] = rotation * np.sign(np.linalg.det(rotation)), rng.normal(size=3) * 3
    return pose


def random_frame(rng, photo: Path) -> dict:
    width, height = rng.integers(20, 4000, 2)
    camera = Camera(
        int(width), int(height), *rng.uniform(0.5, 3, 2) * width, *rng.uniform(0.3, 0.7, 2) * [width, height],
        camera_to_world=random_pose(rng),
    )  # fmt: skip
    bent = dict(zip(photo_camera.DISTORTION, rng.normal(size=5) * 0.01, strict=True))
    keys = [(), ("k1",), ("k1", "k2", "p1", "p2"), photo_camera.DISTORTION][rng.integers(4)]
    told = photo_camera.frame_of(camera, {key: bent[key] for key in keys})
    return {"file_path": photo.as_posix(), **told}


@pytest.fixture
def model(tmp_path) -> Path:
    """A text model as a stranger writes it: comments, a line of points, an empty one; photos beside it."""
    folder = tmp_path / "project" / "sparse" / "0"
    folder.mkdir(parents=True)
    (tmp_path / "project" / "images").mkdir()
    for name in ("a b.jpg", "c.png"):
        (tmp_path / "project" / "images" / name).write_bytes(b"")
    (folder / "cameras.txt").write_text("# comment\n\n3 PINHOLE 64 48 90 91.5 31 25\n")
    (folder / "images.txt").write_text(
        "# comment\n1 1 0 0 0 0 0 2 3 a b.jpg\n10.5 3.25 -1 4 5 6\n2 0.5 0.5 0.5 0.5 1 2 3 3 c.png\n\n"
    )
    return folder


def test_a_model_is_read_with_its_photos(model):
    first, second = colmap.frames_of(model).items()
    assert first[0] == model.parent.parent / "images" / "a b.jpg" and second[0].name == "c.png"
    assert {key: first[1][key] for key in ("w", "h", "fl_x", "fl_y", "cx", "cy")} == {
        "w": 64, "h": 48, "fl_x": 90, "fl_y": 91.5, "cx": 31, "cy": 25,
    }  # fmt: skip
    expected = np.diag([1.0, -1, -1, 1])
    expected[:3, 3] = 0, 0, -2  # the camera stands two units behind the world's origin, which it looks at along +Z
    np.testing.assert_allclose(first[1]["transform_matrix"], expected, atol=1e-15)


def test_a_file_without_lines_of_points_is_read_whole(model):
    text = (model / "images.txt").read_text().replace("10.5 3.25 -1 4 5 6\n", "")
    (model / "images.txt").write_text(text)
    assert len(colmap.frames_of(model)) == 2


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_round_trip_keeps_every_number(tmp_path_factory, seed):
    rng, folder = np.random.default_rng(seed), tmp_path_factory.mktemp("trip")
    photos = [folder / "photos" / "one" / "a.png", folder / "photos" / "b.png"]
    for photo in photos:
        photo.parent.mkdir(parents=True, exist_ok=True)
        photo.write_bytes(b"")
    frames = [random_frame(rng, photo) for photo in photos]
    colmap.write(frames, folder / "elsewhere" / "model", lambda frame: (0, 0))
    back = colmap.frames_of(folder / "elsewhere" / "model")
    assert list(back) == photos
    for frame, told in zip(frames, back.values(), strict=True):
        numbers = {key: value for key, value in frame.items() if key not in ("transform_matrix", "camera_angle_x")}
        assert {key: value for key, value in told.items() if value != 0 and key != "transform_matrix"} == numbers
        np.testing.assert_allclose(told["transform_matrix"], frame["transform_matrix"], atol=1e-12)


@pytest.mark.parametrize("turn", [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (1e-9, 1, 0, 0)])
def test_half_turns_survive_as_quaternions(turn):
    rotation = colmap_models.rotation_from(np.array(turn))
    np.testing.assert_allclose(
        colmap_models.rotation_from(colmap_models.quaternion_from(rotation)), rotation, atol=1e-9
    )


@pytest.mark.parametrize("model", LENSES)
def test_every_plain_lens_is_read(model):
    frame = colmap_models.Lens(model, 64, 48, LENSES[model]).frame()
    assert (frame["fl_x"], frame["cx"], frame["cy"]) == (90.0, 31.0, 25.0)
    assert frame["fl_y"] == (91.5 if model in ("PINHOLE", "OPENCV", "FULL_OPENCV") else 90.0)
    assert frame.get("p2", 0) == (-2e-3 if "OPENCV" in model else 0)


def test_colmap_reads_what_is_written_and_the_other_way_round(tmp_path):
    pycolmap = pytest.importorskip("pycolmap", reason="COLMAP's package is not installed")
    rng = np.random.default_rng(3)
    photos = [tmp_path / f"{name}.png" for name in "abc"]
    for photo in photos:
        photo.write_bytes(b"")
    frames = {photo: random_frame(rng, photo) for photo in photos}
    colmap.write(list(frames.values()), tmp_path / "text", lambda frame: (0, 0))
    told = pycolmap.Reconstruction(str(tmp_path / "text"))
    (tmp_path / "binary").mkdir()
    told.write_binary(str(tmp_path / "binary"))
    back = colmap.frames_of(tmp_path / "binary", tmp_path)
    points = rng.normal(size=(20, 3))
    for image in told.images.values():
        frame = frames[tmp_path / image.name]
        camera = photo_camera.camera_of(frame, "", lambda: (0, 0))
        lens = told.cameras[image.camera_id]
        np.testing.assert_allclose(
            image.cam_from_world().matrix(),
            np.diag([1, -1, -1]) @ camera.world_to_camera[:3], atol=1e-9,
        )  # fmt: skip
        local = np.diag([1, -1, -1]) @ (camera.world_to_camera[:3, :3] @ points.T + camera.world_to_camera[:3, 3:])
        seen = local[:, local[2] > 0.1]
        if not photo_camera.distortion_of(frame):
            np.testing.assert_allclose(lens.img_from_cam(seen.T), camera.project(points[local[2] > 0.1])[0], rtol=1e-6)
        again = back[tmp_path / image.name]
        assert again["fl_x"] == pytest.approx(frame["fl_x"], rel=1e-12)
        np.testing.assert_allclose(again["transform_matrix"], frame["transform_matrix"], atol=1e-9)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("cameras.txt", "1 FOV 64 48 1 2 3 4\n", "model FOV are not read"),
        ("cameras.txt", "1 PINHOLE 64 48 1 2 3\n", "has 4 numbers, not 3"),
        ("cameras.txt", "3 PINHOLE 64\n", r"cameras\.txt is not a COLMAP file"),
        ("cameras.txt", "1 PINHOLE 64 48 90 90 32 24\n", "lacks the cameras 3"),
        ("cameras.txt", "3 FULL_OPENCV 64 48 90 90 32 24 0 0 0 0 0 1 0 0\n", "k4"),
        ("images.txt", "", "has no photos"),
        ("images.txt", "1 a 0 0 0 0 0 2 3 a.jpg\n", r"images\.txt is not a COLMAP file"),
        ("images.txt", "1 0 0 0 0 0 0 2 3 a b.jpg\n", "is no rotation"),
        ("images.txt", "1 1 0 0 0 0 0 2 3 gone.jpg\n", r"not found, gone\.jpg"),
    ],
)
def test_a_broken_text_model_is_refused(model, name, text, message):
    (model / name).write_text(text)
    if name == "cameras.txt" and text.startswith("1 ") and "lacks" not in message:
        (model / "images.txt").write_text("1 1 0 0 0 0 0 2 1 a b.jpg\n\n")
    with pytest.raises(UserError, match=message):
        colmap.frames_of(model)


def binary_model(folder: Path, model: int = 1) -> Path:
    folder.mkdir()
    (folder / "cameras.bin").write_bytes(struct.pack("<QiiQQ4d", 1, 7, model, 64, 48, 90, 91, 32, 24))
    image = struct.pack("<i7di", 1, 1, 0, 0, 0, 0, 0, 2, 7) + b"a.png\0" + struct.pack("<Qddq", 1, 3.0, 4.0, -1)
    (folder / "images.bin").write_bytes(struct.pack("<Q", 1) + image)
    return folder


def test_binary_models_cut_off_anywhere_are_refused(tmp_path):
    folder = binary_model(tmp_path / "model")
    for name in ("cameras.bin", "images.bin"):
        whole = (folder / name).read_bytes()
        for length in range(0, len(whole), 5):
            (folder / name).write_bytes(whole[:length])
            with pytest.raises(UserError, match=rf"{name} is not a COLMAP file"):
                colmap_files.read_model(folder)
        (folder / name).write_bytes(whole)
    assert len(colmap.frames_of(folder, tmp_path)) == 1


@pytest.mark.parametrize(("number", "name"), [(5, "OPENCV_FISHEYE"), (99, "number 99")])
def test_a_binary_model_with_another_lens_is_refused(tmp_path, number, name):
    with pytest.raises(UserError, match=f"model {name} are not read"):
        colmap.frames_of(binary_model(tmp_path / "model", number))
