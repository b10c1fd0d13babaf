"""A head of three balls that moves: a skin, and two eyes that are part of the same surface, with every key of ARKit."""

import dataclasses

import numpy as np
import trimesh

from backend.asset.result import CleanMesh, Result
from backend.scene import ARKIT, Joint, Rig, Surface, TexturedSurface, UvAtlas
from backend.scene.head import EYEBALL, FACE
from backend.scene.polygons import halves
from backend.scene.rig import GAZE
from tests.asset import subjects

EYES = {"Left": np.array([0.03, -0.085, 0.03]), "Right": np.array([-0.03, -0.085, 0.03])}  # centers
EYE_RADIUS = 0.012
PAIR = "jawOpen+mouthClose"


def surface(subdivisions: int = 3, shift: tuple = (0, 0, 0)) -> tuple[Surface, np.ndarray]:
    """The balls, and their regions (V,). The eyes come first, so that vertices of the skin get other numbers."""
    balls = [trimesh.creation.icosphere(2, EYE_RADIUS) for _ in EYES]
    for ball, center in zip(balls, EYES.values(), strict=True):
        ball.apply_translation(center)
    balls.append(trimesh.creation.icosphere(subdivisions, 0.1))
    whole = trimesh.util.concatenate(balls)
    region = np.repeat(np.uint8([EYEBALL, EYEBALL, FACE]), [len(ball.vertices) for ball in balls])
    return Surface(np.array(whole.vertices + shift, np.float32), np.array(whole.faces, np.int32)), region


def turn(side: str, nod: float = 0.0, turned: float = 0.0) -> np.ndarray:
    """(3, 3): looking down by `nod` and then to the head's left by `turned`, degrees."""
    one, two = np.radians([nod, turned])
    about_x = np.array([[1, 0, 0], [0, np.cos(one), -np.sin(one)], [0, np.sin(one), np.cos(one)]])
    about_z = np.array([[np.cos(two), -np.sin(two), 0], [np.sin(two), np.cos(two), 0], [0, 0, 1]])
    return about_z @ about_x


def gaze_of(key: str) -> np.ndarray:
    """(3, 3): what a key of ARKit's eyeLook does to its eye at 1. Down is a nod, out is away from the nose."""
    side = "Left" if key.endswith("Left") else "Right"
    direction, outwards = key.removesuffix(side), 1 if side == "Left" else -1
    degrees = GAZE[direction]
    return {
        "eyeLookDown": turn(side, nod=degrees), "eyeLookUp": turn(side, nod=-degrees),
        "eyeLookOut": turn(side, turned=outwards * degrees), "eyeLookIn": turn(side, turned=-outwards * degrees),
    }[direction]  # fmt: skip


def rig(surface: Surface, region: np.ndarray, seed: int = 0, shift: tuple = (0, 0, 0)) -> Rig:
    """Keys that move the skin at random, and the eyes by turns; weights of two bones at each vertex."""
    rng = np.random.default_rng(seed)
    skin = region != EYEBALL
    moves = {}
    for name in (*ARKIT, PAIR):
        moves[name] = np.where(skin[:, None], rng.normal(0, 0.002, (len(region), 3)), 0).astype(np.float32)
    joints = (
        Joint("neck", None, np.array([0, 0.03, -0.15]), np.array([0, 0.01, -0.06])),
        Joint("head", "neck", np.array([0, 0.01, -0.06]), np.array([0, 0, 0.1])),
        Joint("jaw", "head", np.array([0, -0.01, -0.02]), np.array([0, -0.08, -0.06])),
        *(Joint("eye" + side, "head", center, center + [0, -0.03, 0]) for side, center in EYES.items()),
    )
    joints = tuple(dataclasses.replace(j, head=j.head + shift, tail=j.tail + shift) for j in joints)
    weights = np.zeros((len(region), 5), np.float32)
    jaw = np.clip(-surface.vertices[:, 2] * 10, 0, 1)
    weights[:, 1], weights[:, 2] = 1 - jaw, jaw
    weights[~skin] = 0
    weights[: len(region[~skin]) // 2, 3] = 1
    weights[len(region[~skin]) // 2 : len(region[~skin]), 4] = 1
    photos = {"a": {"jawOpen": 0.4, "mouthSmileLeft": 0.25}, "b": {}}
    return Rig({name: moves[name] for name in ARKIT}, {PAIR: moves[PAIR]}, joints, weights, region, photos, {
        "mouthSmileLeft": 0.125,
    })  # fmt: skip


def result(folder, subdivisions: int = 3, seed: int = 0, shift: tuple = (0, 0, 0), **changes) -> Result:
    """A whole result of such a head."""
    head, region = surface(subdivisions, shift)
    uvs = np.random.default_rng(0).random((len(head.vertices), 2), np.float32)
    textured = TexturedSurface(head, UvAtlas(uvs, head.faces), subjects.maps(seed=seed))
    report = {"settings": {"subject": "head"}}
    made = rig(head, region, seed, shift)
    return subjects.result(folder, **{"textured": textured, "report": report, "rig": made, **changes})


def clean(seed: int = 0, shift: tuple = (0, 0, 0)) -> CleanMesh:
    """Such a head in quads: the skin first, and a texture of its own."""
    directions, polygons = subjects.quad_ball()
    balls = [0.1 * directions, *(center + EYE_RADIUS * directions for center in EYES.values())]
    rows = [np.where(polygons >= 0, polygons + number * len(directions), -1) for number in range(3)]
    whole, region = np.concatenate(rows), np.repeat(np.uint8([FACE, EYEBALL, EYEBALL]), len(directions))
    faces = halves(whole, whole[:, 3] >= 0).astype(np.int32)
    head = Surface(np.float32(np.concatenate(balls) + shift), faces)
    uvs = np.random.default_rng(2).random((len(head.vertices), 2), np.float32)
    textured = TexturedSurface(head, UvAtlas(uvs, faces), subjects.maps(32, seed=seed + 7))
    return CleanMesh(textured, whole, rig(head, region, seed, shift))
