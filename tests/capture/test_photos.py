import pytest
from PIL import Image

from backend.capture.photos import find_mask, find_photos, has_cameras, view_names
from backend.errors import UserError


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8)).save(path)
    return path


def test_a_folder_gives_its_photos_in_the_order_in_which_people_count(tmp_path):
    for name in ("img10.jpg", "img2.PNG", "IMG1.jpeg", "b.webp"):
        picture(tmp_path / name)
    assert [photo.name for photo in find_photos(tmp_path)] == ["b.webp", "IMG1.jpeg", "img2.PNG", "img10.jpg"]


def test_hidden_files_masks_and_everything_else_are_no_photos(tmp_path):
    for name in ("a.png", ".b.png", "a_mask.png", "masks/a.png", "mask.png"):
        picture(tmp_path / name)
    (tmp_path / "._a.jpg").write_bytes(b"\0\5\x16\7")  # macOS leaves these on sticks
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "folder.jpg").mkdir()
    assert find_photos(tmp_path) == [tmp_path / "a.png"]


@pytest.mark.parametrize("folder", ["images", "photos", "input"])
def test_a_project_folder_gives_the_photos_of_its_photo_folder(tmp_path, folder):
    photo = picture(tmp_path / folder / "a.jpg")
    assert find_photos(tmp_path) == [photo]


def test_one_photo_is_itself(tmp_path):
    photo = picture(tmp_path / "me.jpg")
    assert find_photos(photo) == [photo]


@pytest.mark.parametrize(
    ("files", "advice"),
    [([], "folder of photos"), (["a.NEF"], "raw"), (["a.mov"], "frames"), (["a.txt"], "Choose a photo")],
)
def test_a_folder_without_photos_is_a_user_error_with_advice(tmp_path, files, advice):
    for name in files:
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(UserError, match=advice):
        find_photos(tmp_path)


def test_other_files_and_missing_ones_are_user_errors_that_name_them(tmp_path):
    (tmp_path / "take.mp4").write_bytes(b"x")
    with pytest.raises(UserError, match=r"take\.mp4.*frames"):
        find_photos(tmp_path / "take.mp4")
    with pytest.raises(UserError, match="nowhere"):
        find_photos(tmp_path / "nowhere")


def test_only_a_folder_with_cameras_or_a_file_that_is_no_photo_speaks_of_cameras(tmp_path):
    photo = picture(tmp_path / "a.jpg")
    assert not has_cameras(tmp_path) and not has_cameras(photo) and not has_cameras(tmp_path / "b.HEIC")
    (tmp_path / "transforms.json").write_text("{}")
    assert has_cameras(tmp_path) and has_cameras(tmp_path / "transforms.json") and not has_cameras(photo)


def test_names_are_unique_and_the_first_keeps_the_short_one(tmp_path):
    photos = [tmp_path / "x" / name for name in ("a.jpg", "a.png", "a.webp", "b.jpg")] + [tmp_path / "y" / "a.jpg"]
    assert view_names(photos) == ["a", "x_a", "x_a_2", "b", "y_a"]


@pytest.mark.parametrize("mask", ["masks/a.png", "mask/a.jpg.png", "a_mask.png", "../masks/a.png"])
def test_the_mask_beside_a_photo_is_found(tmp_path, mask):
    photo = picture(tmp_path / "images" / "a.jpg")
    assert find_mask(photo) is None
    path = picture((tmp_path / "images" / mask).resolve())
    assert find_mask(photo) == path
