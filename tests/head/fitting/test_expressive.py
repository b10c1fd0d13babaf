"""What photos show of expressions: their coefficients, and how this person's skin moves beside the model's keys."""

from dataclasses import replace

import numpy as np
import pytest

from backend.head.fitting.expressive import coefficients_of, neutral_of, performances, worn_by
from backend.head.fitting.fit import HeadFit
from backend.head.fitting.photo import HeadPhoto
from backend.head.fitting.pose import Pose
from backend.head.fitting.solution import Lens, Shot, Solution
from backend.scene.head import EYEBALL
from backend.scene.rig import ARKIT
from tests.head.fitting.soft_heads import HERE, head_photo, portrait_camera, soft_head

NAMES = ("jawOpen", "mouthSmileLeft", "mouthSmileRight")
MODEL = replace(soft_head(expressions=3), expression_names=NAMES)
AZIMUTHS = (-24, 0, 24)
OPEN = np.array([1.0, 0, 0])


def fitted(expressions: np.ndarray, cameras) -> HeadFit:
    """The fit of photos with these expressions (N, 3) by cameras that were known."""
    shots = tuple(Shot(Pose.of(camera), (camera.cx, camera.cy), n) for n, camera in enumerate(cameras))
    lenses = tuple(Lens(camera.fl_x, camera.fl_x, 0.0) for camera in cameras)
    solution = Solution(np.zeros(4), expressions, shots, lenses, HERE, True)
    return HeadFit(MODEL, MODEL, solution, tuple(cameras), 0.0)


def photos_of(vertices: np.ndarray, prefix: str, shift: float = 0.0) -> list[HeadPhoto]:
    cameras = [portrait_camera(azimuth + shift) for azimuth in AZIMUTHS]
    return [
        replace(head_photo(f"{prefix}{n}", MODEL, vertices.astype(np.float32), camera), camera=camera)
        for n, camera in enumerate(cameras)
    ]


def bump() -> np.ndarray:
    """(V, 3): 3 mm to the left and up around a point of the cheek, which no key moves so."""
    near = np.exp(-((MODEL.vertices - [0.03, -0.08, -0.03]) ** 2).sum(1) / (2 * 0.02**2))
    return near[:, None] * np.array([0.002, 0.0, 0.002])


@pytest.fixture(scope="module")
def performed():
    neutral = photos_of(MODEL.vertices, "n")
    held = photos_of(MODEL.shape(np.zeros(4), OPEN) + bump(), "e", 2.0)
    fit = fitted(np.zeros((3, 3)), [photo.camera for photo in neutral])
    return performances(fit, held, ["JawOpen"] * 3, neutral)


def test_photos_of_one_tag_are_one_performance(performed):
    assert [one.name for one in performed] == ["jawOpen"]
    told = dict(zip(ARKIT, performed[0].coefficients, strict=True))
    assert told.pop("jawOpen") > 0.85 and max(told.values()) < 0.15


def test_what_the_keys_do_not_say_is_seen_in_the_photos(performed):
    truth = MODEL.expressions[0] + bump()
    moving = (np.linalg.norm(bump(), axis=1) > 0.001) & (MODEL.region == 0)
    missed = np.linalg.norm(performed[0].displacement - truth, axis=1)[moving]
    assert missed.mean() < 0.5 * np.linalg.norm(bump(), axis=1)[moving].mean()


def test_certainty_is_where_photos_look(performed):
    certainty = performed[0].certainty
    front = (MODEL.region == 0) & (MODEL.vertices[:, 1] < -0.06) & (np.abs(MODEL.vertices[:, 2]) < 0.05)
    assert certainty.min() >= 0 and certainty.max() <= 1
    assert np.median(certainty[front]) > 0.4
    assert certainty[MODEL.vertices[:, 1] > 0.04].max() < 0.05 and certainty[MODEL.region == EYEBALL].max() == 0


def test_photos_without_a_tag_are_read_one_by_one():
    neutral = photos_of(MODEL.vertices, "n")
    held = photos_of(MODEL.shape(np.zeros(4), np.array([0, 0.9, 0])), "e")[1:2]
    fit = fitted(np.zeros((3, 3)), [photo.camera for photo in neutral])
    (one,) = performances(fit, held, [""], neutral)
    assert one.name == "e1" and one.coefficients[ARKIT.index("mouthSmileLeft")] > 0.6


def test_photos_without_a_face_show_no_expression():
    neutral = photos_of(MODEL.vertices, "n")
    fit = fitted(np.zeros((3, 3)), [photo.camera for photo in neutral])
    assert performances(fit, [replace(neutral[0], face=None)], ["jawOpen"], neutral) == []


def test_weak_coefficients_are_no_expression():
    cameras = [portrait_camera(azimuth) for azimuth in AZIMUTHS]
    fit = fitted(np.array([[0.1, 0.6, -0.1], [0.05, 0.5, 0.1], [0.8, 0.55, 0]]), cameras)
    told = coefficients_of(fit)
    assert told == [{"mouthSmileLeft": 0.6}, {"mouthSmileLeft": 0.5}, {"jawOpen": 0.8, "mouthSmileLeft": 0.55}]
    assert worn_by(fit, ["", "", ""]) == {"jawOpen": 0.1, "mouthSmileLeft": 0.55}  # what comes with a smile is worn too


def test_a_face_without_an_expression_wears_nothing():
    fit = fitted(np.full((3, 3), 0.1), [portrait_camera(azimuth) for azimuth in AZIMUTHS])
    assert worn_by(fit, ["", "", ""]) == {}


@pytest.mark.parametrize(("tags", "worn"), [(["neutral", "", ""], False), (["smile", "neutral", ""], True)])
def test_photos_that_are_tagged_as_neutral_wear_nothing(tags, worn):
    fit = fitted(np.full((3, 3), 0.5), [portrait_camera(azimuth) for azimuth in AZIMUTHS])
    assert bool(worn_by(fit, tags)) == worn


def test_what_is_worn_comes_off_the_neutral():
    fit = fitted(np.full((3, 3), [0.0, 0.5, 0.05]), [portrait_camera(azimuth) for azimuth in AZIMUTHS])
    expected = MODEL.shape(np.zeros(4), np.zeros(3))
    np.testing.assert_allclose(neutral_of(fit, worn_by(fit, [""] * 3)), expected, atol=1e-6)


def test_each_photo_is_read_against_the_others():
    neutral = photos_of(MODEL.vertices, "n")
    smiling = photos_of(MODEL.shape(np.zeros(4), np.array([0, 0.9, 0])), "e", 5.0)[1:2]
    fit = fitted(np.zeros((3, 3)), [photo.camera for photo in neutral])
    told = coefficients_of(fit, [*neutral, *smiling])
    assert told[:3] == [{}, {}, {}] and told[3]["mouthSmileLeft"] > 0.6
