"""Videos and folders of frames: what is in them, and what is said of those that cannot be read."""

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from backend.capture.footage import open_footage
from backend.errors import UserError

FRAMES = 6


def level(number: int) -> int:
    """The gray of frame `number`."""
    return 30 + 30 * number


@pytest.fixture
def video(tmp_path):
    writer = imageio_ffmpeg.write_frames(str(tmp_path / "take.mp4"), (64, 48), fps=25, macro_block_size=1)
    writer.send(None)
    for number in range(FRAMES):
        writer.send(np.full((48, 64, 3), level(number), np.uint8).tobytes())
    writer.close()
    return tmp_path / "take.mp4"


@pytest.fixture
def folder(tmp_path):
    for number in range(FRAMES):
        Image.new("RGB", (64, 48), (level(number),) * 3).save(tmp_path / f"f{number + 7}.png")  # f10 comes after f9
    return tmp_path


def grays(footage) -> list[float]:
    return [None if frame is None else float(frame.mean()) * 255 for frame in footage.frames()]


def test_a_video_gives_its_frames_and_their_rate(video):
    footage = open_footage(video)
    assert footage.fps == pytest.approx(25) and footage.count == FRAMES
    assert grays(footage) == pytest.approx([level(number) for number in range(FRAMES)], abs=6)
    frame = next(footage.frames())
    assert frame.shape == (48, 64, 3) and frame.dtype == np.float32


def test_a_folder_gives_its_pictures_as_people_count(folder):
    footage = open_footage(folder)
    assert footage.fps is None and footage.count == FRAMES
    assert grays(footage) == pytest.approx([level(number) for number in range(FRAMES)], abs=1)


def test_a_picture_that_cannot_be_read_is_a_gap(folder):
    (folder / "f9.png").write_bytes(b"junk")
    assert [gray is None for gray in grays(open_footage(folder))] == [False, False, True, False, False, False]


def test_large_videos_are_made_smaller(tmp_path):
    writer = imageio_ffmpeg.write_frames(str(tmp_path / "big.mp4"), (1600, 800), fps=25, macro_block_size=1)
    writer.send(None)
    writer.send(np.zeros((800, 1600, 3), np.uint8).tobytes())
    writer.close()
    assert next(open_footage(tmp_path / "big.mp4").frames()).shape == (640, 1280, 3)


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("gone.mp4", None, "is not there"),
        ("junk.mp4", b"junk", "cannot be read as a video. Convert it to MP4"),
        ("photo.png", b"junk", "is one picture"),
    ],
)
def test_what_is_no_film_is_refused_with_advice(tmp_path, name, content, advice):
    if content:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=advice):
        open_footage(tmp_path / name)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="has no photos"):
        open_footage(tmp_path)
