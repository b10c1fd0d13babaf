"""A folder of novel views: RGBA pictures that say in themselves that they are ours, so that only ours are replaced."""

import io
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ..errors import UserError
from ..scene import Picture
from .png import to_bytes

_MARK = "Likeness novel view"  # under "Software", as PNG calls who made a picture


def encode_frame(picture: Picture) -> bytes:
    """An RGBA PNG file with straight alpha, as PNG wants it."""
    alpha = picture.alpha[..., None]
    straight = picture.color / np.maximum(alpha, 1e-6)
    mark, buffer = PngInfo(), io.BytesIO()
    mark.add_text("Software", _MARK)
    pixels = to_bytes(np.concatenate([straight, alpha], -1))
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=3, pnginfo=mark)
    return buffer.getvalue()


def is_frame(path: Path) -> bool:
    """Whether the file was written by encode_frame."""
    if path.suffix.lower() != ".png" or not path.is_file():
        return False
    try:
        with Image.open(path) as image:
            return image.info.get("Software") == _MARK
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False


def check_frames_target(folder: Path) -> None:
    """UserError where frames must not be written to `folder`: it holds something else than earlier frames."""
    if folder.is_dir():
        strange = next((entry for entry in folder.iterdir() if not is_frame(entry)), None)
        if strange is not None:
            raise UserError(
                f"{folder} already holds other files ({strange.name}). "
                "Choose a new or an empty folder, so that nothing of yours is overwritten."
            )
    elif folder.exists():
        raise UserError(f"{folder} is a file. Choose the name of a folder for the pictures, or one that ends in .mp4.")


def check_video_target(path: Path) -> None:
    """UserError where a video must not be written to `path`."""
    if path.is_dir():
        raise UserError(f"{path} is a folder. Choose another name for the video.")
