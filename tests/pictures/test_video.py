"""Videos, read back by imageio-ffmpeg."""

import imageio_ffmpeg
import numpy as np
import pytest

from backend.errors import UserError
from backend.pictures import video
from backend.pictures.video import Video, even
from tests.asset.subjects import camera

SIZE = 48, 34


def gradient(number: int) -> np.ndarray:
    """Smooth color that differs from frame to frame."""
    rows, columns = np.indices((SIZE[1], SIZE[0]))
    return np.stack([columns / SIZE[0], rows / SIZE[1], np.full(rows.shape, number / 10)], -1).astype(np.float32)


def read_back(path) -> tuple[dict, list[np.ndarray]]:
    frames = imageio_ffmpeg.read_frames(str(path))
    meta = next(frames)
    return meta, [np.frombuffer(frame, np.uint8).reshape(*meta["size"][::-1], 3) / 255 for frame in frames]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # imageio's reader leaves pipes open
def test_every_frame_comes_back_with_its_size_rate_and_colors(tmp_path):
    with Video(tmp_path / "turn.partial", SIZE, 12) as film:
        for number in range(7):
            film.write(gradient(number))
    meta, frames = read_back(tmp_path / "turn.partial")
    assert (meta["codec"], meta["size"], meta["fps"]) == ("h264", SIZE, 12)
    assert meta["pix_fmt"].startswith("yuv420p") and len(frames) == 7
    for number, frame in enumerate(frames):
        assert np.abs(frame - gradient(number)).mean() < 0.02
        assert np.abs((frame - gradient(number)).mean((0, 1))).max() < 0.01  # no tint


def test_a_frame_of_another_size_is_a_bug(tmp_path):
    with pytest.raises(ValueError, match="shape"), Video(tmp_path / "a.mp4", SIZE, 24) as film:
        film.write(np.zeros((3, 3, 3), np.float32))
    with pytest.raises(ValueError, match="even"):
        Video(tmp_path / "a.mp4", (3, 4), 24)


def test_an_encoder_that_gives_up_is_told_with_its_words(tmp_path):
    nowhere = tmp_path / "no" / "a.mp4"
    with pytest.raises(UserError, match=r"could not be written.*No such file"), Video(nowhere, SIZE, 24) as film:
        for number in range(200):
            film.write(gradient(number % 10))


def test_without_ffmpeg_pictures_are_advised(tmp_path, monkeypatch):
    def get_ffmpeg_exe():
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr(video.imageio_ffmpeg, "get_ffmpeg_exe", get_ffmpeg_exe)
    with pytest.raises(UserError, match="folder for pictures"):
        Video(tmp_path / "a.mp4", SIZE, 24)


@pytest.mark.parametrize(("size", "kept"), [((48, 40), (48, 40)), ((49, 41), (48, 40)), ((48, 41), (48, 40))])
def test_an_odd_side_loses_its_last_pixels_and_no_other_moves(size, kept):
    eye = camera(0.3, *size)
    assert (even(eye).width, even(eye).height) == kept
    points = np.random.default_rng(0).random((5, 3))
    np.testing.assert_array_equal(even(eye).project(points)[0], eye.project(points)[0])
