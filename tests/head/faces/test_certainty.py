import numpy as np
import pytest

from backend.head.faces import regions
from backend.head.faces.certainty import confidence_of, sigma_of, yaw_between

RADIUS = 100.0  # pixels: a face drawn on a cylinder around the neck's axis


def face(yaw):
    """(478, 3) points on a cylinder, symmetric, turned by yaw degrees to the subject's left."""
    rng = np.random.default_rng(1)
    angle, height = np.zeros(478), rng.uniform(-80, 80, 478)
    right = regions.SIDE < 0
    angle[right] = rng.uniform(-1.2, -0.05, right.sum())
    angle[regions.MIRROR[right]] = -angle[right]
    height[regions.MIRROR[right]] = height[right]
    height[[regions.FOREHEAD_TOP, regions.CHIN]] = -100, 100
    turned = angle + np.radians(yaw)
    return np.stack([RADIUS * np.sin(turned), height, -RADIUS * np.cos(turned)], 1)


@pytest.mark.parametrize("yaw", [-40, -10, 0, 25])
def test_yaw_of_a_turned_face_is_read_back(yaw):
    assert yaw_between(face(yaw)) == pytest.approx(yaw, abs=1)


def test_confidence_falls_with_disagreement_and_stays_within_bounds():
    values = [confidence_of(torn) for torn in (0.0, 0.002, 0.010, 0.04, 0.08, 0.4)]
    assert values == sorted(values, reverse=True) and values[0] == values[2] == 1 and values[-1] == 0
    assert 0.1 < values[3] < 0.7


def test_what_the_turned_head_hides_says_nothing():
    sigma = sigma_of(face(45), np.zeros(478), 100.0)
    far = regions.SIDE[: regions.SKIN_POINTS] > 0
    hidden = np.isinf(sigma[: regions.SKIN_POINTS])
    assert hidden[far].mean() > 0.2 and hidden[~far].mean() < 0.1
    assert np.isinf(sigma[list(set(regions.OVAL) & set(np.nonzero(regions.SIDE > 0)[0].tolist()))]).all()


def test_sigma_grows_with_disagreement_and_has_a_floor():
    calm = sigma_of(face(0), np.zeros(478), 100.0)
    torn = sigma_of(face(0), np.full(478, 5.0), 100.0)
    seen = np.isfinite(calm)
    assert (calm >= 0.4).all() and (torn[seen] > calm[seen]).all() and (torn[seen] >= 5).all()
