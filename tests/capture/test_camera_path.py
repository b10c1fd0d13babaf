"""Cameras to draw by, from transforms.json files without photos."""

import json

import numpy as np
import pytest
from PIL import Image

from backend.capture.camera_path import read_camera_path
from backend.errors import UserError

POSE = np.eye(4).tolist()
LENS = {"w": 64, "h": 48, "fl_x": 70.0, "fl_y": 71.0, "cx": 30.0, "cy": 25.0}


def read(folder, frames, **document):
    (folder / "path.json").write_text(json.dumps({**document, "frames": frames}))
    return read_camera_path(folder / "path.json")


def test_photos_need_not_exist_and_numbers_are_taken_as_they_are(tmp_path):
    cameras, warnings = read(tmp_path, [{"file_path": "images/a.png", "transform_matrix": POSE}], **LENS)
    camera = cameras["a"]
    assert warnings == []
    assert (camera.width, camera.height, camera.fl_x, camera.fl_y, camera.cx, camera.cy) == tuple(LENS.values())
    np.testing.assert_array_equal(camera.camera_to_world, np.eye(4))


def test_a_frames_own_lens_wins_over_that_of_the_file(tmp_path):
    frames = [{"transform_matrix": POSE, "w": 32, "h": 32, "camera_angle_x": 1.0, "cx": 16, "cy": 16}]
    camera = read(tmp_path, frames, **LENS)[0]["000"]
    assert camera.width == 32 and camera.fl_x == pytest.approx(16 / np.tan(0.5))


@pytest.mark.parametrize(
    ("frames", "names"),
    [
        ([{}, {}], ["000", "001"]),
        ([{"file_path": "x/a.png"}, {"file_path": "y/A.jpg"}, {"name": "a"}], ["a", "A_2", "a_3"]),
        ([{"name": "front.left", "file_path": "b.png"}, {"file_path": "..\\c.png"}], ["front.left", "c"]),
        ([{"name": "../../etc/x"}, {"name": "a:b?"}], ["x", "a_b_"]),
    ],
)
def test_names_are_unique_file_names(tmp_path, frames, names):
    cameras, _ = read(tmp_path, [{**frame, "transform_matrix": POSE} for frame in frames], **LENS)
    assert list(cameras) == names


def test_a_size_that_is_not_told_is_the_photos(tmp_path):
    Image.new("RGB", (20, 10)).save(tmp_path / "a.png")
    frames = [{"file_path": "a.png", "transform_matrix": POSE}, {"file_path": "b.png", "transform_matrix": POSE}]
    cameras, warnings = read(tmp_path, frames, camera_angle_x=1.0)
    assert (cameras["a"].width, cameras["a"].height) == (20, 10)
    assert warnings == ["b.png is left out: it has neither w and h nor a photo."]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("hello", "cannot be read"),
        ("{}", "no list of frames"),
        ('{"frames": []}', "no list of frames"),
        ('{"frames": [{}]}', "no camera that can be used. Frame 0 is left out: it has neither fl_x"),
        ('{"frames": [3], "w": 4, "h": 4, "fl_x": 3}', "no JSON object"),
        ('{"frames": [{"transform_matrix": [1]}], "w": 4, "h": 4, "fl_x": 3}', "not 4 x 4"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path, text, complaint):
    (tmp_path / "path.json").write_text(text)
    with pytest.raises(UserError, match=complaint):
        read_camera_path(tmp_path / "path.json")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UserError, match="There is no file"):
        read_camera_path(tmp_path / "path.json")
