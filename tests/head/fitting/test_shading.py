"""Shape from shading on an egg-shaped head whose light, albedo and identity are known."""

from dataclasses import replace

import numpy as np
import pytest

from backend.head.fitting.bundle import BundleConfig, Evidence, solve
from backend.head.fitting.linear import Columns
from backend.head.fitting.pose import Pose
from backend.head.fitting.shading import add_shading, shading_of
from backend.head.fitting.sight import look
from backend.head.fitting.skin_light import LAMPS, openness_of, received
from backend.head.fitting.solution import Lens, Placement, Shot, Solution
from backend.head.fitting.turning import ring_of, turning_normals
from backend.head.model import HeadModel, LandmarkTable
from backend.scene import Surface

SIDE, FOCAL = 256, 600.0
TRUTH = np.array([0.9, -0.8, 0.7])


def egg_model() -> HeadModel:
    """An ellipsoid of 3 mm triangles with three smooth identity directions along its normals."""
    rows, columns = 70, 110
    height, turn = np.meshgrid(
        np.linspace(0.04, np.pi - 0.04, rows), np.arange(columns) / columns * 2 * np.pi, indexing="ij"
    )
    unit = np.stack([np.sin(height) * np.cos(turn), np.sin(height) * np.sin(turn), np.cos(height)], -1).reshape(-1, 3)
    points = unit * [0.075, 0.09, 0.11]
    first = np.add.outer(np.arange(rows - 1) * columns, np.arange(columns))
    second = np.add.outer(np.arange(rows - 1) * columns, (np.arange(columns) + 1) % columns)
    polygons = np.stack([first, first + columns, second + columns, second], -1).reshape(-1, 4).astype(np.int32)
    waves = [
        np.cos(60 * points[:, 0]),
        np.cos(55 * points[:, 2]),
        np.sin(45 * points[:, 2]) * np.cos(40 * points[:, 0]),
    ]
    count = len(points)
    nowhere = LandmarkTable(np.zeros((478, 3), np.int32), np.zeros((478, 3), np.float32), np.full(478, np.inf))
    return HeadModel(
        name="egg", license="none", vertices=points.astype(np.float32), polygons=polygons, uvs=np.zeros((count, 2)),
        uv_polygons=polygons, region=np.zeros(count, np.uint8), mirror=np.arange(count),
        identity=np.stack([0.002 * wave[:, None] * unit for wave in waves]).astype(np.float32),
        identity_names=("a", "b", "c"), expressions=(0.002 * np.sin(70 * points[:, :1]) * unit)[None],
        expression_names=("own",), landmarks=nowhere,
    )  # fmt: skip


def seen_at(identity: np.ndarray) -> Solution:
    """A camera before the egg's face."""
    pose = Pose(np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]), np.array([0.0, 0, 0.7]))
    lens = Lens(FOCAL, FOCAL, 0.0)
    shot = Shot(pose, (SIDE / 2, SIDE / 2), 0)
    return Solution(identity, np.zeros((1, 1)), (shot,), (lens,), Placement(1.0, np.eye(3), np.zeros(3)), False)


def photographed(model: HeadModel, faces: np.ndarray, camera, paint: float) -> np.ndarray:
    """sRGB photo (H, W, 3) of the true head under one broad lamp and a dim sky; paint: how patchy the skin is."""
    rng = np.random.default_rng(5)
    points = model.shape(TRUTH, np.zeros(1)).astype(float)
    normals = Surface(points, faces).vertex_normals()
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    lamps = 0.3 + 5 * np.exp((LAMPS @ np.array([0.5, -0.6, 0.62]) - 1) / 0.1)
    light = received(normals, np.ones((len(points), len(LAMPS)))) @ lamps
    waves = rng.normal(size=(3, 60)) / 0.010
    patches = np.cos(points @ waves + rng.uniform(0, 6.28, 60)) @ rng.normal(size=60) * np.sqrt(2 / 60)
    sight = look(points, faces, camera)
    brightness = (light * np.exp(paint * patches))[faces[sight.face]]
    linear = np.where(sight.covered, (brightness * sight.weights).sum(-1), 0.0)
    linear = 0.6 * linear / linear.max() + rng.normal(0, 0.001, linear.shape)
    photo = 1.055 * np.maximum(linear, 1e-4) ** (1 / 2.4) - 0.055
    return np.repeat(photo[..., None] * [1.0], 3, -1).astype(np.float32) * np.float32([1.0, 0.9, 0.8])


@pytest.fixture(scope="module")
def scene():
    """Model, faces, openness and camera."""
    model = egg_model()
    faces = model.triangles(model.polygons)
    return model, faces, openness_of(model, faces), seen_at(np.zeros(3)).shots[0].pose.camera(SIDE, SIDE, FOCAL)


def judged(scene, solution: Solution, paint: float):
    model, faces, openness, camera = scene
    sight = look(model.shape(solution.identity, np.zeros(1)).astype(float), faces, camera)
    photo = photographed(model, faces, camera, paint)
    return shading_of(0, model, solution, faces, openness, camera, sight, photo, np.ones((SIDE, SIDE), np.float32))


def test_shading_finds_the_shape(scene):
    solution = seen_at(np.zeros(3))
    held = replace(BundleConfig(), rounds=6, expression_deviation=1e-3)
    for _ in range(3):
        shading = judged(scene, solution, 0.02)
        found = solve(scene[0], solution, Evidence([[]], shading=[shading]), held)
        solution = replace(solution, identity=found.identity)
    assert np.linalg.norm(solution.identity - TRUTH) < 0.4 * np.linalg.norm(TRUTH)


def test_the_right_hand_side_is_the_slope_of_the_cost(scene):
    solution = seen_at(np.array([0.2, -0.1, 0.3]))
    shading, size = judged(scene, solution, 0.02), Columns(solution).size

    def cost(identity):
        matrix, right = np.zeros((size, size)), np.zeros(size)
        return add_shading(matrix, right, scene[0], replace(solution, identity=identity), shading), right

    for axis in np.eye(3):
        step = 1e-3 * axis
        slope = (cost(solution.identity + step)[0] - cost(solution.identity - step)[0]) / 2e-3
        assert slope == pytest.approx(-2 * cost(solution.identity)[1][:3] @ axis, rel=0.15, abs=2.0)


def test_skin_that_light_does_not_explain_says_nothing(scene):
    assert judged(scene, seen_at(np.zeros(3)), 0.6) is None


def test_normals_turn_as_finite_differences_do(scene):
    model, faces = scene[:2]
    solution = seen_at(np.array([0.3, 0.5, -0.2]))
    ring = ring_of(np.arange(2000, 2400, 7), faces, len(model.vertices))
    precise = replace(model, vertices=model.vertices.astype(float))
    blocks = turning_normals(precise, solution, 0, ring)[1]
    for axis in range(3):
        step = 0.1 * np.eye(3)[axis]
        ahead, behind = (
            turning_normals(precise, replace(solution, identity=solution.identity + sign * step), 0, ring)[0]
            for sign in (1, -1)
        )
        np.testing.assert_allclose((ahead - behind) / 0.2, blocks[0][1][:, :, axis], atol=2e-3)


def test_nothing_hides_an_egg_from_lamps_above_its_skin(scene):
    model, faces, openness, _ = scene
    normals = Surface(model.vertices.astype(float), faces).vertex_normals()[openness.vertices]
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    above = normals @ LAMPS.T > 0.3
    assert openness.visible[above].mean() > 0.99
    assert openness.visible[normals @ LAMPS.T < -0.3].mean() < 0.01
