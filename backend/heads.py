"""The part of the story that heads alone have: photos are looked at for faces, and a head model is fitted to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from .capture import load_capture
from .capture.expressive import set_apart
from .capture.faces import find_faces_in
from .capture.portraits import around, capture_of, read_portraits
from .capture.unposed import lacks_cameras
from .head.fitting.expressive import coefficients_of, neutral_of, performances, worn_by
from .head.fitting.fit import HeadFit, HeadFitConfig, fit_head, with_hair
from .head.fitting.photo import HeadPhoto
from .head.models import load_head_model
from .head.performance import Performance
from .presets import Settings
from .protocol import FitRequest
from .scene import Capture, HeadShape, Progress, Surface, UvAtlas, View
from .timeline import Timeline

READING, HEAD = "Reading photos", "Fitting the head"
FEW = 16  # views with cameras from which on photos alone carry the shape
_FITTED = 8  # of these, the views that the head model is fitted to
_FACES = 6  # at least so many of them with a face


@dataclass(frozen=True)
class Gathered:
    """The photos with cameras, and the head model fitted to them where there is one.

    outlined      whether masks show the bare head; a person's own outline is hair and clothes too
    carried       whether the photos carry the shape themselves; else it is the model's
    worn          key -> coefficient of the expression that the photos of the shape have in common
    coefficients  the same for each photo that was read, by its view's name
    """

    capture: Capture
    fit: HeadFit | None = None
    outlined: bool = True
    carried: bool = True
    worn: Mapping[str, float] = field(default_factory=dict)
    coefficients: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    performances: tuple[Performance, ...] = ()

    @property
    def shape(self) -> HeadShape:
        """The fitted head in the frame of `capture.normalized()`."""
        model, bounds = self.fit.model, self.capture.bounds
        vertices = ((self.fit.vertices() - bounds.center) / bounds.radius).astype(np.float32)
        surface = Surface(vertices, model.triangles(model.polygons).astype(np.int32))
        atlas = UvAtlas(model.uvs, model.triangles(model.uv_polygons).astype(np.int32))
        metre = self.fit.solution.placement.scale / bounds.radius
        return HeadShape(surface, atlas, self.fit.region, model.mirror, model.name, metre=metre)

    @property
    def figures(self) -> dict:
        """What the report tells of the head."""
        fit = self.fit
        told = {"model": fit.model.name, "landmark_misfit_percent": round(100 * fit.misfit, 3)}
        strongest = np.argsort(-np.abs(fit.solution.expressions).max(0))[:5]
        told["strongest_coefficients"] = {
            fit.model.expression_names[k]: [round(float(b), 3) for b in fit.solution.expressions[:, k]]
            for k in strongest
        }
        return told

    @property
    def neutral(self) -> np.ndarray:
        """(M, 3): the fitted model at rest and without hair, in its own frame: what a recording is read with."""
        return neutral_of(self.fit, dict(self.worn))


def gather(request: FitRequest, settings: Settings, timeline: Timeline) -> Gathered:
    """Read the capture; a head model is fitted to what shows a head's face."""
    path = Path(request.capture)
    if request.subject == "head" and lacks_cameras(path):
        return _from_portraits(path, request, settings, timeline)
    with timeline.stage(READING) as progress:
        capture = load_capture(path, settings.capture, progress)
        if request.subject == "head":
            capture = find_faces_in(capture, settings.capture, request.face)
    if request.subject != "head" or not any(view.face for view in capture.views):
        timeline.leave_out((HEAD,))
        return Gathered(capture)
    carried = len(capture.views) >= FEW
    with timeline.stage(HEAD) as progress:
        photos = [_photo(view) for view in (_spread(capture.views) if carried else capture.views)]
        fit = fit_head(photos, load_head_model(request.head_model), HeadFitConfig(), lambda done: progress(0.7 * done))
        if carried:  # read in all that show the face
            photos = [_photo(view) for view in capture.views if view.face is not None]
            return _with_expressions(Gathered(capture, fit), photos, progress)
        fit = with_hair(fit, photos)
        bounds, cut = around(fit)
        gathered = Gathered(replace(capture, bounds=bounds, cut=cut), fit, carried=False)
        return _with_expressions(gathered, photos, progress)


def _from_portraits(path: Path, request: FitRequest, settings: Settings, timeline: Timeline) -> Gathered:
    with timeline.stage(READING) as progress:
        portraits, warnings = read_portraits(path, settings.capture, request.face, progress)
        model = load_head_model(request.head_model)
    with timeline.stage(HEAD) as progress:
        photos = [portrait.photo for portrait in portraits]
        fit = fit_head(photos, model, HeadFitConfig(), lambda done: progress(0.7 * done))
        fit = with_hair(fit, photos)
        capture = capture_of(portraits, fit, settings.capture, warnings)
        return _with_expressions(Gathered(capture, fit, outlined=False, carried=False), photos, progress)


def _with_expressions(gathered: Gathered, photos: Sequence[HeadPhoto], progress: Progress) -> Gathered:
    """What the fit tells of the expressions in the photos, those that show another one than the shape's too."""
    fit, names = gathered.fit, [photo.name for photo in photos]
    told = dict(zip(names, coefficients_of(fit, photos), strict=True))
    tags = {view.name: view.expression for view in gathered.capture.views}
    capture = set_apart(gathered.capture, told)
    neutral = [_photo(view) for view in capture.views]
    shown = [_photo(view) for view in capture.expressive], [view.expression for view in capture.expressive]
    performed = performances(fit, *shown, neutral, lambda done: progress(0.7 + 0.3 * done))
    progress(1.0)
    return replace(
        gathered, capture=capture, worn=worn_by(fit, [tags[name] for name in names]), coefficients=told,
        performances=tuple(performed),
    )  # fmt: skip


def _photo(view: View) -> HeadPhoto:
    return HeadPhoto(view.name, view.photo, view.face, view.mask, view.trust, view.camera, weight=view.weight)


def _spread(views: Sequence[View]) -> list[View]:
    """Some views from all around, most of them with a face: enough for a head model, in their order."""
    seen = [number for number, view in enumerate(views) if view.face is not None]
    forward = np.stack([view.camera.forward for view in views])
    chosen = [max(seen, key=lambda number: views[number].face.confidence)]
    for count, among in ((_FACES, seen), (_FITTED, range(len(views)))):
        while len(chosen) < count and set(among) - set(chosen):
            rest = sorted(set(among) - set(chosen))
            nearest = (forward[rest] @ forward[chosen].T).max(1)
            chosen.append(rest[int(nearest.argmin())])
    return [views[number] for number in sorted(chosen)]
