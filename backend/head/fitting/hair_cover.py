"""Where hair covers a fitted head: what the photos show of it, continued over what they do not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_fill_holes, map_coordinates
from scipy.spatial import cKDTree

from ...scene import Camera, FaceMasks, Surface
from ...scene.head import EAR, FACE, NECK, SCALP
from ..model import HeadModel
from .photo import HeadPhoto
from .shell import Shell
from .sight import look

_FRINGE, _TEMPLE, _NAPE = 0.045, 0.020, 0.015  # metres off the scalp that hair may cover of forehead, face and neck
_EAR_MARGIN = 0.015  # metres around an ear that hair may cover
_FADE = 0.010  # metres over which hair's cover may end there
_EVEN = 0.004  # metres over which the border of hair is evened out
_ABOVE_BROWS = 0.003  # metres
_BROWS = (105, 334, 107, 336)  # landmarks on the brows' upper edges
_GRAZING = 0.15  # cosine to the line of sight below which a vertex does not count as seen
_REACH = 0.012  # metres within which what is seen gives way to what is usual
_SURE = 10.0  # how much more a seen vertex says than what is usual
_FOLDS = 0.1  # how much less each fold of an ear says
_MIRRORED = 0.3  # how far the other side of the head speaks for one that no photo shows
_EAR_COVERED = 0.6  # share of an ear that must be hidden; else hair passes behind it


@dataclass(frozen=True)
class Cover:
    """share (V,) in [0, 1] of hair; seen (V,) in [0, 1]: how surely photos tell; hidden (V,) bool: ears under hair."""

    share: np.ndarray
    seen: np.ndarray
    hidden: np.ndarray


def cover_of(
    model: HeadModel, shell: Shell, local: np.ndarray, world: np.ndarray,
    shown: Sequence[tuple[HeadPhoto, Camera]],
) -> Cover:  # fmt: skip
    """local (V, 3) in the model's own frame, world (V, 3) in the cameras': the bare head."""
    mass, hair = np.full(len(local), 1e-9), np.zeros(len(local))
    for photo, camera in shown:
        weight, share = _seen_in(model, world, photo, camera)
        mass, hair = mass + weight, hair + weight * share
    seen, share = np.minimum(mass, 1), hair / mass
    other = _MIRRORED * seen[model.mirror] * (1 - seen)
    both = np.maximum(seen + other, 1e-9)
    share = (seen * share + other * share[model.mirror]) / both
    ear = model.region == EAR
    hidden = _hidden_ears(model, local, share, both)
    usual = (model.region == SCALP) | (_distance(local, hidden) < _EAR_MARGIN)
    weight = _SURE * both**2 * np.where(ear, _FOLDS, 1)
    share, weight = np.where(ear & ~hidden, 0, share), np.where(ear & ~hidden, _SURE, weight)
    result = np.clip(shell.settle(share, weight, usual.astype(float), _REACH), 0, 1)
    possible = _may_be_covered(model, local)
    even = shell.smooth((result * possible)[:, None], _EVEN)[:, 0]
    return Cover(np.where((possible > 0) & (hidden | ~ear), np.clip(even, 0, 1), 0), seen, hidden)


def _seen_in(model: HeadModel, world: np.ndarray, photo: HeadPhoto, camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """How well one photo sees the vertices (V,), and the share of hair it shows there (V,)."""
    faces = model.triangles(model.polygons).astype(np.int32)
    sight = look(world, faces, camera)
    pixels, depth = camera.project(world)
    size = np.array([camera.width, camera.height])
    columns, rows = np.clip(pixels.astype(int), 0, size - 1).T
    inside = (pixels > 0).all(1) & (pixels < size).all(1) & (depth > 0)
    front = sight.depth[rows, columns]
    toward = camera.position - world
    cosine = (_normals(world, faces) * toward).sum(1) / np.linalg.norm(toward, axis=1)
    seen = inside & (front > 0) & (depth < 1.008 * front) & (cosine > _GRAZING)
    share = map_coordinates(_whole(photo.face.masks), (pixels[:, ::-1] - 0.5).T, order=1, mode="nearest")
    return np.where(seen, cosine, 0), share


def _whole(masks: FaceMasks) -> np.ndarray:
    """(H, W) in [0, 1]: the mask of hair without holes, but for skin that hair surrounds."""
    holes = binary_fill_holes(masks.hair > 127) & (masks.skin < 96)
    return np.maximum(masks.hair / np.float32(255), holes)


def _normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    return Surface(vertices.astype(np.float32), faces).vertex_normals()


def _may_be_covered(model: HeadModel, local: np.ndarray) -> np.ndarray:
    """(V,) in [0, 1]: the scalp, the forehead, and what lies close to scalp and ears; beards and brows are no hair."""
    region, table = model.region, model.landmarks
    scalp, ear = _distance(local, region == SCALP), _distance(local, region == EAR)
    brows = (local[table.corners[list(_BROWS)]] * table.weights[list(_BROWS), :, None]).sum(1)
    above = local[:, 2] - brows[:, 2].mean()
    forehead = np.minimum(_within(scalp, _FRINGE), np.clip((above - _ABOVE_BROWS) / _FADE, 0, 1))
    face = np.maximum(forehead, np.maximum(_within(scalp, _TEMPLE), _within(ear, _EAR_MARGIN)))
    neck = _within(np.minimum(scalp, ear), _NAPE)
    return np.select([np.isin(region, (SCALP, EAR)), region == FACE, region == NECK], [1.0, face, neck], 0.0)


def _within(distance: np.ndarray, most: float) -> np.ndarray:
    """1 up to `most`, falling to 0 over what hair's border takes."""
    return np.clip(1 - (distance - most) / _FADE, 0, 1)


def _hidden_ears(model: HeadModel, local: np.ndarray, shown: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """(V,) bool: an ear is either hidden as a whole, or free: half of its folds under hair look like neither."""
    hidden = np.zeros(len(local), bool)
    for side in (local[:, 0] >= 0, local[:, 0] < 0):
        ear = (model.region == EAR) & side
        total = seen[ear].sum()
        hidden[ear] = total > 1 and (seen[ear] * shown[ear]).sum() > _EAR_COVERED * total
    return hidden


def _distance(local: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Metres from each vertex to the nearest one that is chosen."""
    return cKDTree(local[chosen]).query(local)[0] if chosen.any() else np.full(len(local), np.inf)
