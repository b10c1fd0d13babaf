"""What a camera wrote beside the photo of its lens: the focal length in pixels, and which photos are of one camera.

Tags after the EXIF standard (CIPA DC-008): FocalLengthIn35mmFilm, FocalLength, FocalPlaneXResolution with its unit,
DigitalZoomRatio, PixelXDimension. Editors crop and resize photos and leave such tags as they were, so that every
statement is held against the picture's real shape, and against the others.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .images import picture_header
from .sensors import equivalent_of_lens, sensor_of

_MAKE, _MODEL, _ORIENTATION, _EXIF = 0x010F, 0x0110, 0x0112, 0x8769
_FOCAL, _FOCAL_35, _ZOOM, _LENS = 0x920A, 0xA405, 0xA404, 0xA434
_WIDTH, _HEIGHT, _PLANE_X, _PLANE_UNIT = 0xA002, 0xA003, 0xA20E, 0xA210
_UNITS = {
    1: 25.4,
    2: 25.4,
    3: 10.0,
    4: 1.0,
    5: 0.001,
}  # millimeters; 1 ("none") is meant as inches by those who write it

_FILM = math.hypot(36, 24)  # millimeters; CIPA DCG-001 compares diagonals
_PLAUSIBLE = (0.25, 60.0)  # focal length over the longer side: beyond fisheye and beyond a 2000 mm lens
_SENSOR = (3.0, 60.0)  # millimeters a sensor is wide
_ROUNDED = 0.29  # millimeters: standard deviation of a focal length that was rounded to whole ones
_CLOSE = 0.02  # relative: lenses draw a near subject a little larger than their number says
_CROPPED = 0.25  # relative: an editor cut the picture and may have resized it too
_DISAGREE = 0.15  # relative: statements farther apart are not both true


@dataclass(frozen=True)
class Focal:
    """Focal length in pixels of the upright picture at full size."""

    pixels: float
    source: str  # for people: where it comes from
    sigma: float  # relative standard deviation


@dataclass(frozen=True)
class CameraKey:
    """Photos with equal keys were taken with one camera at one zoom: they share a focal length."""

    make: str
    model: str
    lens: str
    size: tuple[int, int]  # width and height of the upright picture
    focal: float  # millimeters times digital zoom; 0 = not told

    @property
    def is_known(self) -> bool:
        """Whether the photo names its camera; else equal keys only say that the pictures are of one size."""
        return bool(self.make or self.model)


@dataclass(frozen=True)
class ShotData:
    """The tags in use; 0 = not told or absurd."""

    make: str
    model: str
    lens: str
    size: tuple[int, int]  # upright, as the file really is
    told: tuple[int, int]  # longer and shorter side when the camera wrote the tags
    focal: float  # millimeters
    focal_35: float  # millimeters
    zoom: float  # digital; 1 = none
    plane: float  # pixels per millimeter of the focal plane

    @property
    def sides(self) -> tuple[int, int]:
        """Longer and shorter side of the file's picture."""
        return max(self.size), min(self.size)

    @property
    def is_cropped(self) -> bool:
        """Whether the picture has another shape than the camera gave it."""
        return abs(self.told[1] / self.told[0] * self.sides[0] / self.sides[1] - 1) > 0.02

    @property
    def frame(self) -> tuple[int, int]:
        """Longer and shorter side of the camera's picture in the file's pixels: a crop is taken as not resized."""
        return self.told if self.is_cropped else self.sides


def focal_of(path: Path) -> Focal | None:
    """The photo's focal length by its EXIF data; None where they tell nothing credible. UserError: no picture."""
    return focal_from(read_shot(path))


def camera_key(path: Path) -> CameraKey:
    """What tells the photo's camera from others. UserError: no picture."""
    shot = read_shot(path)
    return CameraKey(shot.make, shot.model, shot.lens, shot.size, round(shot.focal * shot.zoom, 2))


def read_shot(path: Path) -> ShotData:
    """The tags of a photo of any format; its pixels are not decoded."""
    size, tags = picture_header(path)
    inner = tags.get_ifd(_EXIF)
    turned = tags.get(_ORIENTATION) in (5, 6, 7, 8)
    told = sorted((int(_number(inner.get(_WIDTH))), int(_number(inner.get(_HEIGHT)))), reverse=True)
    zoom = _number(inner.get(_ZOOM))
    unit = _UNITS.get(inner.get(_PLANE_UNIT, 2), 25.4)
    return ShotData(
        make=_text(tags.get(_MAKE)), model=_text(tags.get(_MODEL)), lens=_text(inner.get(_LENS)),
        size=size[::-1] if turned else size,
        told=(told[0], told[1]) if told[1] > 0 else (max(size), min(size)),
        focal=_number(inner.get(_FOCAL)), focal_35=_number(inner.get(_FOCAL_35)),
        zoom=zoom if 1 < zoom < 100 else 1.0,
        plane=_number(inner.get(_PLANE_X)) / unit,
    )  # fmt: skip


def focal_from(shot: ShotData) -> Focal | None:
    """The best of what the tags state; the more they contradict one another, the larger its sigma."""
    ways: tuple[Callable[[ShotData], Focal | None], ...] = (_from_equivalent, _from_plane, _from_sensor)
    told = [focal for focal in (way(shot) for way in ways) if focal is not None]
    told = [focal for focal in told if _PLAUSIBLE[0] < focal.pixels / max(shot.size) < _PLAUSIBLE[1]]
    if not told:
        return None
    spread = max(abs(math.log(one.pixels / other.pixels)) for one in told for other in told)
    best = min(told, key=lambda focal: focal.sigma) if spread <= _DISAGREE else told[0]
    sigma = max(best.sigma, spread / 2, _CROPPED if shot.is_cropped else 0.0)
    return Focal(best.pixels, best.source, sigma)


def _from_equivalent(shot: ShotData) -> Focal | None:
    """Focal length on 35 mm film with the same diagonal angle of view. Phones count digital zoom in."""
    equivalent = shot.focal_35
    if not equivalent:
        return None
    diagonal, doubt = _full_diagonal(*shot.frame)
    sigma = math.hypot(doubt, _ROUNDED / equivalent, 0.5 * math.log(shot.zoom))
    return Focal(equivalent * diagonal / _FILM, f"EXIF 35 mm equivalent, {equivalent:g} mm", sigma)


def _from_plane(shot: ShotData) -> Focal | None:
    """Focal length times the focal plane's resolution, which is that of the picture as the camera wrote it."""
    if not shot.focal or not shot.plane or not _SENSOR[0] < shot.told[0] / shot.plane < _SENSOR[1]:
        return None
    pixels = shot.focal * shot.plane * shot.zoom * shot.frame[0] / shot.told[0]
    sigma = math.hypot(_CLOSE, _ROUNDED / shot.focal if shot.focal == int(shot.focal) else 0, 0.3 * math.log(shot.zoom))
    return Focal(pixels, f"EXIF focal length, {shot.focal:g} mm, and focal plane", sigma)


def _from_sensor(shot: ShotData) -> Focal | None:
    """Focal length over the size of a sensor that is known by the camera's name."""
    if not shot.focal:
        return None
    longer, shorter = shot.frame
    sensor = sensor_of(shot.make, shot.model)
    sigma = math.hypot(2 * _CLOSE, 0.2 * math.log(shot.zoom))
    source = f"EXIF focal length, {shot.focal:g} mm, and the sensor of {shot.model}"
    if sensor is not None:  # the camera cuts other shapes out of its sensor and leaves one side whole
        return Focal(shot.focal * shot.zoom * max(longer / sensor[0], shorter / sensor[1]), source, sigma)
    equivalent = equivalent_of_lens(shot.make, shot.focal)
    if equivalent is None:
        return None
    return Focal(equivalent * shot.zoom * _full_diagonal(longer, shorter)[0] / _FILM, source, sigma)


def _full_diagonal(longer: float, shorter: float) -> tuple[float, float]:
    """Diagonal in pixels of the sensor behind a picture, and its relative doubt: wide and square ones are cut."""
    aspect = longer / shorter
    if aspect > 1.6:  # 16:9 and wider: the whole width of a sensor of 4:3 or 3:2
        return 1.22 * longer, 0.06
    if aspect < 1.25:  # square: its whole height
        return 1.73 * shorter, 0.08
    return math.hypot(longer, shorter), _CLOSE if aspect > 1.42 else 0.03  # of 4:3, some mean widths, not diagonals


def _number(value: object) -> float:
    """A tag's number; 0 where there is none, or none that is finite and positive."""
    try:
        number = float(value[0] if isinstance(value, tuple) else value)  # type: ignore[arg-type]
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return 0.0
    return number if math.isfinite(number) and 0 < number < 1e9 else 0.0


def _text(value: object) -> str:
    return value.strip(" \0\t\r\n") if isinstance(value, str) else ""
