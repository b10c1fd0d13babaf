"""A closed, textured ball with seams, small enough to be written in milliseconds."""

import numpy as np
import trimesh
from PIL import Image

from backend.asset.result import CleanMesh, Result
from backend.scene import Bounds, Camera, Capture, Joint, Maps, Rig, Surface, TexturedSurface, UvAtlas, View
from backend.scene.head import EYEBALL, FACE
from backend.scene.polygons import halves
from backend.scene.rig import JOINTS

CENTER = np.array([0.3, -0.2, 1.1])
RADIUS = 0.12


def ball(subdivisions: int = 3) -> Surface:
    """An icosphere in the world frame."""
    mesh = trimesh.creation.icosphere(subdivisions, RADIUS)
    return Surface(np.array(mesh.vertices + CENTER, np.float32), np.array(mesh.faces, np.int32))


def quad_ball(rings: int = 8, around: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """A unit ball of quads with triangles at its poles: vertices (V, 3), polygons (P, 4)."""
    down, turn = np.meshgrid(np.pi * np.arange(1, rings) / rings, 2 * np.pi * np.arange(around) / around, indexing="ij")
    bands = np.stack([np.sin(down) * np.cos(turn), np.sin(down) * np.sin(turn), np.cos(down)], -1).reshape(-1, 3)
    row, column = (part.ravel() for part in np.meshgrid(np.arange(rings - 2), np.arange(around), indexing="ij"))
    along = (column + 1) % around
    upper, lower = row * around, (row + 1) * around
    quads = np.stack([upper + column, lower + column, lower + along, upper + along], 1)
    first, last, edge = len(bands), len(bands) + 1, np.arange(around)
    none, ahead, foot = np.full(around, -1), (edge + 1) % around, (rings - 2) * around
    caps = np.stack([np.full(around, first), edge, ahead, none], 1)
    soles = np.stack([np.full(around, last), foot + ahead, foot + edge, none], 1)
    return np.concatenate([bands, [[0, 0, 1], [0, 0, -1]]]), np.concatenate([caps, quads, soles])


def clean(seed: int = 4) -> CleanMesh:
    """The ball in quads, with a rig and textures of its own."""
    directions, polygons = quad_ball()
    quads = polygons[:, 3] >= 0
    surface = Surface(np.float32(CENTER + RADIUS * directions), halves(polygons, quads).astype(np.int32))
    uvs = np.random.default_rng(seed).random((len(directions), 2), np.float32)
    return CleanMesh(TexturedSurface(surface, UvAtlas(uvs, surface.faces), maps(32, seed)), polygons, rig(surface))


def cut_atlas(surface: Surface, seed: int = 0) -> UvAtlas:
    """Four charts: seams run along the quadrants of longitude; the order of its coordinates is shuffled."""
    local = (surface.vertices - CENTER) / RADIUS
    quadrant = (local[surface.faces].mean(1)[:, 0] > 0) * 2 + (local[surface.faces].mean(1)[:, 1] > 0)
    pairs, faces = np.unique(surface.faces * 4 + quadrant[:, None], return_inverse=True)
    vertex, chart = np.divmod(pairs, 4)
    uvs = (local[vertex][:, [1, 2]] * 0.2 + 0.25 + 0.5 * np.stack([chart % 2, chart // 2], 1)).astype(np.float32)
    order = np.random.default_rng(seed).permutation(len(uvs))
    where = np.empty_like(order)
    where[order] = np.arange(len(order))
    return UvAtlas(uvs[order], where[faces].reshape(-1, 3).astype(np.int32))


def rig(surface: Surface, seed: int = 1) -> Rig:
    """Random keys on a ball whose two ends along x are its eyes; a look key turns the left one only."""
    rng, count = np.random.default_rng(seed), len(surface.vertices)
    side = (surface.vertices[:, 0] - CENTER[0]) / RADIUS
    region = np.where(np.abs(side) > 0.8, EYEBALL, FACE).astype(np.uint8)
    still = (region == EYEBALL)[:, None]
    jaw, look = (rng.normal(size=(2, count, 3)) * 0.01).astype(np.float32)
    keys = {"eyeLookUpLeft": np.where(side[:, None] > 0.8, look, 0), "jawOpen": np.where(still, 0, jaw)}
    ends = {"eyeLeft": RADIUS * np.array([0.9, 0, 0]), "eyeRight": RADIUS * np.array([-0.9, 0, 0])}
    parents = (None, "neck", "head", "head", "head")
    joints = tuple(
        Joint(name, parent, np.float32(CENTER + ends.get(name, np.zeros(3))), np.float32(CENTER - [0, RADIUS, 0]))
        for name, parent in zip(JOINTS, parents, strict=True)
    )
    weights = np.float32(rng.dirichlet(np.ones(len(JOINTS)), count))
    worn = {"jawOpen": 0.25}
    return Rig(keys, {"jawOpen+eyeLookUpLeft": 0.1 * keys["jawOpen"]}, joints, weights, region, {"a": worn}, worn)


def maps(side: int = 64, seed: int = 0) -> Maps:
    """Random textures."""
    rng = np.random.default_rng(seed)
    photo, albedo, normal = (rng.random((side, side, 3), np.float32) for _ in range(3))
    return Maps(photo, albedo, normal, rng.random((side, side, 1), np.float32))


def camera(angle: float = 0.0, width: int = 48, height: int = 40) -> Camera:
    """Looks at the ball from its side, +Z up."""
    back = np.array([np.cos(angle), np.sin(angle), 0.0])
    pose = np.eye(4)
    pose[:3, :3] = np.stack([[-back[1], back[0], 0], [0, 0, 1], back], 1)
    pose[:3, 3] = CENTER + 0.6 * back
    return Camera(width, height, 70.0 * width / 48, 71.0 * width / 48, width / 2 + 1.5, height / 2 - 0.5, pose)


def view(folder, name: str = "a", angle: float = 0.0) -> View:
    """A view whose photo lies in `folder`."""
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (40, 48, 3), np.uint8)
    Image.fromarray(pixels).save(folder / f"{name}.png")
    mask = np.zeros((40, 48), np.float32)
    mask[8:30, 10:40] = 1
    return View(name, (pixels / 255).astype(np.float32), mask, camera(angle), folder / f"{name}.png")


def result(folder, **changes) -> Result:
    """A whole result of two views."""
    surface = ball()
    textured = TexturedSurface(surface, cut_atlas(surface), maps())
    capture = Capture((view(folder, "a"), view(folder, "b", 1.0)), Bounds(CENTER, RADIUS))
    picture = np.full((20, 30, 3), 0.5, np.float32)
    values = {
        "textured": textured,
        "capture": capture,
        "report": {"seed": 5, "seconds": {"fit": np.float32(1.5)}, "held_out": {"psnr": float("inf")}},
        "preview": picture,
        "contact_sheet": picture,
        "checkpoint": {"distances": np.arange(12, dtype=np.float32).reshape(3, 4)},
    }
    return Result(**{**values, **changes})
