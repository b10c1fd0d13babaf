"""Derivatives of observed points and of tracks against central differences, one kind of unknown at a time."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.head.fitting.linear import Columns, follow, recede, see
from backend.head.fitting.observations import Relief, Tracks, isotropic
from backend.head.fitting.pose import Pose
from backend.head.fitting.solution import Lens, Placement, Shot, Solution
from tests.head.fitting.soft_heads import portrait_camera, soft_head

STEP = 1e-5
MODEL = soft_head(3, 2)
MODEL = replace(
    MODEL,
    vertices=MODEL.vertices.astype(float),
    identity=MODEL.identity.astype(float),
    expressions=MODEL.expressions.astype(float),
)  # differences need more digits than the model is stored with


def solution_of(known: bool, shared: bool) -> Solution:
    """Two photos of a head that stands anywhere, with different centers, one lens or two."""
    rng = np.random.default_rng(5)
    placement = Placement(1.7, Rotation.random(random_state=6).as_matrix(), np.array([0.4, -0.3, 0.2]))
    shots = []
    for number, azimuth in enumerate((-15.0, 20.0)):
        pose = Pose.of(portrait_camera(azimuth))
        # The camera stands before the head, wherever that is.
        rotation = pose.rotation @ placement.rotation.T
        translation = 1.7 * pose.translation - rotation @ placement.translation
        shots.append(Shot(Pose(rotation, translation), (118.0 + 5 * number, 125.0), 0 if shared else number))
    lenses = [Lens(480.0, 450.0, 0.2), Lens(510.0, 450.0, 0.2)][: 1 if shared else 2]
    return Solution(rng.normal(size=3), rng.uniform(0, 0.5, (2, 2)), tuple(shots), tuple(lenses), placement, known)


def turned(rotation: np.ndarray, axis: int, step: float) -> np.ndarray:
    return Rotation.from_rotvec(step * np.eye(3)[axis]).as_matrix() @ rotation


def with_shot(solution: Solution, number: int, pose: Pose) -> Solution:
    shots = list(solution.shots)
    shots[number] = replace(shots[number], pose=pose)
    return replace(solution, shots=tuple(shots))


def moves_of(solution: Solution):
    """Of every column of the unknowns: its number, its name, and the solution moved along it by a step."""
    at, placed = Columns(solution), solution.placement
    for k in range(3):
        yield (
            at.identity.start + k,
            "identity",
            lambda s, k=k: replace(solution, identity=solution.identity + s * np.eye(3)[k]),
        )
    for n in range(2):
        for k in range(2):
            share = np.zeros((2, 2))
            share[n, k] = 1
            yield (
                at.expressions[n].start + k,
                "expression",
                lambda s, share=share: replace(solution, expressions=solution.expressions + s * share),
            )
    for n, lens in enumerate(solution.lenses):
        yield (
            at.lenses[n].start,
            "focal",
            lambda s, n=n, lens=lens: replace(
                solution,
                lenses=tuple(
                    replace(lens, focal=lens.focal * np.exp(s)) if m == n else other
                    for m, other in enumerate(solution.lenses)
                ),
            ),
        )
    if solution.cameras_known:
        for k in range(3):
            start = at.placement.start
            yield (
                start + k,
                "placement turn",
                lambda s, k=k: replace(solution, placement=replace(placed, rotation=turned(placed.rotation, k, s))),
            )
            yield (
                start + 3 + k,
                "placement shift",
                lambda s, k=k: replace(
                    solution, placement=replace(placed, translation=placed.translation + s * np.eye(3)[k])
                ),
            )
        yield (
            start + 6,
            "placement scale",
            lambda s: replace(solution, placement=replace(placed, scale=placed.scale * np.exp(s))),
        )
        return
    for n, shot in enumerate(solution.shots):
        for k in range(3):
            start, pose = at.poses[n].start, shot.pose
            yield (
                start + k,
                "pose turn",
                lambda s, n=n, k=k, pose=pose: with_shot(
                    solution, n, Pose(turned(pose.rotation, k, s), pose.translation)
                ),
            )
            yield (
                start + 3 + k,
                "pose shift",
                lambda s, n=n, k=k, pose=pose: with_shot(
                    solution, n, Pose(pose.rotation, pose.translation + s * np.eye(3)[k])
                ),
            )


def observed():
    table, chosen = MODEL.landmarks, np.arange(0, 478, 20)
    nothing = np.zeros((len(chosen), 2))
    return isotropic(table.corners[chosen], table.weights[chosen].astype(float), nothing, np.ones(len(chosen)), 6.0)


def tracks_of(solution: Solution) -> Tracks:
    seen = observed()
    rng = np.random.default_rng(7)
    pixels = see(MODEL, solution, 0, seen).pixels + rng.normal(0, 1, (seen.count, 2))
    # Normals that face the first camera, tilted at random.
    back = solution.shots[0].pose.rotation.T @ np.array([0, 0, -1.0])
    normals = back + rng.normal(0, 0.3, (seen.count, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Tracks(0, 1, seen.corners, seen.weights, normals, pixels, seen.target, seen.whiten, 6.0)


CASES = [(known, shared) for known in (True, False) for shared in (True, False)]


@pytest.mark.parametrize("known, shared", CASES)
@pytest.mark.parametrize("of", ["points of the first", "points of the second", "tracks"])
def test_derivatives_are_those_of_finite_differences(of, known, shared):
    solution = solution_of(known, shared)
    tracks = tracks_of(solution)

    def predicted(moved):
        return follow(MODEL, moved, tracks) if of == "tracks" else see(MODEL, moved, int("second" in of), observed())

    linear = predicted(solution)
    jacobian = np.zeros((*linear.pixels.shape, Columns(solution).size))
    for columns, block in linear.blocks:
        jacobian[..., columns] += block
    checked = []
    for column, name, moved in moves_of(solution):
        slope = (predicted(moved(STEP)).pixels - predicted(moved(-STEP)).pixels) / (2 * STEP)
        np.testing.assert_allclose(jacobian[..., column], slope, atol=1e-4 * max(1, np.abs(slope).max()), err_msg=name)
        checked.append(column)
    assert sorted(checked) == list(range(Columns(solution).size))


def test_seeing_is_projecting_through_the_camera():
    solution, seen = solution_of(known=True, shared=True), observed()
    shot, placed = solution.shots[1], solution.placement
    local = MODEL.shape(solution.identity, solution.expressions[1]).astype(float)
    world = placed.scale * local @ placed.rotation.T + placed.translation
    points = (world[seen.corners] * seen.weights[..., None]).sum(1)
    camera = replace(shot.pose.camera(240, 240, solution.lenses[0].focal), cx=shot.center[0], cy=shot.center[1])
    np.testing.assert_allclose(see(MODEL, solution, 1, seen).pixels, camera.project(points)[0], atol=1e-3)


def test_a_track_that_starts_at_its_own_point_leads_to_that_point():
    solution = solution_of(known=False, shared=True)
    solution = replace(solution, expressions=np.repeat(solution.expressions[:1], 2, 0))
    tracks = replace(tracks_of(solution), pixel=see(MODEL, solution, 0, observed()).pixels)
    second = see(MODEL, solution, 1, observed()).pixels
    np.testing.assert_allclose(follow(MODEL, solution, tracks).pixels, second, atol=1e-6)


@pytest.mark.parametrize("known", [True, False])
def test_derivatives_of_relief_are_those_of_finite_differences_at_a_held_scale(known):
    solution, seen = solution_of(known, shared=True), observed()
    relief = Relief(seen.corners, seen.weights, seen.target[:, :1], seen.whiten[:, :1, :1], 6.0)
    linear = recede(MODEL, solution, 1, relief)
    jacobian = np.zeros((*linear.pixels.shape, Columns(solution).size))
    for columns, block in linear.blocks:
        jacobian[..., columns] += block
    for column, name, moved in moves_of(solution):
        if name in ("focal", "placement scale"):
            continue
        # Differences of depth in pixels: the scale, which each solution takes at its own mean depth, is divided out.
        ends = [recede(MODEL, moved(step), 1, relief).pixels / scale_of(moved(step)) for step in (STEP, -STEP)]
        slope = scale_of(solution) * (ends[0] - ends[1]) / (2 * STEP)
        np.testing.assert_allclose(jacobian[..., column], slope, atol=1e-4 * max(1, np.abs(slope).max()), err_msg=name)


def scale_of(solution: Solution) -> float:
    """Pixels per unit at the mean depth of the observed points in the second photo."""
    seen, placed, pose = observed(), solution.placement, solution.shots[1].pose
    local = MODEL.vertices + np.tensordot(solution.identity, MODEL.identity, 1)
    local = local + np.tensordot(solution.expressions[1], MODEL.expressions, 1)  # in full precision
    world = placed.scale * local @ placed.rotation.T + placed.translation
    points = (world[seen.corners] * seen.weights[..., None]).sum(1)
    return solution.lenses[0].focal / (points @ pose.rotation[2] + pose.translation[2]).mean()
