"""The builtin head's expressions: ARKit's names, sides that mirror each other, lids that close, a jaw that opens."""

import numpy as np
import pytest

from backend.head.builtin import build, eye
from backend.head.builtin.layout import MENTON, OPENINGS, half_layout
from backend.head.builtin.mouth import mouth_parts
from backend.scene import head as regions
from backend.scene.rig import ARKIT, mirrored

FLIP = np.array([-1.0, 1.0, 1.0], np.float32)
SIDEWAYS = ("jawLeft", "mouthLeft")
CARRIED = ("jawForward", "jawLeft", "jawRight", "jawOpen", "tongueOut")  # what moves the lower teeth


@pytest.fixture(scope="module")
def model():
    return build()


def field(model, name):
    return model.expressions[model.expression_names.index(name)]


def inside(model, part):
    """Numbers of the vertices of a part of the mouth: upper, lower or tongue."""
    parts = mouth_parts()
    belongs = parts.both(getattr(parts, part))
    return np.flatnonzero(belongs) + len(model.vertices) - len(belongs)


def seam_of(place):
    """The vertex of the lips' seam at 0 (middle of the lower lip) .. 1 (of the upper)."""
    seam = half_layout().rings["mouth"][OPENINGS["mouth"].rim]
    return seam[round(place * (len(seam) - 1))]


def lid_of(upper):
    """The middle of a lid's edge."""
    rings, hole = half_layout().rings["eye"], OPENINGS["eye"]
    rim = np.roll(rings[hole.rim], hole.tall // 2)
    return rim[len(rim) * (3 if upper else 1) // 4]


def test_every_key_of_apples_is_there_and_moves_something_by_a_plausible_way(model):
    assert model.expression_names == ARKIT
    peaks = np.linalg.norm(model.expressions, axis=2).max(1)
    assert peaks.min() > 0.0015 and peaks.max() < 0.06


def test_left_and_right_mirror_each_other(model):
    for name in model.expression_names:
        np.testing.assert_allclose(
            field(model, mirrored(name)), field(model, name)[model.mirror] * FLIP, atol=1e-7, err_msg=name
        )


@pytest.mark.parametrize("name", [name for name in ARKIT if name.endswith("Left") and name not in SIDEWAYS])
def test_a_left_key_moves_the_left_and_leaves_the_right_still(model, name):
    moved = np.linalg.norm(field(model, name), axis=1)
    assert (moved * model.vertices[:, 0]).sum() > 0
    assert moved[model.vertices[:, 0] < -0.0101].max() == 0


@pytest.mark.parametrize("name", SIDEWAYS)
def test_what_goes_sideways_goes_to_the_subjects_left_and_takes_the_middle_along(model, name):
    assert field(model, name)[seam_of(0.0), 0] > 0.006
    assert field(model, name)[:, 0].min() > -0.001


def test_the_skin_does_not_fold_over(model):
    faces = model.triangles(model.polygons)
    faces = faces[(model.region[faces] == regions.FACE).all(1)]
    rest = _cross(model.vertices, faces)
    for name in ARKIT:
        moved = _cross(model.vertices + field(model, name), faces)
        folded = (rest * moved).sum(1) < 0
        assert np.linalg.norm(rest[folded], axis=1).sum() < 0.004 * np.linalg.norm(rest, axis=1).sum(), name


def _cross(vertices, faces):
    corners = vertices[faces].astype(float)
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def test_upper_teeth_stay_and_lower_ones_keep_their_shape(model):
    lower = inside(model, "lower")
    assert np.abs(model.expressions[:, inside(model, "upper")]).max() == 0
    rest = model.vertices[lower][:, None] - model.vertices[lower][None, ::40]
    for name in ARKIT:
        move = field(model, name)[lower]
        assert (np.abs(move).max() > 0.003) == (name in CARRIED), name
        turned = rest + move[:, None] - move[None, ::40]
        np.testing.assert_allclose(np.linalg.norm(turned, axis=2), np.linalg.norm(rest, axis=2), rtol=0.03, atol=1e-4)


def test_the_tongue_comes_out_between_the_lips(model):
    moved = model.vertices + field(model, "tongueOut")
    tongue, low, high = moved[inside(model, "tongue")], moved[seam_of(0.0)], moved[seam_of(1.0)]
    assert tongue[:, 1].min() < model.vertices[seam_of(0.0), 1] - 0.012
    passing = tongue[np.abs(tongue[:, 1] - high[1]) < 0.004]
    assert len(passing) and passing[:, 2].max() < high[2] and passing[:, 2].min() > low[2] - 0.002


def test_mouth_close_seals_the_lips_over_an_open_jaw(model):
    together = model.vertices + field(model, "jawOpen") + field(model, "mouthClose")
    rim = half_layout().rings["mouth"][OPENINGS["mouth"].rim]
    gap = np.linalg.norm(together[rim] - together[rim[::-1]], axis=1)
    assert gap.max() < 0.0003
    chin = half_layout().grid[MENTON, 0]
    assert together[chin, 2] < model.vertices[chin, 2] - 0.015
    assert (together - model.vertices)[inside(model, "lower"), 2].max() < -0.002


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


@pytest.mark.parametrize(
    ("name", "upper", "lower"),
    [("eyeWide", 1, 0), ("eyeLookUp", 1, 1), ("eyeLookDown", -1, -1), ("eyeSquint", 0, 1), ("eyeBlink", -1, 1)],
)
def test_the_lids_go_the_way_of_their_key(model, name, upper, lower):
    move = field(model, name + "Left")[:, 2]
    for is_upper, way in ((True, upper), (False, lower)):
        if way:
            assert way * move[lid_of(is_upper)] > 0.0003


@pytest.mark.parametrize(("name", "way"), [("eyeLookIn", -1), ("eyeLookOut", 1)])
def test_a_gaze_to_the_side_takes_the_lids_along(model, name, way):
    assert way * field(model, name + "Left")[lid_of(True), 0] > 0.0005


@pytest.mark.parametrize("name", [name for name in ARKIT if name.startswith("eye") and name.endswith("Left")])
def test_no_lid_cuts_the_ball(model, name):
    rings, hole = half_layout().rings["eye"], OPENINGS["eye"]
    for share in (0.5, 1.0):
        moved = (model.vertices + share * field(model, name)) * 100.0
        radius, angle, _ = eye.spherical(moved[rings[2 : hole.rim + 1]])
        shown = angle < np.radians(75)
        assert (radius - eye.corneal_radius(angle))[shown].min() > -0.03


@pytest.mark.parametrize(("upper", "name"), [(True, "mouthRollUpper"), (False, "mouthRollLower")])
def test_a_rolled_lip_goes_into_the_mouth_and_leaves_the_other(model, upper, name):
    move = field(model, name)
    assert move[seam_of(upper * 1.0), 1] > 0.004 and np.linalg.norm(move[seam_of(not upper)]) < 0.001


@pytest.mark.parametrize("name", ["mouthFunnel", "mouthUpperUpLeft", "mouthLowerDownLeft", "mouthShrugUpper"])
def test_the_lips_part(model, name):
    move = field(model, name)
    low, high = seam_of(0.15), seam_of(0.85)
    assert move[high, 2] - move[low, 2] > 0.002
