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
from ...scene import Surface
from ...scene.head import EAR, SCALP
from ..model import HeadModel
from .fit import HeadFit
from .hair_cover import Cover, cover_of
from .hair_rim import hair_of, rim_of
from .photo import HeadPhoto
from .shell import Points, Shell
from .sight import look

_RIM = 0.002  # metres along the rim that weigh one point
_ACROSS = 0.5  # least cosine between hair's direction and the rim's outward normal
_BARE = 1e6  # 1 / metre^2: how hard bare skin stays where it is
_REPAIRS = 40
_UPRIGHT = 0.05  # least cosine between a triangle's normals on the skin and in the shell


@dataclass(frozen=True)
class HairConfig:
    """Lengths in metres."""

    side: int = 1024  # pixels along the photos' longer side
    rounds: int = 4  # of drawing the shell and moving its rim
    thinnest: tuple[float, float] = (0.0015, 0.004)  # typical thickness that is none, and that is all hair
    thickest: float = 0.06
    near: float = 0.02  # of hair, within which what is no skin of the person belongs to it
    tension: float = 0.02  # of the shell, beside 1 for what is known every two millimeters
    length: float = 0.015  # over which the shell bends
    settle: float = 0.08  # within which thickness becomes the usual one where no photo shows the scalp
    root: tuple[float, float, float] = (0.3, 0.015, 0.03)  # of the usual thickness; reached within; how firmly, settling
    mirrored: float = 0.05  # how much a rim says of the head's other side
    nape: float = 0.35  # thickness at the scalp's lower end, as a share of the usual one
    smooth: float = 0.02  # over which the directions of hair are evened out


@dataclass(frozen=True)
class Hair:
    """What hair adds to a model: offset (V, 3) metres in the model's frame; region (V,) with all it covers as scalp."""

    offset: np.ndarray
    region: np.ndarray


def hair_on(fit: HeadFit, photos: Sequence[HeadPhoto], config: HairConfig = HairConfig()) -> Hair | None:
    """The hair that the photos show; None without any (bald, or no thicker than skin can tell)."""
    shown = [(photo.shrunk(config.side), camera) for photo, camera in zip(photos, fit.cameras, strict=True)
             if photo.face is not None and photo.face.masks is not None]  # fmt: skip
    if not shown or not any((photo.face.masks.hair > 127).any() for photo, _ in shown):
        return None
    photos, cameras = zip(*((photo, camera.resized(*photo.size)) for photo, camera in shown), strict=True)
    model = fit.model
    local = fit.vertices()
    placed = fit.solution.placement
    local = (local - placed.translation) @ placed.rotation / placed.scale
    shell = _Skull.of(model, local, config)
    cover = cover_of(model, shell.shell, local, _placed(fit, local), photos, cameras)
    base = shell.without_ears(cover.share > 0.5)
    thickness = _thickness(fit, shell, base, cover, photos, cameras, config)
    if thickness is None:
        return None
    thickness = _unfolded(base, shell.directions, shell.faces, thickness)
    offset = base - local + thickness[:, None] * shell.directions
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

    @staticmethod
    def of(model: HeadModel, local: np.ndarray, config: HairConfig) -> "_Skull":
        faces = model.triangles(model.polygons).astype(np.int32)
        flat = _flattened(model, local, faces)
        shell = Shell(flat, faces)
        directions = shell.smooth(Surface(flat.astype(np.float32), faces).vertex_normals().astype(float), config.smooth)
        directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
        return _Skull(model, local, flat, faces, directions, shell)

    def without_ears(self, covered: np.ndarray) -> np.ndarray:
        """The vertices, ears that are covered (V,) bool laid flat."""
        return np.where(((self.model.region == EAR) & covered)[:, None], self.flat, self.local)


def _flattened(model: HeadModel, local: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """The vertices with ears drawn tight like skins of drums over their roots."""
    ear = np.flatnonzero(model.region == EAR)
    result = local.astype(float).copy()
    if len(ear):
        graph = laplacian(faces, len(local)).astype(float)[ear]
        fixed = np.setdiff1d(np.arange(len(local)), ear)
        pull = graph[:, ear] + 1e-9 * identity(len(ear))
        result[ear] = splu(pull.tocsc()).solve(-(graph[:, fixed] @ result[fixed]))
    return result


def _thickness(fit, skull: _Skull, base, cover: Cover, photos, cameras, config: HairConfig) -> np.ndarray | None:
    """(V,) metres of hair; None where it is too thin to tell."""
    covered = cover.share > 0.5
    free = cover.share > 0.05
    open_ears = (skull.model.region == EAR) & ~covered
    drawn = skull.faces[~open_ears[skull.faces].any(1)]
    thickness, usual, gain = np.zeros(len(base)), None, 1.0
    for _ in range(config.rounds):
        world = _placed(fit, base + thickness[:, None] * skull.directions)
        known = Points.joined([
            _rim_points(photo, camera, world, drawn, skull, fit, thickness, config)
            for photo, camera in zip(photos, cameras, strict=True)
        ])  # fmt: skip
        known = _kept(known, cover.share > 0.5); print('round', len(known.value), np.percentile(known.value - known.at(thickness), [5,25,50,75,95]))
        if usual is None:
            usual = float(np.median(known.value)) if len(known.value) else 0.0
            low, high = config.thinnest
            gain = np.clip((usual - low) / (high - low), 0, 1)
            if gain <= 0:
                return None
        prior, hold = _prior(skull, cover, usual, config)
        known = Points.joined([known, _mirrored(known, skull.model.mirror, config.mirrored)])
        thickness = np.clip(skull.shell.bend(free, known, prior, hold, config.tension, config.length), 0, config.thickest)
    return gain * thickness


def _rim_points(photo, camera, world, drawn, skull: _Skull, fit, thickness, config: HairConfig) -> Points:
    """Points on the rim of what is drawn, and how thick hair would have to be there."""
    sight = look(world, drawn, camera)
    scale = fit.solution.placement.scale
    pixel = float(np.median(sight.depth[sight.covered])) / camera.fl_x / scale
    rim = rim_of(sight, hair_of(photo, config.near / pixel), photo.person > 0.5, pixel)
    corners, weights = drawn[sight.face[rim.rows, rim.columns]], sight.weights[rim.rows, rim.columns]
    points = Points(corners, weights, rim.gap * pixel, np.full(len(rim.gap), pixel / _RIM))
    turned = points.at(skull.directions) @ fit.solution.placement.rotation.T @ camera.camera_to_world[:3, :3]
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
    back = config.nape + (1 - config.nape) * np.clip((height - lowest) / max(-lowest, 1e-3), 0, 1)
    share, within, firm = config.root
    off_skin = cKDTree(skull.local[cover.share <= 0.5]).query(skull.local)[0]
    front = share * np.clip(off_skin / within, 0, 1)
    skin = np.clip((0.75 - cover.share) / 0.5, 0, 1)
    seen = np.clip(2 * cover.seen, 0, 1)
    hold = config.tension * (seen / firm**2 + (1 - seen) / config.settle**2)
    return usual * (seen * front + (1 - seen) * back) * (1 - skin), hold * (1 - skin) + _BARE * skin


def _unfolded(base: np.ndarray, directions: np.ndarray, faces: np.ndarray, thickness: np.ndarray) -> np.ndarray:
    """The thickness, evened out and lowered where the shell would turn triangles over."""
    before = _face_normals(base, faces)
    graph = adjacency_matrix(faces, len(base))
    mean = diags(1 / np.maximum(np.asarray(graph.sum(1)).ravel(), 1)) @ graph
    for _ in range(_REPAIRS):
        turned = (before * _face_normals(base + thickness[:, None] * directions, faces)).sum(1) < _UPRIGHT
        turned &= (thickness[faces] > 0).any(1)
        if not turned.any():
            return thickness
        bad = np.zeros(len(base))
        bad[faces[turned]] = 1
        near = np.asarray(mean @ bad > 0) | (bad > 0)
        thickness = np.where(near, 0.9 * (0.5 * thickness + 0.5 * (mean @ thickness)), thickness)
    bad = np.zeros(len(base), bool)
    return np.where(bad, 0, thickness)


def _face_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-18)


def _placed(fit: HeadFit, local: np.ndarray) -> np.ndarray:
    placed = fit.solution.placement
    return local @ placed.rotation.T * placed.scale + placed.translation
