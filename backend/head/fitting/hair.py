"""Hair as a shell on a fitted head: its scalp moved outwards until its silhouette reaches hair's outline in the photos.

Head models end in bare skulls, and hair hides where a skull ends. What photos show of hair's outline tells how thick
it is along the rim of the head; elsewhere the thickness is that of a bent plate, zero where skin shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import diags, identity
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from ...mesh.smoothing import adjacency_matrix, laplacian
from ...scene import Camera, Surface
from ...scene.head import EAR, FACE, NECK, SCALP
from ..model import HeadModel
from .hair_cover import Cover, cover_of
from .hair_rim import hair_of, rim_of
from .photo import HeadPhoto
from .shell import Points, Shell
from .sight import look
from .solution import Placement

_ROOT = 0.008  # metres around an ear that bulge towards it
_RIM = 0.002  # metres along the rim that weigh one point
_ACROSS = 0.5  # least cosine between hair's direction and the rim's outward normal
_BARE = 1e6  # 1 / metre^2: how hard bare skin stays where it is
_REPAIRS = 40  # the latter half of which take hair away
_UPRIGHT = 0.05  # least cosine between a triangle's normals on the skin and in the shell
_Shown = Sequence[tuple[HeadPhoto, Camera]]


@dataclass(frozen=True)
class HairConfig:
    """Lengths in metres."""

    side: int = 1024  # pixels along the photos' longer side
    rounds: int = 5  # of drawing the shell and moving its rim
    thinnest: tuple[float, float] = (0.0015, 0.004)  # typical thickness that is none, and that is all hair
    thickest: float = 0.06
    near: float = 0.02  # of hair, within which what is no skin of the person belongs to it
    tension: float = 0.02  # of the shell, beside 1 for what is known every two millimeters
    length: float = 0.02  # over which the shell bends
    settle: float = 0.08  # within which thickness becomes the usual one where no photo shows the scalp
    root: float = 0.3  # thickness where photos see hair from above, as a share of the usual one
    rise: float = 0.015  # off the hairline within which that is reached
    firm: float = 0.03  # within which thickness becomes that one where a photo sees hair
    mirrored: float = 0.05  # how much a rim says of the head's other side
    nape: float = 0.35  # thickness at the scalp's lower end, as a share of the usual one
    full: float = 0.05  # above the ears, from where on the back has all of it
    comb: float = 0.008  # over which thick hair is evened out
    combs: int = 2
    comb_from: float = 0.008  # thickness that is thick in that sense
    smooth: float = 0.02  # over which the directions of hair are evened out


@dataclass(frozen=True)
class Hair:
    """What hair adds to a model: offset (V, 3) metres in the model's frame; region (V,) with all it covers as scalp."""

    offset: np.ndarray
    region: np.ndarray


def hair_on(
    model: HeadModel, local: np.ndarray, placement: Placement, photos: Sequence[HeadPhoto],
    cameras: Sequence[Camera], config: HairConfig = HairConfig(),
) -> Hair | None:  # fmt: skip
    """The hair that the photos show on the head local (V, 3) metres, in the model's frame, where it was placed.

    None without any: bald, or no thicker than the photos can tell.
    """
    shown = [(photo.shrunk(config.side), camera) for photo, camera in zip(photos, cameras, strict=True)
             if photo.face is not None and photo.face.masks is not None]  # fmt: skip
    shown = [(photo, camera.resized(*photo.size)) for photo, camera in shown]
    if not any((photo.face.masks.hair > 127).any() for photo, _ in shown):
        return None
    skull = _Skull.of(model, local.astype(float), placement, config)
    cover = cover_of(model, skull.shell, skull.local, skull.world(skull.local), shown)
    base = skull.without_ears(cover)
    thickness = _thickness(skull, base, cover, shown, config)
    if thickness is None:
        return None
    thickness = _unfolded(base, skull.directions, skull.faces, thickness)
    offset = _combed(base + thickness[:, None] * skull.directions, thickness, skull.faces, config) - skull.local
    region = model.region.copy()
    region[(cover.share > 0.5) & (thickness > 0)] = SCALP
    return Hair(offset.astype(np.float32), region)


@dataclass(frozen=True)
class _Skull:
    """The bare head: faces (F, 3) of its skin, smooth outward directions (V, 3) that know of no ears."""

    model: HeadModel
    local: np.ndarray
    flat: np.ndarray
    faces: np.ndarray
    directions: np.ndarray
    shell: Shell
    placement: Placement

    @staticmethod
    def of(model: HeadModel, local: np.ndarray, placement: Placement, config: HairConfig) -> "_Skull":
        faces = model.triangles(model.polygons).astype(np.int32)
        flat = _flattened(model, local, faces)
        shell = Shell(flat, faces)
        directions = shell.smooth(Surface(flat.astype(np.float32), faces).vertex_normals().astype(float), config.smooth)
        directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
        return _Skull(model, local, flat, faces, directions, shell, placement)

    def without_ears(self, cover: Cover) -> np.ndarray:
        """The vertices, ears that hair hides laid flat, and what hair covers around them evened out with them."""
        blend = np.where(self.model.region == EAR, cover.hidden, np.clip(2 * cover.share - 1, 0, 1))
        return self.local + blend[:, None] * (self.flat - self.local)

    def world(self, local: np.ndarray) -> np.ndarray:
        """local (V, 3) in the model's frame -> the cameras' world."""
        return local @ self.placement.rotation.T * self.placement.scale + self.placement.translation


def _flattened(model: HeadModel, local: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """The vertices with ears drawn tight like skins of drums over what lies around their roots."""
    region = model.region
    result = local.astype(float).copy()
    if not (region == EAR).any():
        return result
    near = cKDTree(local[region == EAR]).query(local)[0] < _ROOT
    ear = np.flatnonzero((region == EAR) | (near & np.isin(region, (FACE, SCALP, NECK))))
    graph = laplacian(faces, len(local)).astype(float)[ear]
    fixed = np.setdiff1d(np.arange(len(local)), ear)
    pull = graph[:, ear] + 1e-9 * identity(len(ear))
    result[ear] = splu(pull.tocsc()).solve(-(graph[:, fixed] @ result[fixed]))
    return result


def _thickness(skull: _Skull, base: np.ndarray, cover: Cover, shown: _Shown, config: HairConfig) -> np.ndarray | None:
    """(V,) metres of hair; None where it is too thin to tell."""
    free = cover.share > 0.05
    open_ears = (skull.model.region == EAR) & ~cover.hidden
    drawn = skull.faces[~open_ears[skull.faces].any(1)]
    thickness, usual, gain = np.zeros(len(base)), None, 1.0
    for number in range(config.rounds):
        world = skull.world(base + thickness[:, None] * skull.directions)
        known = Points.joined([
            _rim_points(photo, camera, world, drawn, skull, thickness, config) for photo, camera in shown
        ])  # fmt: skip
        known = _kept(known, cover.share > 0.5)
        if usual is None:
            usual = float(np.median(known.value)) if len(known.value) else 0.0
            low, high = config.thinnest
            gain = np.clip((usual - low) / (high - low), 0, 1)
            if gain <= 0:
                return None
        prior, hold = _prior(skull, cover, usual, config)
        known = Points.joined([known, _mirrored(known, skull.model.mirror, config.mirrored)])
        bent = skull.shell.bend(free, known, prior, hold, config.tension, config.length)
        # Half steps after the first: what is the rim changes with the shell, and whole steps would go to and fro.
        thickness = np.clip(0.5 * (bent + (thickness if number else bent)), 0, config.thickest)
    return gain * thickness


def _rim_points(photo, camera, world, drawn, skull: _Skull, thickness, config: HairConfig) -> Points:
    """Points on the rim of what is drawn, and how thick hair would have to be there."""
    sight = look(world, drawn, camera)
    if not sight.covered.any():
        return Points.joined([])
    pixel = float(np.median(sight.depth[sight.covered])) / camera.fl_x / skull.placement.scale
    rim = rim_of(sight, hair_of(photo, config.near / pixel), photo.person > 0.5, pixel)
    corners, weights = drawn[sight.face[rim.rows, rim.columns]], sight.weights[rim.rows, rim.columns]
    points = Points(corners, weights, rim.gap * pixel, np.full(len(rim.gap), pixel / _RIM))
    turned = points.at(skull.directions) @ skull.placement.rotation.T @ camera.camera_to_world[:3, :3]
    across = (turned[:, :2] * [1, -1] * rim.outward).sum(1)
    kept = across > _ACROSS
    value = np.clip(points.at(thickness) + points.value / np.maximum(across, _ACROSS), 0, config.thickest)
    return Points(corners[kept], weights[kept], value[kept], points.weight[kept])


def _kept(points: Points, covered: np.ndarray) -> Points:
    """Those that hair covers."""
    kept = covered[points.corners].all(1)
    return Points(points.corners[kept], points.weights[kept], points.value[kept], points.weight[kept])


def _mirrored(points: Points, mirror: np.ndarray, weight: float) -> Points:
    return Points(mirror[points.corners], points.weights, points.value, weight * points.weight)


def _prior(skull: _Skull, cover: Cover, usual: float, config: HairConfig) -> tuple[np.ndarray, np.ndarray]:
    """Usual thickness (V,) and how hard it holds (V,): nothing on skin, little at the hairline, all where none sees."""
    height = skull.local[:, 2]
    lowest = height[skull.model.region == SCALP].min()
    back = config.nape + (1 - config.nape) * np.clip((height - lowest) / max(config.full - lowest, 1e-3), 0, 1)
    off_skin = cKDTree(skull.local[cover.share <= 0.5]).query(skull.local)[0]
    front = config.root * np.clip(off_skin / config.rise, 0, 1)
    skin = np.clip((0.6 - cover.share) / 0.4, 0, 1)
    seen = np.clip(2 * cover.seen, 0, 1)
    hold = config.tension * (seen / config.firm**2 + (1 - seen) / config.settle**2)
    return usual * (seen * front + (1 - seen) * back) * (1 - skin), hold * (1 - skin) + _BARE * skin


def _combed(vertices: np.ndarray, thickness: np.ndarray, faces: np.ndarray, config: HairConfig) -> np.ndarray:
    """The outer surface (V, 3) evened out where hair is thick: what lies below no longer shows in it."""
    shell = Shell(vertices, faces)
    even = vertices
    for _ in range(config.combs):
        even = shell.smooth(even, config.comb)
        even += even - shell.smooth(even, config.comb)  # smoothing alone would shrink it (Taubin 1995)
    share = np.clip(thickness / config.comb_from, 0, 1)[:, None]
    return vertices + share * (even - vertices)


def _unfolded(base: np.ndarray, directions: np.ndarray, faces: np.ndarray, thickness: np.ndarray) -> np.ndarray:
    """The thickness, evened out and lowered where the shell would turn triangles over."""
    before = _face_normals(base, faces)
    graph = adjacency_matrix(faces, len(base))
    mean = diags(1 / np.maximum(np.asarray(graph.sum(1)).ravel(), 1)) @ graph
    for number in range(_REPAIRS):
        turned = (before * _face_normals(base + thickness[:, None] * directions, faces)).sum(1) < _UPRIGHT
        turned &= (thickness[faces] > 0).any(1)
        if not turned.any():
            break
        near = np.zeros(len(base))
        near[faces[turned]] = 1
        lower = 0.45 * (thickness + mean @ thickness) if number < _REPAIRS // 2 else 0
        thickness = np.where(near + mean @ near > 0, lower, thickness)
    return thickness


def _face_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-18)
