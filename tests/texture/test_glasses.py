"""What glasses leave on the skin: a head with recognized frames, and dark lines drawn on it in all photos."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from backend.pictures.shade import draw_unlit
from backend.scene.capture import SHOWS_GLASSES
from backend.texture import TextureConfig, paint
from backend.texture.anatomy import axes_of
from backend.texture.glasses import find_worn
from tests.texture.heads import colors_of, head, portrait, see

SHAPE = head(100, 160)
AXES = axes_of(SHAPE.surface, SHAPE)
MM = AXES.millimeter
DARK = np.array([0.25, 0.16, 0.12])


def beside(points: np.ndarray, height: float, middle: float, length: float, thickness: float = 4.0) -> np.ndarray:
    """Where points (..., 3) lie on a level line of the face; lengths in millimeters, from the head's middle."""
    x, y, z = np.moveaxis(points, -1, 0) / MM
    return (np.abs(x - middle) < length / 2) & (np.abs(z - height) < thickness / 2) & (y < 0)


def shadow(points: np.ndarray) -> np.ndarray:
    return beside(points, -12, 0, 40)


def spot(points: np.ndarray) -> np.ndarray:
    return beside(points, -20, 25, 5)


def far_line(points: np.ndarray) -> np.ndarray:
    return beside(points, -45, -15, 40)


def trail(points: np.ndarray) -> np.ndarray:
    """From below the frames downwards, farther than shadows are looked for."""
    return beside(points, -24, 45, 4, 40)


def frames(points: np.ndarray) -> np.ndarray:
    return beside(points, 2, 0, 60)


def photographed(azimuth: float, recognized: bool):
    """Shadow, spot and a line far below in every photo; frames that capture recognized or did not."""

    def colors(points: np.ndarray) -> np.ndarray:
        marked = shadow(points) | spot(points) | far_line(points) | trail(points)
        return np.where(marked[..., None], DARK, colors_of(points))

    view = portrait(azimuth, 384, colors)
    points, hit = see(view.camera)
    trust = np.where(hit & frames(points), SHOWS_GLASSES if recognized else 0.05, 1.0)
    return replace(view, trust=trust.astype(np.float32))


@lru_cache
def drawn(recognized: bool) -> np.ndarray:
    views = [photographed(azimuth, recognized) for azimuth in (-25, 0, 25)]
    textured = paint(SHAPE.surface, None, SHAPE.atlas, views, TextureConfig(size=1024, gutter=4), head=SHAPE)
    return draw_unlit(textured, views[1].camera)[0]


def error_on(mark, recognized: bool) -> float:
    """Median distance from the bare skin's colors on a mark."""
    points, hit = see(photographed(0, recognized).camera)
    chosen = hit & mark(points)
    assert chosen.sum() > 8
    return float(np.median(np.abs(drawn(recognized)[chosen] - colors_of(points)[chosen])))


def test_a_still_shadow_of_glasses_does_not_stay_in_the_skin():
    assert error_on(shadow, True) < 0.05


def test_a_line_that_leads_away_is_followed():
    assert error_on(trail, True) < 0.05
    assert error_on(trail, False) > 0.25


def test_without_glasses_what_is_drawn_on_skin_stays():
    assert error_on(shadow, False) > 0.25


def test_spots_and_what_lies_far_from_the_glasses_stay():
    assert error_on(spot, True) > 0.2
    assert error_on(far_line, True) > 0.25


def test_the_dark_lines_of_eyes_are_the_faces_own():
    views = [photographed(azimuth, True) for azimuth in (-25, 0, 25)]
    worn = find_worn(SHAPE.surface, SHAPE, AXES, views)
    eyes = np.abs(SHAPE.surface.vertices - [0.22, -0.6, 0.1]).max(1) < 0.05
    cheek = np.abs(SHAPE.surface.vertices - [0.3, -0.5, -0.25]).max(1) < 0.08
    assert eyes.any() and worn.own[eyes].min() > 0.7
    assert cheek.any() and worn.own[cheek].max() < 0.05
    assert find_worn(SHAPE.surface, SHAPE, AXES, [photographed(0, False)]) is None
