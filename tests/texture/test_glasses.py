"""What glasses leave on the skin: a head with recognized frames, and dark lines drawn on it in all photos."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from backend.pictures.shade import draw_unlit
from backend.scene.capture import SHOWS_GLASSES
from backend.scene.head import EAR, FACE, SCALP, HeadShape
from backend.texture import TextureConfig, paint
from backend.texture.anatomy import axes_of
from backend.texture.glasses import find_worn
from tests.texture.heads import SKIN, colors_of, head, portrait, see

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


def temple(points: np.ndarray, first: float, last: float) -> np.ndarray:
    """Where points lie on a level line along the head's left, from `first` to `last` millimeters backwards."""
    x, y, z = np.moveaxis(points, -1, 0) / MM
    return (x > 0) & (np.abs(z - 2) < 2) & (y > first) & (y < last)


def small_eared() -> HeadShape:
    """The head with ears of 24 millimeters, hair behind them and skin before."""
    y = SHAPE.surface.vertices[:, 1] / MM
    around = np.where(y < 0, FACE, SCALP)
    return replace(SHAPE, region=np.where((SHAPE.region == EAR) & (np.abs(y) > 12), around, SHAPE.region))


def from_the_side(recognized: bool):
    """Bare skin, a temple before the ear, which is recognized or not, and its tip over the ear, which is not."""
    tip, front = (lambda points: temple(points, -10, 40)), (lambda points: temple(points, -60, -25))
    view = portrait(75, 384, lambda points: np.where((tip(points) | front(points))[..., None], DARK, SKIN), False)
    points, hit = see(view.camera)
    trust = np.where(hit & front(points), SHOWS_GLASSES if recognized else 0.05, 1.0)
    return replace(view, trust=trust.astype(np.float32))


def test_what_rests_on_an_ear_is_a_temple_though_only_its_front_was_recognized():
    shape, left = small_eared(), []
    for recognized in (True, False):
        view = from_the_side(recognized)
        textured = paint(shape.surface, None, shape.atlas, [view], TextureConfig(size=1024, gutter=4), head=shape)
        points, hit = see(view.camera)
        chosen = hit & temple(points, -8, 8)
        assert chosen.sum() > 8
        left.append(float(np.median(np.abs(draw_unlit(textured, view.camera)[0][chosen] - SKIN))))
    assert left[0] < 0.1 and left[1] > 0.2
    worn = find_worn(shape.surface, shape, AXES, [from_the_side(True)])
    assert not worn.near[shape.region == EAR].any()  # an ear's own folds are dark lines too
    assert 0 < worn.near[shape.region == SCALP].mean() < 0.2
