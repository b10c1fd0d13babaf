"""The builtin head's expressions: ARKit's names, sides that mirror each other, lids that close, a jaw that opens."""

import numpy as np
import pytest

from backend.head.builtin import build, eye
from backend.head.builtin.layout import OPENINGS, half_layout
from backend.scene import head as regions

FLIP = np.array([-1.0, 1.0, 1.0], np.float32)
WANTED = """jawOpen mouthSmileLeft mouthSmileRight mouthFrownLeft mouthFrownRight mouthPucker mouthStretchLeft
mouthStretchRight mouthUpperUpLeft mouthUpperUpRight mouthLowerDownLeft mouthLowerDownRight browInnerUp browOuterUpLeft
browOuterUpRight browDownLeft browDownRight eyeBlinkLeft eyeBlinkRight cheekPuff""".split()


@pytest.fixture(scope="module")
def model():
    return build()


def field(model, name):
    return model.expressions[model.expression_names.index(name)]


def test_names_are_unique_and_hold_what_fits_need(model):
    assert len(set(model.expression_names)) == len(model.expression_names) == len(model.expressions)
    assert set(WANTED) <= set(model.expression_names)


def test_left_and_right_mirror_each_other(model):
    for name in model.expression_names:
        twin = name.replace("Left", "*").replace("Right", "Left").replace("*", "Right")
        np.testing.assert_allclose(field(model, twin), field(model, name)[model.mirror] * FLIP, atol=1e-7, err_msg=name)


def test_left_is_the_subjects_left(model):
    for name in model.expression_names:
        if name.endswith("Left"):
            moved = np.linalg.norm(field(model, name), axis=1)
            assert (moved * model.vertices[:, 0]).sum() > 0, name


def test_eyeballs_and_the_back_of_the_head_stay(model):
    still = (model.region == regions.EYEBALL) | ((model.vertices[:, 1] > 0.04) & (model.vertices[:, 2] > -0.05))
    assert np.abs(model.expressions[:, still]).max() < 0.0005


def test_a_blink_closes_the_lids_over_the_ball(model):
    rings, hole = half_layout().rings["eye"], OPENINGS["eye"]
    moved = (model.vertices + field(model, "eyeBlinkLeft")) * 100.0
    rim = np.roll(rings[hole.rim], hole.tall // 2)
    gap = np.linalg.norm(moved[rim[1:]] - moved[rim[:0:-1]], axis=1)
    assert gap.max() < 0.03  # centimeters
    radius, angle, _ = eye.spherical(moved[rings[2 : hole.rim + 2]])
    shown = angle < np.radians(75)
    assert (radius - eye.corneal_radius(angle))[shown].min() > -0.03


def test_a_half_closed_lid_does_not_cut_the_ball(model):
    rings, hole = half_layout().rings["eye"], OPENINGS["eye"]
    moved = (model.vertices + 0.5 * field(model, "eyeBlinkLeft")) * 100.0
    radius, angle, _ = eye.spherical(moved[rings[2 : hole.rim + 1]])
    shown = angle < np.radians(75)
    assert (radius - eye.corneal_radius(angle))[shown].min() > -0.03


def test_the_jaw_parts_the_lips_and_leaves_the_upper_one(model):
    seam = half_layout().rings["mouth"][OPENINGS["mouth"].rim]
    moved = field(model, "jawOpen")
    assert 0.02 < np.linalg.norm(moved[seam[0]]) < 0.05
    assert moved[seam[0], 2] < -0.02 and np.linalg.norm(moved[seam[-1]]) < 0.004
    corner = len(seam) // 2
    assert np.linalg.norm(moved[seam[corner - 1]] - moved[seam[corner + 1]]) < 0.02


@pytest.mark.parametrize(("name", "up"), [("mouthSmileLeft", 1), ("mouthFrownLeft", -1)])
def test_the_corner_of_the_mouth_goes_the_right_way(model, name, up):
    seam = half_layout().rings["mouth"][OPENINGS["mouth"].rim]
    assert up * field(model, name)[seam[len(seam) // 2], 2] > 0.003
