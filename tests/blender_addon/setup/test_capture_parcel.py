"""What is sent of a capture to another machine is what the backend would have read here."""

import json
from pathlib import Path

import pytest

from backend.capture import photos as backend_photos
from backend.capture.expressive import BESIDE
from backend.capture.transforms import read_transforms
from backend.errors import UserError
from backend.protocol import FitRequest
from blender_addon.setup import capture_parcel, parcel
from blender_addon.setup.remote_request import pack
from tests.asset.subjects import camera

POSE = camera().camera_to_world.tolist()


def unpacked(packed: parcel.Parcel, folder: Path) -> Path:
    """Everything at its place on the other machine; returns the capture there."""
    for name, content in packed.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    return folder / packed.request.capture


def sent(capture: Path, folder: Path, views: tuple[str, ...] = ()) -> Path:
    return unpacked(pack(FitRequest(str(capture), str(folder / "result"), views=views), folder / "job"), folder / "far")


def touch(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(str(file))


def test_the_rules_are_those_of_the_backend():
    assert capture_parcel.PICTURES == backend_photos.PHOTO_ENDINGS
    assert capture_parcel.CAMERA_FILES == backend_photos.CAMERA_FILES
    assert capture_parcel.PHOTO_FOLDERS == backend_photos._PHOTO_FOLDERS
    assert parcel.MASK_FOLDERS == backend_photos._MASK_FOLDERS
    assert capture_parcel.EXPRESSIONS == BESIDE


@pytest.mark.parametrize("inner", ["", "images", "input"])
@pytest.mark.parametrize("mask", ["{}/masks/a.png", "{}/../masks/a.jpg.png", "{}/mask/a.png", "{}/a_mask.png"])
def test_a_folder_of_photos_keeps_its_photos_and_masks(tmp_path, inner, mask):
    here = tmp_path / "capture" / inner
    touch(
        here / "a.jpg", here / "b10.png", here / "b9.png", Path(mask.format(here)), here / "notes.txt", here / ".c.jpg"
    )
    far = backend_photos.find_photos(sent(tmp_path / "capture", tmp_path))
    assert [photo.name for photo in far] == ["a.jpg", "b9.png", "b10.png"]
    found = backend_photos.find_mask(far[0])
    assert found.read_text() == str(Path(mask.format(here)))
    assert not [path for path in (tmp_path / "far").rglob("*") if path.name in ("notes.txt", ".c.jpg")]


def test_one_photo_goes_alone(tmp_path):
    touch(tmp_path / "me" / "a.jpg", tmp_path / "me" / "b.jpg")
    far = sent(tmp_path / "me" / "a.jpg", tmp_path)
    assert far.is_file() and [path.name for path in (tmp_path / "far").rglob("*.jpg")] == ["a.jpg"]


def test_a_transforms_json_means_the_same_over_there(tmp_path):
    photos = [tmp_path / "x" / "a.png", tmp_path / "y" / "deep" / "a.png", tmp_path / "capture" / "images" / "c.JPG"]
    touch(*photos, tmp_path / "capture" / "masks here" / "1.png")
    frames = [
        {"file_path": "../x/a.png", "transform_matrix": POSE, "mask_path": "masks here/1.png", "weight": 0.5},
        {"file_path": str(photos[1]), "transform_matrix": POSE, "expression": "smile"},
        {"file_path": "gone.png", "source": str(photos[2]), "transform_matrix": POSE, "name": "third"},
        {"file_path": "images/lost.png", "transform_matrix": POSE},
    ]
    document = {"fl_x": 50.0, "w": 48, "h": 40, "frames": frames}
    file = tmp_path / "capture" / "transforms.json"
    file.write_text("\ufeff" + json.dumps(document), encoding="utf-8")
    here, here_warnings = read_transforms(file)
    there, there_warnings = read_transforms(sent(tmp_path / "capture", tmp_path))
    assert [frame.photo.read_text() for frame in there] == [str(photo) for photo in photos]
    for mine, far in zip(here, there, strict=True):
        assert (far.name, far.weight, far.expression, far.lens) == (mine.name, mine.weight, mine.expression, mine.lens)
        assert (far.pose == mine.pose).all() and tmp_path / "far" in far.photo.parents
    assert there[0].mask.read_text() == str(tmp_path / "capture" / "masks here" / "1.png")
    assert len(there_warnings) == len(here_warnings)
    assert str(tmp_path / "capture/images/lost.png") in there_warnings[-1]  # as the artist knows it


def test_expressions_beside_it_come_along(tmp_path):
    touch(tmp_path / "c" / "a.png", tmp_path / "c" / "smile.png")
    for name, photo in (("transforms.json", "a.png"), (BESIDE, "smile.png")):
        frame = {"file_path": photo, "transform_matrix": POSE, "fl_x": 50.0}
        (tmp_path / "c" / name).write_text(json.dumps({"frames": [frame]}))
    far = sent(tmp_path / "c", tmp_path)
    (frame,) = read_transforms(far.with_name(BESIDE), untold=None)[0]
    assert frame.photo.read_text() == str(tmp_path / "c" / "smile.png")


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"frames": 3}'])
def test_a_damaged_transforms_json_is_for_the_backend_to_name(tmp_path, text):
    (tmp_path / "transforms.json").write_text(text)
    assert sent(tmp_path / "transforms.json", tmp_path).read_text() == text


def test_an_empty_folder_and_a_name_that_cannot_travel_are_told(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no photos"):
        sent(tmp_path / "empty", tmp_path)
    touch(tmp_path / "odd" / "a\\b.png")
    with pytest.raises(UserError, match="another name"):
        sent(tmp_path / "odd", tmp_path)
