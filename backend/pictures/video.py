"""Pictures as an H.264 video that plays everywhere, through the ffmpeg that comes with imageio-ffmpeg."""

import contextlib
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from ..errors import UserError
from ..scene import Camera

_QUALITY = "18"  # constant rate factor: 0 is lossless, 23 the usual
# Pictures are sRGB; players take HD video for BT.709, whose primaries are the same.
_COLORS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "iec61966-2-1", "-color_range", "tv")


class Video:
    """A context manager: a video of `size` = (width, height) pixels, both even, written to `path` frame by frame.

    Half a video stays at `path` when the block raises; who calls removes it.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: int):
        if size[0] % 2 or size[1] % 2:
            raise ValueError(f"H.264 wants even sizes, not {size}")
        self._size, program = size, _ffmpeg()
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [
                program, "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
                "-s", f"{size[0]}x{size[1]}", "-r", str(fps), "-i", "-", "-an",
                "-c:v", "libx264", "-crf", _QUALITY, "-vf", "scale=out_color_matrix=bt709:out_range=tv",
                "-pix_fmt", "yuv420p", *_COLORS, "-movflags", "+faststart", "-f", "mp4", str(path),
            ],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._words,
        )  # fmt: skip

    def __enter__(self) -> "Video":
        return self

    def write(self, picture: np.ndarray) -> None:
        """The next frame: (H, W, 3) float sRGB in [0, 1]."""
        if picture.shape != (self._size[1], self._size[0], 3):
            raise ValueError(f"a frame of shape {picture.shape} in a video of {self._size}")
        try:
            self._process.stdin.write(np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8).tobytes())
        except BrokenPipeError:
            self._finish()

    def __exit__(self, kind, *_) -> None:
        if kind is None:
            self._finish()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.kill()
        self._process.wait()
        self._words.close()

    def _finish(self) -> None:
        """Wait for the last frame; UserError where the encoder gave up, say because the disk is full."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        if self._process.wait():
            self._words.seek(0)
            words = self._words.read().decode(errors="replace").strip().splitlines()
            raise UserError(f"The video could not be written: {words[-1] if words else 'ffmpeg ended'}. {_ADVICE}")


_ADVICE = "Free some space, or write pictures to a folder instead."


def even(camera: Camera) -> Camera:
    """The same view without its last column or row where a side is odd, which H.264 cannot store."""
    width, height = camera.width // 2 * 2, camera.height // 2 * 2
    return Camera(width, height, camera.fl_x, camera.fl_y, camera.cx, camera.cy, camera.camera_to_world)


def _ffmpeg() -> str:
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise UserError("There is no ffmpeg for this system. Give a folder for pictures instead of a video.") from error
