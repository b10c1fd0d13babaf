"""Folders of novel views."""

import io

import numpy as np
import pytest
from PIL import Image

from backend.asset.frames import check_frames_target, check_video_target, encode_frame, is_frame
from backend.asset.replace import replacing, replacing_file
from backend.errors import UserError
from backend.scene import Picture


def picture(alpha: float = 0.5) -> Picture:
    rng = np.random.default_rng(0)
    cover = np.full((6, 8), alpha, np.float32)
    cover[0] = 0
    color = rng.random((6, 8, 3), np.float32) * cover[..., None]
    return Picture(color, cover, cover)


def test_alpha_is_straight_and_premultiplying_brings_the_picture_back():
    drawn = picture()
    image = Image.open(io.BytesIO(encode_frame(drawn)))
    assert image.mode == "RGBA"
    pixels = np.asarray(image, np.float32) / 255
    np.testing.assert_allclose(pixels[..., 3], drawn.alpha, atol=0.5 / 255 + 1e-6)
    np.testing.assert_allclose(pixels[..., :3] * drawn.alpha[..., None], drawn.color, atol=0.5 / 255 + 1e-6)
    assert (pixels[0] == 0).all()


@pytest.fixture
def folder(tmp_path):
    """Earlier frames."""
    with replacing(tmp_path / "turn", check_frames_target, is_frame) as partial:
        for number in range(3):
            (partial / f"{number:03d}.png").write_bytes(encode_frame(picture()))
    return tmp_path / "turn"


def test_new_frames_replace_all_earlier_ones(folder):
    with replacing(folder, check_frames_target, is_frame) as partial:
        (partial / "a.png").write_bytes(encode_frame(picture()))
    assert [entry.name for entry in folder.iterdir()] == ["a.png"]
    assert [entry.name for entry in folder.parent.iterdir()] == ["turn"]


def test_photos_are_never_taken_for_frames_even_under_their_names(folder):
    Image.new("RGB", (4, 4)).save(folder / "001.png")
    assert not is_frame(folder / "001.png") and is_frame(folder / "000.png")
    with pytest.raises(UserError, match=r"other files \(001.png\)"):
        check_frames_target(folder)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"text"])
def test_damaged_files_are_not_frames(tmp_path, content):
    (tmp_path / "000.png").write_bytes(content)
    assert not is_frame(tmp_path / "000.png")


def test_a_file_is_no_folder_and_a_folder_no_video(tmp_path):
    (tmp_path / "turn").touch()
    with pytest.raises(UserError, match="is a file"):
        check_frames_target(tmp_path / "turn")
    with pytest.raises(UserError, match="is a folder"):
        check_video_target(tmp_path)


def test_a_file_is_replaced_only_when_the_new_one_is_whole(tmp_path):
    (tmp_path / "turn.mp4").write_text("old")
    with pytest.raises(ZeroDivisionError), replacing_file(tmp_path / "turn.mp4") as partial:
        partial.write_text("half")
        raise ZeroDivisionError
    assert [entry.read_text() for entry in tmp_path.iterdir()] == ["old"]
    with replacing_file(tmp_path / "turn.mp4") as partial:
        partial.write_text("new")
    assert [entry.read_text() for entry in tmp_path.iterdir()] == ["new"]
