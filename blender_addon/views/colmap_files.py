"""COLMAP's cameras and images, as text and binary files (https://colmap.github.io/format.html)."""

import struct
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from ..link import UserError
from .colmap_models import MODELS, Image, Lens, model_named, parameters_of

PHOTOS_HINT = "# Photos in: "  # a comment of ours in images.txt
_KINDS = (".bin", ".txt")


def find_model(path: Path) -> Path | None:
    """The folder with cameras and images that the path is, lies in, or holds where COLMAP and nerfstudio put it."""
    folder = path if path.is_dir() else path.parent
    places = [folder] if path.is_file() else [folder / part for part in ("", "sparse/0", "sparse", "colmap/sparse/0")]
    return next((place for place in places if _kind_of(place)), None)


def read_model(folder: Path) -> tuple[dict[int, Lens], list[Image], Path | None]:
    """Lenses by their number, photos, and the photos' folder where the file tells it; a UserError for a broken file."""
    kind = _kind_of(folder)
    if kind is None:
        raise UserError(f"{folder} has no cameras.txt and images.txt, nor these as .bin. Choose COLMAP's model folder.")
    lenses, images = folder / f"cameras{kind}", folder / f"images{kind}"
    if kind == ".bin":
        return _read(lenses, _binary_lenses), _read(images, _binary_images), None
    told, hint = _read(images, _text_images)
    return _read(lenses, _text_lenses), told, hint


def write_model(folder: Path, lenses: Sequence[Lens], images: Sequence[Image], photos: Path) -> None:
    """A text model without points. Lens i has the number i + 1; photos: the folder that the names refer to."""
    cameras = ["# Camera list: CAMERA_ID MODEL WIDTH HEIGHT PARAMS[]"]
    for number, lens in enumerate(lenses, 1):
        cameras.append(f"{number} {lens.model} {lens.width} {lens.height} {_numbers(lens.parameters)}")
    lines = ["# Image list, two lines each: IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME, then points (none here)"]
    lines.append(f"{PHOTOS_HINT}{photos.as_posix()}")
    for number, image in enumerate(images, 1):
        lines += [f"{number} {_numbers([*image.rotation, *image.translation])} {image.lens} {image.name}", ""]
    texts = {"cameras.txt": cameras, "images.txt": lines, "points3D.txt": ["# 3D point list (empty)"]}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text("\n".join(text) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"{folder} cannot be written ({error.strerror}). Choose another folder.") from error


def _kind_of(folder: Path) -> str | None:
    return next((kind for kind in _KINDS if all((folder / (n + kind)).is_file() for n in ("cameras", "images"))), None)


def _read(path: Path, parse: Callable):
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, IndexError, struct.error, OverflowError) as error:
        raise UserError(f"{path} is not a COLMAP file, or is broken ({error}). Export the model anew.") from error


def _numbers(values: Iterable[float]) -> str:
    return " ".join(repr(float(value)) for value in values)


def _text_lenses(content: bytes) -> dict[int, Lens]:
    lenses = {}
    for line in content.decode("utf-8-sig").splitlines():
        words = line.split()
        if words and not words[0].startswith("#"):
            lenses[int(words[0])] = Lens(words[1], int(words[2]), int(words[3]), tuple(map(float, words[4:])))
    return lenses


def _text_images(content: bytes) -> tuple[list[Image], Path | None]:
    images, photos, points_follow = [], None, False
    for line in content.decode("utf-8-sig").splitlines():
        words = line.split(maxsplit=9)
        if line.startswith("#"):
            photos = Path(line.removeprefix(PHOTOS_HINT)) if line.startswith(PHOTOS_HINT) else photos
        elif points_follow and (len(words) < 10 or _are_points(line)):
            points_follow = False
        elif words:
            values = np.array(words[1:8], float)
            images.append(Image(words[9].strip(), int(words[8]), values[:4], values[4:]))
            points_follow = True
    return images, photos


def _are_points(line: str) -> bool:
    """Whether a line lists points: triples of numbers, where a photo's ends in a name."""
    words = line.split()
    try:
        return len(words) % 3 == 0 and np.isfinite(float(words[-1]))
    except ValueError:
        return False


def _binary_lenses(content: bytes) -> dict[int, Lens]:
    (count,), at, lenses = struct.unpack_from("<Q", content), 8, {}
    for _ in range(count):
        number, model, width, height = struct.unpack_from("<iiQQ", content, at)
        parameters = struct.unpack_from(f"<{len(parameters_of(model_named(model)))}d", content, at + 24)
        lenses[number] = Lens(MODELS[model][0], width, height, parameters)
        at += 24 + 8 * len(parameters)
    return lenses


def _binary_images(content: bytes) -> list[Image]:
    (count,), at, images = struct.unpack_from("<Q", content), 8, []
    for _ in range(count):
        values = struct.unpack_from("<i7di", content, at)
        end = content.index(b"\0", at + 64)
        (points,) = struct.unpack_from("<Q", content, end + 1)
        name = content[at + 64 : end].decode("utf-8")
        images.append(Image(name, values[8], np.array(values[1:5]), np.array(values[5:8])))
        at = end + 9 + 24 * points
        if at > len(content):
            raise ValueError("it ends too early")
    return images
