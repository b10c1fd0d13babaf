"""What stands before the face, carried from the photos where it was recognized to those where it was not.

Glasses are recognized about the landmarks of eyes, and a profile has none. But with cameras the photos that do
show a face tell where in space its glasses are: every marked pixel is followed along its ray, and where at least two
other photos that see that place have marked it too, something is there. What lies on the skin, such as the shadow
of a frame, is told apart by the landmarks, which are points of the skin: it belongs to the face, moves with it and
shows its shape. What stands before the skin is drawn into all photos.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from ..head.faces import regions
from ..scene import View
from .face_regions import unit_of
from .rays import nearest_point

_SKIN = range(0, regions.SKIN_POINTS, 3)  # the landmarks that tell where the skin is
_NEIGHBORS = 4  # of them give the skin's height in a direction
_REACH = 1.7  # units of the face before and behind the nose's root that rays are followed for
_STEP = 0.012  # units between points along a ray
_BACK = 0.8  # units from the nose's root to the head's middle
_PIXELS = 1500  # marked pixels that are followed per photo
_LEAST, _SHARE = 2, 0.7  # other photos that must agree, and their share of those that can see the point
_SLACK = 0.006  # units by which a mark may be missed
_SIDEWARD = 0.1  # cosine between the way to the camera and the way outwards from which on a point can be seen
_BEFORE = 0.045  # units before the skin from which on a thing is not the skin: the landmarks' own error
_ASIDE = 0.2  # radians from the nearest landmark beyond which the skin's height is not known
_GROW = 0.02  # units by which what was found is drawn too large: points lie this far apart


@dataclass(frozen=True)
class _Face:
    """Where the nose's root, the head's middle and points of the skin (N, 3) are, and the face's unit, in the world."""

    root: np.ndarray
    middle: np.ndarray
    unit: float
    skin: np.ndarray


def carry(views: Sequence[View], marks: Sequence[np.ndarray]) -> list[np.ndarray]:
    """marks: one (H, W) bool per view -> the places in space that they agree on, drawn into every view (H, W) bool.

    Nothing where fewer than three views with a face have marks: two cannot tell a thing from a coincidence.
    """
    marked = [k for k, (view, mark) in enumerate(zip(views, marks, strict=True)) if view.face and mark.any()]
    nothing = [np.zeros(mark.shape, bool) for mark in marks]
    if len(marked) <= _LEAST:
        return nothing
    face = _place_face([views[k] for k in marked])
    distances = {k: ndimage.distance_transform_edt(~marks[k]) for k in marked}
    found = {k: _agreed(k, views, marks[k], distances, face) for k in marked}
    points = np.concatenate(list(found.values()))
    if not len(points):
        return nothing
    # A view with marks of its own knows best which of them stand before the skin.
    return [_drawn(found.get(k, points), view, face) for k, view in enumerate(views)]


def _place_face(views: Sequence[View]) -> _Face:
    root = _triangulated(views, regions.NOSE_ROOT)
    towards = np.array([view.camera.position - root for view in views])
    forwards = (towards / np.linalg.norm(towards, axis=1, keepdims=True)).mean(0)
    unit = float(np.median([unit_of(view.face) / _pixels_per_length(view, root[None])[0] for view in views]))
    skin = np.array([_triangulated(views, number) for number in _SKIN])
    return _Face(root, root - _BACK * unit * forwards / np.linalg.norm(forwards), unit, skin)


def _triangulated(views: Sequence[View], number: int) -> np.ndarray:
    """Where the views' rays through one landmark meet."""
    rays = np.array([view.camera.rays(view.face.points[number].astype(float)) for view in views])
    return nearest_point(
        np.array([view.camera.position for view in views]), rays / np.linalg.norm(rays, axis=1, keepdims=True)
    )


def _before_skin(points: np.ndarray, face: _Face) -> np.ndarray:
    """Which points (N, 3) lie clearly before the skin, seen from the head's middle; beside the face all do (N,)."""
    if not len(points):
        return np.zeros(0, bool)
    heights, height = np.linalg.norm(face.skin - face.middle, axis=1), np.linalg.norm(points - face.middle, axis=1)
    directions = cKDTree((face.skin - face.middle) / heights[:, None])
    angles, nearest = directions.query((points - face.middle) / height[:, None], _NEIGHBORS)
    weights = 1 / np.maximum(angles, 1e-3)
    skin = (weights * heights[nearest]).sum(1) / weights.sum(1)
    return (angles[:, 0] > _ASIDE) | (height > skin + _BEFORE * face.unit)


def _pixels_per_length(view: View, points: np.ndarray) -> np.ndarray:
    depth = view.camera.project(points)[1]
    return np.sqrt(view.camera.fl_x * view.camera.fl_y) / np.maximum(depth, 1e-9)


def _agreed(number: int, views, mark: np.ndarray, distances: dict[int, np.ndarray], face: _Face) -> np.ndarray:
    """Points (N, 3) before the skin, on rays of a view's marked pixels, that enough other views have marked as well."""
    view = views[number]
    rows, columns = np.nonzero(mark)
    pick = np.linspace(0, len(rows) - 1, min(len(rows), _PIXELS)).astype(int)
    rays = view.camera.rays(np.stack([columns, rows], -1)[pick] + 0.5)
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    along = (face.root - view.camera.position) @ rays.T
    steps = np.arange(-_REACH, _REACH, _STEP) * face.unit
    points = (view.camera.position + rays[:, None] * (along[:, None] + steps)[..., None]).reshape(-1, 3)
    hits, able = np.zeros(len(points), int), np.zeros(len(points), int)
    seen = _faces(view, points, face)
    for other in distances.keys() - {number}:
        sees = seen & _faces(views[other], points, face)
        pixels, depth = views[other].camera.project(points)
        gap = ndimage.map_coordinates(distances[other], pixels[:, ::-1].T - 0.5, order=1, cval=np.inf, prefilter=False)
        able += sees
        hits += sees & (depth > 0) & (gap < _SLACK * face.unit * _pixels_per_length(views[other], points))
    # A pixel shows one thing: where fewer agree than elsewhere on its ray, marks of different things have crossed.
    most = np.repeat(hits.reshape(-1, len(steps)).max(1), len(steps))
    agreed = (hits >= _LEAST) & (hits >= _SHARE * able) & (hits == most)
    before = np.zeros(len(points), bool)
    before[agreed] = _before_skin(points[agreed], face)
    rays_agreed, rays_before = (part.reshape(-1, len(steps)).sum(1) for part in (agreed, before))
    return points[before & np.repeat(2 * rays_before > rays_agreed, len(steps))]


def _faces(view: View, points: np.ndarray, face: _Face) -> np.ndarray:
    """Which points (N, 3) the head does not hide from the view: those on its side of the head (N,)."""
    towards, outwards = view.camera.position - points, points - face.middle
    cosine = np.einsum("nc,nc->n", towards, outwards)
    return cosine > _SIDEWARD * np.linalg.norm(towards, axis=1) * np.linalg.norm(outwards, axis=1)


def _drawn(points: np.ndarray, view: View, face: _Face) -> np.ndarray:
    """Where the view sees the points (H, W) bool."""
    points = points[_faces(view, points, face)]
    pixels, depth = view.camera.project(points)
    columns, rows = np.floor(pixels[depth > 0]).astype(int).T
    height, width = view.mask.shape
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    drawn = np.zeros((height, width), bool)
    drawn[rows[inside], columns[inside]] = True
    reach = _GROW * face.unit * float(_pixels_per_length(view, face.root[None])[0])
    return ndimage.distance_transform_edt(~drawn) <= reach if drawn.any() else drawn
