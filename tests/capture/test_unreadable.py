import sys

import numpy as np
import pytest
from PIL import Image

from backend.capture.exif import focal_of
from backend.capture.images import read_photo
from backend.errors import UserError


@pytest.fixture
def heic(tmp_path):
    """A HEIC photo 96 wide and 64 high, red on the left, as a phone that is held level writes it."""
    pillow_heif = pytest.importorskip("pillow_heif", reason="reads and writes HEIC")
    pixels = np.full((64, 96, 3), 40, np.uint8)
    pixels[:, :48, 0] = 220
    exif = Image.Exif()
    exif[0x010F] = "Apple"
    exif.get_ifd(0x8769)[0xA405] = 26
    path = tmp_path / "photo.heic"
    pillow_heif.from_pillow(Image.fromarray(pixels)).save(path, quality=95, exif=exif.tobytes())
    return path


@pytest.mark.parametrize("name", ["photo.heic", "photo.HEIF", "sent_by_a_messenger.jpg"])
def test_heic_is_read_by_what_it_holds_whatever_its_ending(heic, name):
    path = heic.rename(heic.with_name(name))
    picture = read_photo(path, 100)
    assert picture.rgb.shape == (64, 96, 3) and picture.full_size == (96, 64)
    assert picture.rgb[10, 10, 0] > 0.8 > 0.3 > picture.rgb[10, 80, 0]


def test_heic_tells_its_focal_length(heic):
    assert focal_of(heic).pixels == pytest.approx(26 * np.hypot(96, 64) / np.hypot(36, 24), rel=0.01)


def test_without_its_reader_heic_says_what_to_do(heic, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(UserError, match=r"photo\.heic.*install\.py.*JPEG"):
        read_photo(heic, 100)


@pytest.mark.parametrize("kept", [0.2, 0.9])
def test_cut_heic_is_a_user_error(heic, kept):
    heic.write_bytes(heic.read_bytes()[: int(heic.stat().st_size * kept)])
    with pytest.raises(UserError, match=r"photo\.heic.*Copy"):
        read_photo(heic, 100)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "0 bytes"), (bytes(500), "zeros"), (b"%PDF-1.7\n", "PDF"), (b"<!DOCTYPE html><html>", "web page"),
        (b"\0\0\0\x18ftypmp42", "video"), (b"\0\0\0\x14ftypqt  ", "video"), (b"PK\x03\x04....", "archive"),
        (b"version https://git-lfs.github.com/spec/v1", "git lfs pull"), (b"hello", "Save it anew"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_named(tmp_path, data, told):
    (tmp_path / "x.jpg").write_bytes(data)
    with pytest.raises(UserError, match=rf"x\.jpg.*{told}"):
        read_photo(tmp_path / "x.jpg", 100)


def test_a_cut_photo_says_that_copying_failed(tmp_path):
    path = tmp_path / "half.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UserError, match=r"half\.jpg is cut short.*Copy"):
        read_photo(path, 100)


def test_a_folder_is_no_picture(tmp_path):
    with pytest.raises(UserError, match="folder"):
        read_photo(tmp_path, 100)
