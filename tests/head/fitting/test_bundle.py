"""The least squares find the head that the points were made from, and believe the priors where there are no points."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.head.fitting.bundle import BundleConfig, Evidence, solve
from backend.head.fitting.linear import see
from backend.head.fitting.observations import isotropic
from backend.head.fitting.pose import Pose, stand
from backend.head.fitting.smooth_modes import with_slack
from backend.head.fitting.solution import Lens, Placement, Shot, Solution
from backend.scene.head import EYEBALL, NECK
from tests.head.fitting.soft_heads import HERE, degrees_apart, on_table, portrait_camera, soft_head

MODEL = soft_head(4, 2)
CAMERAS = [portrait_camera(azimuth, elevation) for azimuth, elevation in ((0, 3), (25, -6), (-30, 8))]
IDENTITY = np.array([1.1, -0.8, 0.5, -1.4])
PATIENT = BundleConfig(rounds=40, expression_deviation=0.3)


def truth(known: bool, focal: float = 1.0, placement: Placement = HERE) -> Solution:
    """What the points are made from; the lens' prior expects `focal` times the true one."""
    shots = tuple(Shot(Pose.of(camera), (camera.cx, camera.cy), 0) for camera in CAMERAS)
    expressions = np.array([[0.0, 0.3], [0.2, 0.0], [0.1, 0.1]])
    lens = Lens(CAMERAS[0].fl_x, CAMERAS[0].fl_x * focal, 0.0 if known else 0.3)
    return Solution(IDENTITY, expressions, shots, (lens,), placement, known)


def points_of(solution: Solution, sigma: float = 0.05, wrong: float = 0.0) -> list:
    """Landmarks where the photos show them; a share of them is `wrong` by 40 pixels."""
    rng, table, evidence = np.random.default_rng(3), MODEL.landmarks, []
    for number in range(len(solution.shots)):
        seen = isotropic(table.corners, table.weights, np.zeros((478, 2)), np.full(478, sigma), 6.0)
        target = see(MODEL, solution, number, seen).pixels
        false = rng.uniform(size=478) < wrong
        target[false] += 40 * rng.normal(size=(false.sum(), 2)) + 15
        evidence.append([replace(seen, target=target)])
    return evidence


def start_for(true: Solution, evidence) -> Solution:
    """The mean head; cameras stood before it with the lens that is expected."""
    mean = on_table(MODEL, MODEL.vertices.astype(float))
    lens = true.lenses[0]
    shots = true.shots
    if not true.cameras_known:
        shots = tuple(
            replace(shot, pose=stand(mean, seen[0].target, lens.expected, shot.center))
            for shot, seen in zip(shots, evidence, strict=True)
        )
    return replace(
        true, identity=np.zeros(4), expressions=np.zeros((3, 2)), shots=shots,
        lenses=(replace(lens, focal=lens.expected),), placement=HERE,
    )  # fmt: skip


def test_identity_cameras_and_focal_length_are_recovered():
    true = truth(known=False, focal=1.15)
    evidence = points_of(true)
    found = solve(MODEL, start_for(true, evidence), Evidence(evidence), PATIENT)
    np.testing.assert_allclose(found.identity, IDENTITY, atol=0.05)
    np.testing.assert_allclose(found.expressions, true.expressions, atol=0.02)
    assert found.lenses[0].focal == pytest.approx(true.lenses[0].focal, rel=0.01)
    for shot, wanted in zip(found.shots, true.shots, strict=True):
        assert degrees_apart(shot.pose.rotation, wanted.pose.rotation) < 0.1
        np.testing.assert_allclose(shot.pose.translation, wanted.pose.translation, atol=0.01 * 0.7)


def test_known_cameras_stay_and_the_head_is_placed():
    placement = Placement(1.12, degrees_about_z(7.0), np.array([0.01, -0.02, 0.015]))
    true = truth(known=True, placement=placement)
    evidence = points_of(true)
    found = solve(MODEL, start_for(true, evidence), Evidence(evidence), PATIENT)
    assert found.shots == true.shots
    assert found.lenses[0].focal == pytest.approx(true.lenses[0].focal, rel=1e-6)
    assert found.placement.scale == pytest.approx(placement.scale, rel=0.003)
    assert degrees_apart(found.placement.rotation, placement.rotation) < 0.1
    np.testing.assert_allclose(found.placement.translation, placement.translation, atol=3e-4)
    np.testing.assert_allclose(found.identity, IDENTITY, atol=0.06)


def test_a_focal_length_that_is_known_is_not_argued_with():
    true = truth(known=True)
    evidence = points_of(true)
    told = replace(true.lenses[0], focal=1.05 * true.lenses[0].focal, expected=1.05 * true.lenses[0].focal)
    found = solve(MODEL, start_for(replace(true, lenses=(told,)), evidence), Evidence(evidence), PATIENT)
    assert found.lenses[0].focal == pytest.approx(told.focal, rel=1e-6)


def degrees_about_z(angle: float) -> np.ndarray:
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


@pytest.mark.parametrize("degrees", [0.0, 110.0])
def test_further_rounds_never_make_it_worse(degrees):
    true = truth(known=False, focal=1.15)
    evidence = points_of(true, wrong=0.1)
    start, costs = start_for(true, evidence), []
    away = Rotation.from_rotvec([0, np.radians(degrees), 0]).as_matrix()
    shots = (replace(shot, pose=Pose(shot.pose.rotation @ away, shot.pose.translation)) for shot in start.shots)
    start = replace(start, shots=tuple(shots))
    for rounds in range(9):
        config = replace(PATIENT, rounds=rounds, damping=1e-9)
        costs.append(robust_cost(solve(MODEL, start, Evidence(evidence), config), evidence))
    priors = 50.0  # more than all of them together
    assert all(later <= earlier + priors for earlier, later in pairwise(costs))
    assert costs[-1] < 0.2 * costs[0] or degrees


def robust_cost(solution: Solution, evidence) -> float:
    """The points' share of the cost, after the formula."""
    cost = 0.0
    for number, (seen,) in enumerate(evidence):
        squared = (((see(MODEL, solution, number, seen).pixels - seen.target) * seen.whiten[0, 0, 0]) ** 2).sum(1)
        cost += (squared / (1 + squared / seen.robust**2)).sum()
    return cost


def test_where_nothing_is_seen_the_priors_hold():
    start = replace(truth(known=False, focal=1.2), expressions=np.full((3, 2), 0.2))
    found = solve(MODEL, start, Evidence([[], [], []]), BundleConfig(rounds=60))
    np.testing.assert_allclose(found.identity, 0, atol=0.02)
    np.testing.assert_allclose(found.expressions, 0, atol=0.02)
    assert found.lenses[0].focal == pytest.approx(start.lenses[0].expected, rel=0.01)
    for shot, before in zip(found.shots, start.shots, strict=True):
        np.testing.assert_array_equal(shot.pose.translation, before.pose.translation)


def test_a_direction_that_no_point_shows_stays_at_the_mean():
    identity = MODEL.identity.copy()
    identity[2, MODEL.vertices[:, 1] < 0] = 0  # moves the back of the head alone
    model = replace(MODEL, identity=identity)
    true = truth(known=True)
    evidence = points_of(true)
    start = replace(start_for(true, evidence), identity=np.array([0, 0, 1.5, 0]))
    assert abs(solve(model, start, Evidence(evidence), PATIENT).identity[2]) < 0.05


def test_outliers_do_not_matter():
    true = truth(known=False)
    evidence = points_of(true, sigma=0.5, wrong=0.15)
    found = solve(MODEL, start_for(true, evidence), Evidence(evidence), PATIENT)
    clean = solve(MODEL, start_for(true, points_of(true, sigma=0.5)), Evidence(points_of(true, sigma=0.5)), PATIENT)
    shapes = [MODEL.shape(solution.identity, np.zeros(2)) for solution in (found, clean, true)]
    away = [np.linalg.norm(shape - shapes[2], axis=1).mean() for shape in shapes[:2]]
    assert away[0] < away[1] + 5e-4
    assert degrees_apart(found.shots[1].pose.rotation, clean.shots[1].pose.rotation) < 0.7


def test_points_of_infinite_sigma_are_left_out():
    sigma = np.array([1.0, np.inf, 2.0])
    seen = isotropic(np.arange(9).reshape(3, 3), np.eye(3), np.zeros((3, 2)), sigma, 6.0)
    assert seen.count == 2
    np.testing.assert_allclose(seen.whiten[:, 0, 0], [1, 0.5])
    np.testing.assert_array_equal(seen.corners, [[0, 1, 2], [6, 7, 8]])


def test_photos_without_cameras_leave_the_eyes_as_far_apart_as_the_means():
    true = truth(known=False)
    evidence = Evidence(points_of(true, sigma=0.5))
    model = with_slack(soft_head(4, 2, slack=0.01))
    begun = start_for(true, evidence.points)
    begun = replace(begun, identity=np.zeros(len(model.identity)))
    found = model.shape(solve(model, begun, evidence, PATIENT).identity, np.zeros(2))
    left, right = (((MODEL.region == EYEBALL) & (side * MODEL.vertices[:, 0] > 0)) for side in (1, -1))

    def apart(vertices):
        return vertices[left].mean(0)[0] - vertices[right].mean(0)[0]

    assert abs(apart(found) - apart(MODEL.vertices)) < 5e-4
    assert abs(apart(MODEL.shape(IDENTITY, np.zeros(2))) - apart(MODEL.vertices)) > 2e-3  # what the photos show


def test_with_cameras_the_placement_says_how_large_a_free_head_is():
    placement = Placement(1.5, np.eye(3), np.zeros(3))
    true = replace(truth(known=True, placement=placement), identity=6 * IDENTITY)  # far from what the model expects
    evidence = Evidence(points_of(true, sigma=2.0))
    model = with_slack(soft_head(4, 2, slack=0.003))
    begun = replace(start_for(true, evidence.points), placement=placement, identity=np.zeros(len(model.identity)))
    found = model.shape(solve(model, begun, evidence, PATIENT).identity, np.zeros(2))
    head = MODEL.region != NECK
    arms = MODEL.vertices[head].astype(float) - MODEL.vertices[head].mean(0)
    growth = ((found - MODEL.vertices)[head] * arms).sum() / (arms**2).sum()
    assert abs(growth) < 0.003
