"""A head model fitted to photos, from a single portrait to many: the story of this package.

First the landmarks of all photos, then, in rounds, the outlines of the person and the tracks of its skin between
neighboring photos (which also bring cameras that were not given into place). One photo alone has no neighbor: there
the shading of its skin tells of depth.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import ndimage

from ...scene import Camera, Progress, silent
from ..model import HeadModel
from .bundle import BundleConfig, Evidence, solve
from .hair import Hair, hair_on
from .linear import see
from .neck import with_closed_neck
from .observations import Observations, Relief, Tracks
from .outline import Outline, outline_of
from .photo import HeadPhoto
from .shading import Shading, shading_of
from .sight import Sight, look
from .skin import Skin
from .smooth_modes import with_slack
from .solution import Solution
from .start import begin, landmarks_of, relief_of
from .tracks import Seen, tracks_between

_LUMA = np.array([0.299, 0.587, 0.114], np.float32) * 255
_LATE = "eyeLook", "pupil"  # expressions that no landmark of the skin shows


@dataclass(frozen=True)
class HeadFitConfig:
    """The plan of a head's fit."""

    bundle: BundleConfig = field(default_factory=BundleConfig)
    side: int = 640  # pixels along the photos' longer side
    rounds: int = 6  # of outlines and tracks
    shaded: int = 3  # of these, the last ones that hear a single photo's shading as well
    neighbors: int = 3  # other photos that each photo is tracked into
    apart: float = 50.0  # degrees between viewing directions beyond which skin cannot be tracked
    outline_sigma: float = 2.5  # pixels at 640: of a mask's edge, and of the skin that a model has there
    track_sigma: float = 0.7  # pixels at 640
    outliers: tuple[float, ...] = (12.0, 6.0, 6.0, 4.0)  # deviations beyond which a track is false, round by round


@dataclass(frozen=True)
class HeadFit:
    """What was found. `model` has the expressions and the slack that were fitted, `whole` all of its expressions."""

    model: HeadModel
    whole: HeadModel
    solution: Solution
    cameras: tuple[Camera, ...]  # one for each photo, in pixels of the photos as they were given
    misfit: float  # median distance of landmarks from where the photos show them, over the eyes' distance
    hair: Hair | None = None

    @property
    def region(self) -> np.ndarray:
        """(V,) as the model's, with all that hair covers as scalp."""
        return self.model.region if self.hair is None else self.hair.region

    def vertices(self, expression: np.ndarray | None = None) -> np.ndarray:
        """(V, 3) in the cameras' world, with an expression (E,), or the one that the photos have in common."""
        common = np.median(self.solution.expressions, 0) if expression is None else expression
        placed = self.solution.placement
        local = self.model.shape(self.solution.identity, common).astype(float)
        if self.hair is not None:
            local += self.hair.offset
        return local @ placed.rotation.T * placed.scale + placed.translation


def fit_head(
    photos: Sequence[HeadPhoto], model: HeadModel, config: HeadFitConfig, progress: Progress = silent
) -> HeadFit:
    """Fit the model to photos that all have cameras, or all show a face and have none."""
    small = [photo.shrunk(config.side) for photo in photos]
    whole = with_closed_neck(model)
    model = with_slack(_without_gaze(whole))
    faces = sum(photo.face is not None for photo in small)
    points = [_points(model, photo, faces) for photo in small]
    solution = solve(model, begin(model, small), Evidence(points), config.bundle)
    skin = Skin(model)
    for number in range(config.rounds):
        progress((number + 0.5) / (config.rounds + 0.5))
        evidence = _evidence(model, skin, solution, small, points, config, number)
        solution = solve(model, solution, evidence, config.bundle)
    progress(1.0)
    misfit = _misfit(model, solution, small, points)
    return HeadFit(model, whole, solution, _cameras(solution, photos, small), misfit)


def _points(model: HeadModel, photo: HeadPhoto, faces: int) -> list[Observations | Relief]:
    """What the detector says of one photo of `faces`: where its points are, and how deep it takes them to lie."""
    relief = relief_of(model, photo, faces)
    return [landmarks_of(model, photo, faces), *([relief] if relief else [])]


def with_hair(fit: HeadFit, photos: Sequence[HeadPhoto]) -> HeadFit:
    """The fitted head with the hair that its photos show on it."""
    local = fit.model.shape(fit.solution.identity, np.median(fit.solution.expressions, 0))
    return replace(fit, hair=hair_on(fit.model, local, fit.solution.placement, photos, fit.cameras))


def _without_gaze(model: HeadModel) -> HeadModel:
    kept = [k for k, name in enumerate(model.expression_names) if not name.startswith(_LATE)]
    names = tuple(model.expression_names[k] for k in kept)
    return replace(model, expressions=model.expressions[kept], expression_names=names)


def _evidence(model, skin: Skin, solution: Solution, photos, points, config: HeadFitConfig, number: int) -> Evidence:
    """Landmarks, outlines and tracks as the present solution sees them."""
    cameras = [_camera(solution, k, photo.size) for k, photo in enumerate(photos)]
    shapes = [_world(model, solution, k) for k in range(len(photos))]
    sights = [look(shape, skin.faces, camera) for shape, camera in zip(shapes, cameras, strict=True)]
    evidence = [list(seen) for seen in points]
    for seen, photo, camera, sight in zip(evidence, photos, cameras, sights, strict=True):
        outline = _outline(photo, config)
        if outline is not None:
            seen.append(outline_of(sight, skin, outline, _pixel(solution, camera)))
    evidence = [_weighed(seen, photo.weight) for seen, photo in zip(evidence, photos, strict=True)]
    if len(photos) > 1:
        return Evidence(evidence, _tracks(skin, photos, cameras, shapes, sights, config, number))
    late = number >= config.rounds - config.shaded
    return Evidence(evidence, shading=_shading(model, skin, solution, photos[0], cameras[0], sights[0]) if late else ())


def _weighed(evidence: list, weight: float) -> list:
    """Observations of any kind whose variance is `weight` times smaller."""
    return evidence if weight == 1 else [replace(seen, whiten=np.sqrt(weight) * seen.whiten) for seen in evidence]


def _shading(model, skin: Skin, solution: Solution, photo: HeadPhoto, camera: Camera, sight: Sight) -> list[Shading]:
    """What the light on bare skin says; nothing where the photo cannot tell skin apart."""
    if photo.face is None or photo.face.masks is None:
        return []
    masks = photo.face.masks
    bare = masks.skin / 255 * (1 - masks.highlight / 255) * (1 - masks.glasses / 255)
    trust = bare if photo.trust is None else bare * photo.trust
    seen = shading_of(0, model, solution, skin.faces, skin.openness, camera, sight, photo.picture, trust)
    return [] if seen is None else [seen]


def _world(model: HeadModel, solution: Solution, number: int) -> np.ndarray:
    placed = solution.placement
    local = model.shape(solution.identity, solution.expressions[number]).astype(float)
    return local @ placed.rotation.T * placed.scale + placed.translation


def _camera(solution: Solution, number: int, size: tuple[int, int]) -> Camera:
    shot = solution.shots[number]
    camera = shot.pose.camera(*size, solution.lenses[shot.lens].focal)
    return replace(camera, cx=shot.center[0], cy=shot.center[1])


def _pixel(solution: Solution, camera: Camera) -> float:
    """Metres of the model that a pixel shows at the head's distance."""
    placed = solution.placement
    return float(np.linalg.norm(camera.position - placed.translation)) / camera.fl_x / placed.scale


def _outline(photo: HeadPhoto, config: HeadFitConfig) -> Outline | None:
    """What the photo tells of the head's outline: the person's edge where bare skin, or close hair, borders on it."""
    if photo.person is None:
        return None
    sigma = config.outline_sigma * max(photo.size) / 640
    person, loose = photo.person, sigma
    bare = np.ones(person.shape, bool)
    if photo.shows_head is not None:  # looked at is the edge's outer pixel, just beyond glasses that stick out
        bare = ~ndimage.binary_dilation(~photo.shows_head)
    if photo.face is not None and photo.face.masks is not None:
        masks, loose, near = photo.face.masks, 2 * sigma, round(2.5 * sigma) + 1
        bare &= ndimage.binary_dilation(masks.skin > 127, iterations=near)
        bare &= ~ndimage.binary_dilation((masks.hair > 96) | (masks.glasses > 64), iterations=near)
    return Outline(person, np.where(bare, sigma, np.inf), loose)


def _tracks(skin: Skin, photos, cameras, shapes, sights, config: HeadFitConfig, number: int) -> list[Tracks]:
    seen = [
        Seen(photo.picture @ _LUMA, _usable(skin, photo, sight), camera, sight, 255 * photo.picture)
        for photo, camera, sight in zip(photos, cameras, sights, strict=True)
    ]
    outlier = config.outliers[min(number, len(config.outliers) - 1)]
    sigma = config.track_sigma * max(photos[0].size) / 640
    tracks = []
    for a, b in _pairs(cameras, config):
        found = replace(tracks_between((a, b), seen[a], seen[b], shapes[a], skin.faces, sigma), robust=outlier)
        tracks += _weighed([found], min(photos[a].weight, photos[b].weight))
    return tracks


def _usable(skin: Skin, photo: HeadPhoto, sight) -> np.ndarray:
    usable = skin.rigid[sight.face] & sight.covered
    if photo.person is not None:
        usable &= photo.person > 0.5
    if photo.shows_head is not None:
        usable &= photo.shows_head
    return usable


def _pairs(cameras: Sequence[Camera], config: HeadFitConfig) -> list[tuple[int, int]]:
    """Each photo with those that look from the nearest directions."""
    forward = np.stack([camera.forward for camera in cameras])
    cosine = forward @ forward.T - 2 * np.eye(len(cameras))
    nearest = np.argsort(-cosine, 1)[:, : config.neighbors]
    limit = np.cos(np.radians(config.apart))
    return [(a, int(b)) for a, row in enumerate(nearest) for b in row if a != b and cosine[a, b] > limit]


def _cameras(solution: Solution, photos: Sequence[HeadPhoto], small: Sequence[HeadPhoto]) -> tuple[Camera, ...]:
    return tuple(
        photo.camera or _camera(solution, k, reduced.size).resized(*photo.size)
        for k, (photo, reduced) in enumerate(zip(photos, small, strict=True))
    )


def _misfit(model: HeadModel, solution: Solution, photos: Sequence[HeadPhoto], points) -> float:
    """Median over photos and points, as a share of the distance of the irises' middles in the photo."""
    shares = []
    for number, (photo, (seen, *_)) in enumerate(zip(photos, points, strict=True)):
        if photo.face is not None:
            away = np.linalg.norm(see(model, solution, number, seen).pixels - seen.target, axis=1)
            shares.append(away / np.linalg.norm(photo.face.points[468] - photo.face.points[473]))
    return float(np.median(np.concatenate(shares)))
