"""Points of a face that an artist clicked: for profiles and whatever else no detector sees.

They lie beside the photo in a file NAME.face.json, NAME being the photo's file name without its ending:

    {"points": {"33": [412.5, 380.0], "263": [600.0, 378.5], "1": [505.0, 470.0]}}

The keys are numbers of mediapipe's face mesh (33 and 263: the outer corners of the right and the left eye, 1: the tip
of the nose, 152: the chin; more in regions.py), the values x and y in pixels of the upright photo: x to the right,
y down, the first pixel's center at (0.5, 0.5).
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ...errors import UserError
from ...scene import FaceRecord
from ...scene.face import LANDMARKS

SUFFIX = ".face.json"
_SIGMA = 1.5  # pixels by which a hand misses
_LEAST = 4  # points below which no pose can be solved


def clicked(points: Mapping[int, tuple[float, float]]) -> FaceRecord:
    """Pixels of some mesh points -> a record whose other points say nothing (sigma inf, at the clicked ones' mean)."""
    wrong = [number for number in points if not 0 <= number < LANDMARKS]
    if wrong:
        raise UserError(f"Point {wrong[0]} is not in the face mesh: its points have the numbers 0 to {LANDMARKS - 1}.")
    if len(points) < _LEAST:
        raise UserError(f"{len(points)} clicked points do not tell where a face is: click at least {_LEAST}.")
    numbers = np.array(sorted(points))
    pixels = np.array([points[number] for number in numbers], np.float32)
    places = np.tile(pixels.mean(0), (LANDMARKS, 1))
    places[numbers] = pixels
    sigma = np.full(LANDMARKS, np.inf, np.float32)
    sigma[numbers] = _SIGMA
    return FaceRecord(places, sigma, np.zeros(LANDMARKS, np.float32), 1.0, source="clicked")


def read_clicked(photo: Path) -> FaceRecord | None:
    """The points clicked for the file `photo`; None where no such file lies beside it."""
    path = photo.with_name(photo.stem + SUFFIX)
    if not path.exists():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        points = {int(number): _pixel(place) for number, place in document["points"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        text = 'It should read {"points": {"33": [x, y], ...}}; mend or remove it.'
        raise UserError(f"{path} cannot be read as clicked points ({error!r}). {text}") from error
    return clicked(points)


def _pixel(place) -> tuple[float, float]:
    x, y = (float(value) for value in place)
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError(f"{place} is no place in a photo")
    return x, y
