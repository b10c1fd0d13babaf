"""Photos with expressions come along, apart from those that show the shape."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic import SHARED, ring, save, views_of, write_capture

from backend.capture import CaptureConfig, load_capture
from backend.capture.expressive import BESIDE, divided, set_apart
from backend.capture.transforms import read_transforms
from backend.scene import Bounds, Capture

OBJECT = CaptureConfig(subject="object")


@pytest.fixture
def folder(tmp_path):
    """Ten photos, of which the files tell six as neutral; the others lie beside."""
    document = write_capture(tmp_path, ring(10))
    (tmp_path / "transforms.json").rename(tmp_path / "transforms_train.json")
    frames = document["frames"]
    write(tmp_path / "transforms_train.json", document, frames[:6])
    for frame, tag in zip(frames[6:], ("jawOpen", "jawOpen", "mouthPucker", None), strict=True):
        frame |= {"expression": tag} if tag else {}
    write(tmp_path / BESIDE, document, frames[5:])
    return tmp_path


def write(file: Path, document: dict, frames: list) -> None:
    file.write_text(json.dumps({**document, "frames": frames}))


def names(views) -> list[str]:
    return [view.name for view in views]


@pytest.mark.parametrize("given", ["", "transforms_train.json"])
def test_expressions_that_lie_beside_come_along(folder, given):
    capture = load_capture(folder / given, OBJECT)
    assert names(capture.views) == [f"{n:03d}" for n in range(6)] and capture.warnings == ()
    assert names(capture.expressive) == ["006", "007", "008", "009"]
    assert [view.expression for view in capture.expressive] == ["jawOpen", "jawOpen", "mouthPucker", "009"]
    assert all((view.mask > 0.5).any() for view in capture.expressive)


def test_the_file_of_expressions_alone_is_a_capture_too(folder):
    assert names(load_capture(folder / BESIDE, OBJECT).views)


def test_expressive_views_move_with_the_capture(folder):
    capture = load_capture(folder, OBJECT)
    moved = capture.normalized()
    for before, after in zip(capture.expressive, moved.expressive, strict=True):
        expected = (before.camera.position - capture.bounds.center) / capture.bounds.radius
        np.testing.assert_allclose(after.camera.position, expected)


def frames_with(folder: Path, tags: list[str]):
    document = write_capture(folder, ring(len(tags)))
    for frame, tag in zip(document["frames"], tags, strict=True):
        frame["expression"] = tag
    save(folder, document)
    return read_transforms(folder / "transforms.json")[0]


@pytest.mark.parametrize(
    ("tags", "shown"),
    [
        (["Neutral", "jawOpen", "neutral", "jawOpen", "jawOpen"], [0, 2]),
        (["", "", "angry"], [0, 1]),
        (["smile", "jawOpen", "jawopen"], [1, 2]),
        (["smile", "angry", "sad"], [0, 1, 2]),
    ],
)
def test_the_neutral_or_the_commonest_show_the_shape(tmp_path, tags, shown):
    frames = frames_with(tmp_path, tags)
    views, others = divided(frames)
    assert [frames.index(frame) for frame in views] == shown
    assert len(views) + len(others) == len(frames)


def capture_of(tags: list[str]) -> Capture:
    views = [replace(view, expression=tag) for view, tag in zip(views_of(ring(len(tags))), tags, strict=True)]
    return Capture(tuple(views), Bounds(np.zeros(3), 1.0))


def test_an_untagged_photo_with_an_open_mouth_is_set_apart():
    told = {"000": {}, "001": {"mouthLeft": 0.9}, "002": {"jawOpen": 0.8}, "003": {}}
    capture = set_apart(capture_of(["", "", "", ""]), told)
    assert names(capture.views) == ["000", "001", "003"] and names(capture.expressive) == ["002"]
    kept = set_apart(capture_of(["", "", "neutral", ""]), told)
    assert len(kept.views) == 4


def test_an_expression_that_all_photos_wear_sets_none_apart():
    told = {f"{n:03d}": {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8} for n in range(4)}
    assert len(set_apart(capture_of([""] * 4), told).views) == 4


def test_a_shape_is_never_left_without_photos():
    told = {"000": {"jawOpen": 1.0}, "001": {}, "002": {"eyeBlinkLeft": 1.0}}
    assert len(set_apart(capture_of([""] * 3), told).views) == 3


def test_the_shared_head_brings_its_expressions():
    if not SHARED.exists():
        pytest.skip("the shared captures are not on this machine")
    capture = load_capture(SHARED / "ict-a" / "transforms_train.json", CaptureConfig(max_side=96))
    assert len(capture.views) == 24 and len(capture.expressive) == 15 and capture.warnings == ()
