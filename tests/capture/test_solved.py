"""Photos without cameras become frames: what was solved stands in them, what was not is told."""

import json

import numpy as np
import pytest
from PIL import Image

from backend.capture import solved
from backend.capture.distortion import Distortion
from backend.capture.motion import Solved
from backend.capture.unposed import entries_of
from backend.errors import UserError
from backend.scene import Camera, silent


@pytest.fixture
def photos(tmp_path):
    for name in ("a", "b", "c"):
        Image.new("RGB", (40, 30)).save(tmp_path / f"{name}.png")
    return tmp_path


@pytest.fixture
def solving(monkeypatch):
    """Stands in for structure from motion: places all but the last photo; returns what it was asked."""
    asked = {}

    def solve(files, focals, masks, progress):
        asked.update(files=files, masks=masks)
        camera = Camera(40, 30, 55.0, 55.0, 19.0, 16.0, np.eye(4))
        names = [file.stem for file in files]
        cameras = {name: camera for name in names[:-1]}
        return Solved(cameras, {names[0]: Distortion(k1=0.1)}, tuple(names[-1:]), np.zeros((0, 3)), 0.5)

    monkeypatch.setattr(solved, "solve_motion", solve)
    return asked


def test_placed_photos_become_frames_and_the_others_are_told(photos, solving):
    frames, warnings = solved.solved_frames(photos, silent)
    assert [frame.name for frame in frames] == ["a", "b"] and len(warnings) == 1 and "c is left out" in warnings[0]
    lens = frames[0].lens
    assert (lens.fl_x, lens.cx, lens.cy, lens.distortion.k1) == (55.0, 19.0, 16.0, 0.1)
    assert frames[1].lens.distortion == Distortion() and solving["masks"] is None


def test_masks_beside_the_photos_are_used(photos, solving):
    (photos / "masks").mkdir()
    Image.new("L", (40, 30), 255).save(photos / "masks" / "b.png")
    frames, _ = solved.solved_frames(photos, silent)
    assert [mask is not None for mask in solving["masks"]] == [False, True, False]
    assert frames[1].mask == photos / "masks" / "b.png"


def test_a_file_may_name_photos_without_poses(photos, solving):
    frames = [{"file_path": "b.png", "weight": 0.5}, {"file_path": "a.png"}]
    (photos / "transforms.json").write_text(json.dumps({"frames": frames}))
    found, _ = solved.solved_frames(photos, silent)
    assert [(frame.name, frame.weight) for frame in found] == [("b", 0.5)]


def test_a_named_photo_that_is_not_there_is_told(photos):
    (photos / "transforms.json").write_text(json.dumps({"frames": [{"file_path": "x.png"}]}))
    with pytest.raises(UserError, match=r"x\.png"):
        entries_of(photos)
