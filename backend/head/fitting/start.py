"""A first guess: the mean head, and cameras that see its landmarks where the photos do."""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from ..model import HeadModel
from .observations import Observations, Relief, isotropic
from .photo import HeadPhoto
from .pose import Pose, stand
from .solution import Lens, Placement, Shot, Solution

# Points off the mouth and the jaw: brows' roots, nose, corners of the eyes, forehead, temples, upper cheeks.
_RIGID = np.array(
    [33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 10, 151, 9, 8, 107, 336, 66, 296, 127, 356]
    + [234, 454, 93, 323, 50, 280, 101, 330, 116, 345, 67, 297, 109, 338, 103, 332, 54, 284]
)
_FLOOR = 0.02  # of the outer corners' distance: how far a detector's points are off together, whatever else is known
_AROUND, _LEAST = 0.06, 0.02  # of the outer corners' distance: what has a say in where a point is seen; least share
_EYES = 0.09  # metres between the outer corners of the eyes
_ALONE = 0.1  # of a focal length's deviation, for a photo alone
_RELIEF, _RELIEF_POINTS = 0.028, 60  # of the outer corners' distance: how far the guess at depth is off; points' worth
_SURE = 0.001  # metres of slack below which a model knows an average face better than the detector
_ROBUST = 6.0  # deviations
_DETECTED = "mediapipe"


def landmarks_of(model: HeadModel, photo: HeadPhoto, alike: int = 1) -> Observations:
    """The detector's points on the model; nothing where the photo shows no face.

    alike: photos of the same person. A detector draws every face towards its own mean, and errs alike in all of them:
    together they tell no more than one. What disturbs the photo around a point adds to its doubt.
    """
    table = model.landmarks
    if photo.face is None:
        nothing = np.zeros((0, 2))
        return isotropic(table.corners[:0], table.weights[:0], nothing, nothing[:, 0], _ROBUST)
    usable = np.isfinite(table.spread)
    scale = photo.face.scale
    spread = np.where(usable, table.spread, np.inf) * scale / _EYES
    sigma = np.sqrt(spread**2 + photo.face.sigma.astype(float) ** 2 + (_FLOOR * scale) ** 2)
    sigma *= np.sqrt(alike) / _undisturbed(photo)
    return isotropic(table.corners, table.weights, photo.face.points, sigma, _ROBUST)


def relief_of(model: HeadModel, photo: HeadPhoto, alike: int = 1) -> Relief | None:
    """The detector's guess at the points' depth: an average face's, bent to this one. None where it made none.

    It does not see how far a nose protrudes, but it knows an average one: that helps models whose own mean knows less.
    alike: as in landmarks_of.
    """
    table, face = model.landmarks, photo.face
    if face is None or face.source != _DETECTED or model.slack < _SURE:
        return None
    usable = np.isfinite(table.spread) & np.isfinite(face.sigma)
    # The errors of neighboring points are the same error: together they weigh like a few dozen points.
    sigma = _RELIEF * face.scale * np.sqrt(alike * usable.sum() / _RELIEF_POINTS)
    whiten = np.full((usable.sum(), 1, 1), 1 / sigma)
    return Relief(table.corners[usable], table.weights[usable], face.depth[usable, None].astype(float), whiten, _ROBUST)


def _undisturbed(photo: HeadPhoto) -> np.ndarray:
    """Share (478,) of undisturbed pixels around points that a detector found; who clicks them sees what disturbs."""
    face, shown = photo.face, photo.shows_head
    if shown is None or face.source != _DETECTED:
        return np.ones(len(face.points))
    share = ndimage.uniform_filter(shown.astype(np.float32), 2 * round(_AROUND * face.scale) + 1)
    x, y = np.clip(face.points.astype(int), 0, np.array(photo.size) - 1).T
    return np.maximum(share[y, x], _LEAST)


def begin(model: HeadModel, photos: Sequence[HeadPhoto]) -> Solution:
    """The mean head before cameras that are given (all of them), or that are set up from each photo's landmarks."""
    known = all(photo.camera is not None for photo in photos)
    lenses, numbers = _lenses(photos)
    poses = [_stand(model, photo, lenses[number].focal) for photo, number in zip(photos, numbers, strict=True)]
    placement = Placement(1.0, np.eye(3), np.zeros(3))
    if known:
        placement = _place(photos, poses)
        poses = [Pose.of(photo.camera) for photo in photos]
    shots = [Shot(pose, _center(photo), number) for pose, photo, number in zip(poses, photos, numbers, strict=True)]
    expressions = np.zeros((len(photos), len(model.expressions)))
    return Solution(np.zeros(len(model.identity)), expressions, tuple(shots), tuple(lenses), placement, known)


def _lenses(photos: Sequence[HeadPhoto]) -> tuple[list[Lens], list[int]]:
    """The lenses, and each photo's number among them."""
    keys = [(photo.name if photo.camera is not None or photo.lens is None else photo.lens) for photo in photos]
    order = list(dict.fromkeys(keys))
    firsts = [photos[keys.index(key)].expected_focal for key in order]
    # One photo shows no parallax: landmarks would stretch a free lens to whatever flatters the mean head.
    held = _ALONE if len(photos) == 1 else 1.0
    return [Lens(focal, focal, held * deviation) for focal, deviation in firsts], [order.index(key) for key in keys]


def _center(photo: HeadPhoto) -> tuple[float, float]:
    if photo.camera is not None:
        return photo.camera.cx, photo.camera.cy
    return photo.size[0] / 2, photo.size[1] / 2


def _stand(model: HeadModel, photo: HeadPhoto, focal: float) -> Pose | None:
    if photo.face is None:
        return None
    table = model.landmarks
    usable = np.zeros(len(table.spread), bool)
    usable[_RIGID] = True
    usable &= np.isfinite(table.spread) & np.isfinite(photo.face.sigma)
    if usable.sum() < 6:  # clicked points: take what there is
        usable = np.isfinite(table.spread) & np.isfinite(photo.face.sigma)
    points = (model.vertices[table.corners[usable]] * table.weights[usable, :, None]).sum(1)
    return stand(points, photo.face.points[usable], focal, _center(photo))


def _place(photos: Sequence[HeadPhoto], poses: Sequence[Pose | None]) -> Placement:
    """Where given cameras together see the head: each sees its orientation, and its middle on a ray.

    A camera at C that sees the head at depth-scaled offset s * d has its middle at C + s * d; scale s and middle follow
    by least squares over the cameras. One camera alone leaves the scale open: it is 1, the unit then is the metre.
    """
    seen = [(photo.camera, pose) for photo, pose in zip(photos, poses, strict=True) if pose is not None]
    turns, centers, offsets = [], [], []
    for camera, pose in seen:
        out = camera.camera_to_world[:3, :3] @ np.diag([1.0, -1.0, -1.0])
        turns.append(out @ pose.rotation)
        centers.append(camera.position)
        offsets.append(out @ pose.translation)
    u, _, vt = np.linalg.svd(sum(turns))
    rotation = u @ np.diag([1, 1, np.linalg.det(u @ vt)]) @ vt
    if len(seen) == 1:
        return Placement(1.0, rotation, centers[0] + offsets[0])
    system = np.concatenate([np.c_[-offset, np.eye(3)] for offset in offsets])
    scale, *middle = np.linalg.lstsq(system, np.concatenate(centers), rcond=None)[0]
    return Placement(float(scale), rotation, np.array(middle))
