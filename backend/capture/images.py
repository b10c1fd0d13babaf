"""Photo and mask files of every kind that Pillow reads -> float32 planes, upright, no larger than asked for."""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

from ..errors import UserError
from .unreadable import explain, read_heif_too

MEGAPIXELS = 100  # larger files are refused before a pixel of them is decoded
_ORIENTATION, _EXIF = 0x0112, 0x8769  # tags
_QUARTER_TURNS = (5, 6, 7, 8)  # its values that swap width and height
_OPAQUE = 250  # of 255: an alpha channel that never falls below this is no mask
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, RuntimeError)  # of damaged files
_SHEETS = ("GIF", "PNG", "WEBP", "TIFF")  # formats whose further pictures are frames or pages, not thumbnails
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

Image.MAX_IMAGE_PIXELS = MEGAPIXELS * 1_000_000  # our own limit instead of Pillow's 89.5 megapixels


@dataclass(frozen=True)
class Picture:
    """A photo at its working size.

    rgb        (H, W, 3) float32 sRGB in [0, 1]
    alpha      (H, W) float32, 1 = opaque; None where the file has no transparency
    full_size  width, height of the file's picture, in the same orientation
    stored     the file's pixels lie otherwise than in `rgb` (EXIF turned them): this is the EXIF value, else 1
    notes      what the artist should know of how it was read, each the end of a sentence about the file
    """

    rgb: np.ndarray
    alpha: np.ndarray | None
    full_size: tuple[int, int]
    stored: int = 1
    notes: tuple[str, ...] = ()


def read_photo(path: Path, max_side: int, described: tuple[float, float] | None = None) -> Picture:
    """The photo, upright, its longer side shrunk to `max_side`; UserError that names the file where that fails.

    described: width and height that the camera data speak of. EXIF's turn is left out when only the stored pixels
    have that shape: the cameras were then solved on those.
    """
    with _opened(path) as image:
        orientation = _orientation(image)
        if orientation in _QUARTER_TURNS and described is not None:
            upright = same_shape(described, image.size[::-1])
            orientation = 1 if same_shape(described, image.size) and not upright else orientation
        stored_size, notes = image.size, _notes(image)
        image.draft("RGB", (max_side, max_side))  # JPEG decodes much faster to a fraction of its size
        pixels = _to_bands(image)
        full_size = stored_size[::-1] if orientation in _QUARTER_TURNS else stored_size
        if orientation != 1:
            pixels = _turned(pixels, orientation)
        pixels = _shrunk(pixels, full_size, max_side)
    planes = _to_float(pixels)
    alpha = planes[..., 3] if planes.shape[-1] == 4 and planes[..., 3].min() < _OPAQUE / 255 else None
    return Picture(np.ascontiguousarray(planes[..., :3]), alpha, full_size, orientation, notes)


def picture_header(path: Path) -> tuple[tuple[int, int], Image.Exif]:
    """Width and height of the stored pixels, and the EXIF tags; no pixel is decoded. UserError as of read_photo."""
    with _opened(path) as image:
        return image.size, _tags(image)


def read_mask(path: Path, size: tuple[int, int], stored: int = 1) -> np.ndarray:
    """A mask file resampled to `size` = (width, height) -> (H, W) float32, 1 = subject.

    A varying alpha channel is the mask, else the brightness. Masks of labels 0 and 1 count like 0 and 255. stored:
    the photo's EXIF turn, which a mask drawn over the stored pixels needs as well. ValueError: another shape.
    """
    with _opened(path) as image:
        pixels = ImageOps.exif_transpose(_to_bands(image, mask=True))
    if not same_shape(pixels.size, size) and stored in _QUARTER_TURNS:
        pixels = _turned(pixels, stored)
    if not same_shape(pixels.size, size):
        raise ValueError(f"{pixels.size[0]} x {pixels.size[1]}")
    if pixels.mode == "RGBA":
        alpha = pixels.getchannel("A")
        pixels = alpha if alpha.getextrema()[0] < _OPAQUE else pixels.convert("L")
    plane = np.asarray(pixels, np.float32)
    plane = plane / max(float(plane.max()), 1e-6)
    if pixels.size == size:
        return plane
    way = Image.Resampling.BOX if pixels.size[0] > size[0] else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(plane).resize(size, way))


def same_shape(a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Whether two sizes (width, height) have one aspect ratio, up to 2 % and a pixel's rounding."""
    return abs(a[0] * b[1] - a[1] * b[0]) <= max(0.02 * a[0] * b[1], a[0] + a[1], b[0] + b[1])


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """The file as a Pillow image; UserError naming the file where it cannot be opened or decoded."""
    read_heif_too(path)
    try:
        with _read_header(path) as image:
            width, height = image.size
            if width * height > MEGAPIXELS * 1_000_000:
                raise UserError(_too_large(path, width * height))
            yield image
    except FileNotFoundError as error:
        raise UserError(f"{path} is not there. Put the file back or remove its entry.") from error
    except _BOMBS as error:
        raise UserError(_too_large(path)) from error
    except _BROKEN as error:
        raise UserError(explain(path, error)) from error


def _read_header(path: Path) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # Pillow's talk of corrupt EXIF data
        return Image.open(path)


def _too_large(path: Path, pixels: int | None = None) -> str:
    size = f"{pixels / 1e6:.0f} megapixels" if pixels else "far too many pixels"
    return f"{path} has {size}; at most {MEGAPIXELS} megapixels are read. Make the photo smaller."


def _notes(image: Image.Image) -> tuple[str, ...]:
    count = getattr(image, "n_frames", 1) if image.format in _SHEETS else 1
    return (f"it holds {count} pictures, of which only the first is used",) if count > 1 else ()


def _orientation(image: Image.Image) -> int:
    value = _tags(image).get(_ORIENTATION, 1)
    return value if value in range(2, 9) else 1


def _tags(image: Image.Image) -> Image.Exif:
    """The EXIF tags, all read; none where that block is damaged, which harms no pixel."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            tags = image.getexif()
            tags.get_ifd(_EXIF)
        except _BROKEN:
            return Image.Exif()
    return tags


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    """The image with EXIF's turn or mirror carried out."""
    turn = Image.Transpose
    ways = (turn.FLIP_LEFT_RIGHT, turn.ROTATE_180, turn.FLIP_TOP_BOTTOM,
            turn.TRANSPOSE, turn.ROTATE_270, turn.TRANSVERSE, turn.ROTATE_90)  # fmt: skip
    return image.transpose(ways[orientation - 2])


def _to_bands(image: Image.Image, mask: bool = False) -> Image.Image:
    """Any mode -> RGB, RGBA, or (deep gray pictures, and masks without alpha) one band."""
    if image.mode.startswith("I") or image.mode == "F":
        deep = np.asarray(image, np.float32)
        return Image.fromarray(np.clip(deep if image.mode == "F" else deep / 65535, 0, 1))
    if "A" in image.getbands() or "a" in image.getbands() or "transparency" in image.info:
        return image.convert("RGBA")
    if mask:
        return image.convert("L")
    return _to_srgb(image)


def _to_srgb(image: Image.Image) -> Image.Image:
    """RGB in sRGB; an embedded profile of another space (Display P3, Adobe RGB, CMYK inks) is obeyed."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "srgb" not in ImageCms.getProfileDescription(given).lower():
                return ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            return image.convert("RGB")  # a damaged profile: the numbers alone are what there is
    return image.convert("RGB")


def _shrunk(image: Image.Image, full_size: tuple[int, int], max_side: int) -> Image.Image:
    """Averaged down so that the picture of `full_size` has `max_side` pixels along its longer side."""
    scale = max_side / max(full_size)
    if scale >= 1:
        return image
    size = tuple(max(1, round(side * scale)) for side in full_size)
    # A reduced decode covers whole blocks of 2, 4 or 8 pixels; the last block may reach beyond the picture.
    factor = 2 ** round(np.log2(full_size[0] / image.size[0]))
    box = (0, 0, min(full_size[0] / factor, image.size[0]), min(full_size[1] / factor, image.size[1]))
    return image.resize(size, Image.Resampling.HAMMING, box)


def _to_float(image: Image.Image) -> np.ndarray:
    """(H, W, 3 or 4) float32 in [0, 1]."""
    if image.mode == "F":
        return np.repeat(np.asarray(image, np.float32)[..., None], 3, -1)
    return np.asarray(image, np.float32) / np.float32(255)
