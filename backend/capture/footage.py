"""A filmed person, frame by frame: a video, or a folder of its frames."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..errors import UserError
from .images import read_photo
from .photos import PHOTO_ENDINGS, find_photos

FOLDER_FPS = 30.0  # where a folder of frames does not tell
_MAX_SIDE = 1280  # pixels; finer frames show a face no better
_RATES = (1.0, 240.0)  # frames a second that a file can mean
_ADVICE = "Convert it to MP4 (H.264), or give a folder of its frames as PNG or JPEG."


@dataclass(frozen=True)
class Footage:
    """count: of frames, as far as the file tells; fps: frames a second, None where nothing tells."""

    path: Path
    count: int
    fps: float | None

    def frames(self) -> Iterator[np.ndarray | None]:
        """Pictures (H, W, 3) float32 sRGB in [0, 1]; None for a file of the folder that cannot be read."""
        return self._photos() if self.path.is_dir() else self._video()

    def _photos(self) -> Iterator[np.ndarray | None]:
        for photo in find_photos(self.path):
            try:
                yield read_photo(photo, _MAX_SIDE).rgb
            except UserError:
                yield None

    def _video(self) -> Iterator[np.ndarray]:
        video = cv2.VideoCapture(str(self.path))
        try:
            while (read := video.read())[0]:
                pixels = read[1]
                scale = _MAX_SIDE / max(pixels.shape)
                if scale < 1:
                    pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                yield np.ascontiguousarray(pixels[..., ::-1]).astype(np.float32) / 255
        finally:
            video.release()


def open_footage(path: Path) -> Footage:
    """The video or the folder; UserError where it shows nothing."""
    if not path.exists():
        raise UserError(f"{path} is not there. Check the path.")
    if path.is_dir():
        return Footage(path, len(find_photos(path)), None)
    if path.suffix.lower() in PHOTO_ENDINGS:
        raise UserError(f"{path} is one picture. Give a video, or the folder of its frames.")
    video = cv2.VideoCapture(str(path))
    try:
        if not video.isOpened() or not video.grab():
            raise UserError(f"{path} cannot be read as a video. {_ADVICE}")
        fps, count = video.get(cv2.CAP_PROP_FPS), video.get(cv2.CAP_PROP_FRAME_COUNT)
    finally:
        video.release()
    return Footage(path, max(1, int(count)), fps if _RATES[0] <= fps <= _RATES[1] else None)
