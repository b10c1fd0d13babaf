import json
import math

import numpy as np
import pytest
from PIL import Image

from backend.capture.transforms import find_transforms, read_transforms
from backend.errors import UserError

SIZE = (40, 30)


@pytest.fixture
def folder(tmp_path):
    for name in ("a.png", "b.png", "c.png"):
        Image.new("RGB", SIZE).save(tmp_path / name)
    return tmp_path


def pose(x=0.0):
    matrix = np.eye(4)
    matrix[0, 3] = x
    return matrix.tolist()


def write(folder, frames, **document):
    path = folder / "transforms.json"
    entries = [{"transform_matrix": pose(), **frame} for frame in frames]
    path.write_text(json.dumps({**document, "frames": entries}))
    return path


def read_one(folder, frame=None, **document):
    frames, warnings = read_transforms(write(folder, [{"file_path": "a.png", **(frame or {})}], **document))
    assert not warnings
    return frames[0]


def test_angle_alone_gives_the_focal_length_of_the_real_photo(folder):
    camera = read_one(folder, camera_angle_x=0.8).lens.camera(SIZE, np.eye(4))
    assert camera.fl_x == pytest.approx(20 / math.tan(0.4)) and camera.fl_y == camera.fl_x
    assert (camera.width, camera.height, camera.cx, camera.cy) == (*SIZE, 20, 15)


def test_both_angles_give_both_focal_lengths(folder):
    camera = read_one(folder, camera_angle_x=0.8, camera_angle_y=0.5, w=40, h=30).lens.camera(SIZE, np.eye(4))
    assert camera.fl_y == pytest.approx(15 / math.tan(0.25))


def test_intrinsics_scale_with_the_photo(folder):
    lens = read_one(folder, w=400, h=300, fl_x=500, fl_y=510, cx=210, cy=140).lens
    camera = lens.camera(SIZE, np.eye(4))
    assert (camera.fl_x, camera.fl_y, camera.cx, camera.cy) == pytest.approx((50, 51, 21, 14))


def test_a_frame_overrides_the_file(folder):
    lens = read_one(folder, {"fl_x": 70, "cx": 18, "k1": 0.1}, fl_x=50, fl_y=50, cx=20, cy=15).lens
    camera = lens.camera(SIZE, np.eye(4))
    assert (camera.fl_x, camera.fl_y, camera.cx, camera.cy) == (70, 70, 18, 15)
    assert lens.distortion.k1 == 0.1


def test_the_frames_angle_wins_over_the_files_focal_length(folder):
    lens = read_one(folder, {"camera_angle_x": 1.0}, fl_x=50).lens
    assert lens.camera(SIZE, np.eye(4)).fl_x == pytest.approx(20 / math.tan(0.5))


@pytest.mark.parametrize("told", ["a", "./a", "sub/../a.png", ".\\a.png"])
def test_paths_without_ending_or_with_backslashes_are_found(folder, told):
    (folder / "sub").mkdir()
    assert read_one(folder, {"file_path": told}, fl_x=50).photo.resolve() == (folder / "a.png").resolve()


def test_uppercase_endings_are_found(folder):
    (folder / "a.png").rename(folder / "a.PNG")
    assert read_one(folder, {"file_path": "a"}, fl_x=50).photo.is_file()


def test_extras_are_read(folder):
    frame = read_one(folder, {"mask_path": "m\\a.png", "expression": "jawOpen", "weight": 0.5, "split": "val"}, fl_x=50)
    assert frame.mask == folder / "m/a.png"
    assert (frame.name, frame.expression, frame.weight, frame.split) == ("a", "jawOpen", 0.5, "val")


@pytest.mark.parametrize(
    "broken",
    [
        {"file_path": "gone.png"},
        {"transform_matrix": [[float("nan")] * 4] * 4},
        {"transform_matrix": [[float("inf"), 0, 0, 0]] * 4},
        {"transform_matrix": [[0.0] * 4] * 4},
        {"transform_matrix": np.diag([2.0, 2, 2, 1]).tolist()},
        {"transform_matrix": np.diag([-1.0, 1, 1, 1]).tolist()},
        {"transform_matrix": [[1, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]},
        {"transform_matrix": None},
        {"transform_matrix": [["x"] * 4] * 4},
        {"transform_matrix": [[1, 2], [3]]},
        {"fl_x": 0},
        {"fl_x": float("nan")},
        {"fl_x": "wide"},
        {"camera_angle_x": 4.0},
        {"weight": -1},
        {"w": 0},
        {"k4": 0.1},
        {"camera_model": "OPENCV_FISHEYE"},
    ],
)
def test_a_broken_frame_is_left_out_with_a_warning_that_names_it(folder, broken):
    path = write(folder, [{"file_path": "a.png"}, {"file_path": "b.png", **broken}], fl_x=50)
    frames, warnings = read_transforms(path)
    assert [frame.name for frame in frames] == ["a"]
    assert len(warnings) == 1 and broken.get("file_path", "b.png") in warnings[0]


def test_a_file_listed_twice_counts_once(folder):
    frames, warnings = read_transforms(write(folder, [{"file_path": "a.png"}, {"file_path": "./a"}], fl_x=50))
    assert len(frames) == 1 and "./a" in warnings[0]


def test_equal_names_from_two_folders_are_told_apart(folder):
    for side in ("left", "right"):
        (folder / side).mkdir()
        Image.new("RGB", SIZE).save(folder / side / "a.png")
    listed = [{"file_path": f"{place}a.png"} for place in ("", "left/", "right/")]
    frames, warnings = read_transforms(write(folder, listed, fl_x=50))
    assert [frame.name for frame in frames] == ["a", "left_a", "right_a"]
    assert len(warnings) == 2 and "left_a" in warnings[0]


def test_rounded_rotations_become_exact(folder):
    rounded = [[0.707, -0.707, 0, 1], [0.707, 0.707, 0, 2], [0, 0, 1.001, 3], [0, 0, 0, 1]]
    rotation = read_one(folder, {"transform_matrix": rounded}, fl_x=50).pose[:3, :3]
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(rotation, np.array(rounded)[:3, :3], atol=2e-3)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"frames": []}', '{"frames": 3}', "\x00\xff"])
def test_what_is_no_transforms_is_a_user_error_that_names_the_file(tmp_path, text):
    path = tmp_path / "transforms.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(UserError, match=r"transforms\.json"):
        read_transforms(path)


def test_a_byte_order_mark_does_no_harm(folder):
    path = write(folder, [{"file_path": "a.png"}], fl_x=50)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_transforms(path)[0]) == 1


@pytest.mark.parametrize("name", ["transforms.json", "transforms_train.json"])
def test_a_folder_means_the_cameras_in_it(tmp_path, name):
    (tmp_path / name).write_text("{}")
    assert find_transforms(tmp_path) == tmp_path / name


def test_photos_without_cameras_are_a_user_error_that_says_what_to_do(folder):
    for path in (folder, folder / "a.png"):
        with pytest.raises(UserError, match=r"transforms\.json"):
            find_transforms(path)
    with pytest.raises(UserError, match="nowhere"):
        find_transforms(folder / "nowhere")
