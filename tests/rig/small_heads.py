"""A head of a few thousand vertices that moves in the simplest ways: a ball of skin with eyes, a jaw, and a neck."""

import numpy as np
from scipy.spatial import ConvexHull
from scipy.spatial.transform import Rotation

from backend.head.model import HeadModel, LandmarkTable
from backend.rig.learning import LearningConfig
from backend.rig.units import UnitsConfig
from backend.scene.face import LANDMARKS
from backend.scene.head import EYEBALL, FACE, NECK, SCALP

HINGE, OPENING = np.array([0.0, -0.005, -0.01]), np.radians(22)  # the jaw's axis is parallel to x
# Enough for so small a head, and quick.
QUICK = LearningConfig(units=UnitsConfig(500), modes=16, width=64, witnesses=150, shown=40, states=1500, steps=1200)
EYE = np.array([0.031, -0.07, 0.03])


def small_head() -> HeadModel:
    """Meters; 1,600 vertices of skin and two balls of 150, with the keys jawOpen, eyeBlink and mouthSmile."""
    skin = _ball(1600) * [0.075, 0.1, 0.13] + [0, 0, 0.0]
    balls = [_eyeball() + EYE * [side, 1, 1] for side in (1, -1)]
    vertices = np.concatenate([skin, *balls])
    region = np.full(len(vertices), FACE, np.uint8)
    region[vertices[:, 1] > 0] = SCALP
    region[vertices[:, 2] < -0.09] = NECK
    region[len(skin) :] = EYEBALL
    polygons = np.concatenate(
        [ConvexHull(part).simplices + start for part, start in zip([skin, *balls], [0, 1600, 1750], strict=True)]
    )
    polygons = np.column_stack([polygons, np.full(len(polygons), -1)]).astype(np.int32)
    keys = _keys(vertices, region)
    count = len(vertices)
    return HeadModel(
        name="small", license="none", vertices=vertices.astype(np.float32), polygons=polygons,
        uvs=np.zeros((count, 2), np.float32), uv_polygons=polygons, region=region,
        mirror=np.arange(count, dtype=np.int32), identity=np.zeros((1, count, 3), np.float32), identity_names=("none",),
        expressions=np.stack(list(keys.values())).astype(np.float32), expression_names=tuple(keys),
        landmarks=LandmarkTable(np.zeros((LANDMARKS, 3), np.int32), np.ones((LANDMARKS, 3), np.float32) / 3,
                                np.ones(LANDMARKS, np.float32)),
    )  # fmt: skip


def _ball(count: int) -> np.ndarray:
    """Points (count, 3) spread evenly over the unit sphere (Fibonacci lattice)."""
    height = 1 - 2 * (np.arange(count) + 0.5) / count
    turn = np.pi * (1 + 5**0.5) * np.arange(count)
    ring = np.sqrt(1 - height**2)
    return np.column_stack([ring * np.cos(turn), ring * np.sin(turn), height])


def _eyeball() -> np.ndarray:
    """Twelve millimeters, with a cornea towards -Y."""
    points = _ball(150)
    return points * 0.012 * (1 + 0.15 * np.clip(-points[:, 1:2] - 0.8, 0, None) / 0.2)


def _keys(vertices: np.ndarray, region: np.ndarray) -> dict[str, np.ndarray]:
    skin = (region != EYEBALL)[:, None]
    turn = Rotation.from_rotvec([OPENING, 0, 0]).as_matrix() - np.eye(3)
    jaw = 1 / (1 + np.exp((vertices[:, 2:] + 0.05) / 0.006)) / (1 + np.exp((vertices[:, 1:2] + 0.01) / 0.006)) * skin
    keys = {"jawOpen": jaw * ((vertices - HINGE) @ turn.T)}
    for side, name in ((1, "Left"), (-1, "Right")):
        for key, middle, width, move in (
            ("eyeBlink", (EYE + [0, -0.015, 0.008]) * [side, 1, 1], 0.012, (0, 0, -0.008)),
            ("mouthSmile", np.array([side * 0.04, -0.08, -0.04]), 0.015, (side * 0.006, 0.002, 0.008)),
        ):
            near = np.exp(-((vertices - middle) ** 2).sum(1, keepdims=True) / (2 * width**2))
            keys[key + name] = near * skin * np.array(move)
    return keys
