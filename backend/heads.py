"""The part of the story that heads alone have: photos are looked at for faces, and a head model is fitted to them."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .capture import load_capture
from .capture.faces import find_faces_in
from .capture.portraits import around, capture_of, read_portraits
from .capture.unposed import lacks_cameras
from .head.fitting.fit import HeadFit, HeadFitConfig, fit_head, with_hair
from .head.fitting.photo import HeadPhoto
from .head.models import load_head_model
from .presets import Settings
from .protocol import FitRequest
from .scene import Capture, HeadShape, Surface, UvAtlas
from .timeline import Timeline

READING, HEAD = "Reading photos", "Fitting the head"
FEW = 16  # views with cameras from which on photos alone carry the shape


@dataclass(frozen=True)
class Gathered:
    """The photos with cameras, and the head model fitted to them where there is one."""

    capture: Capture
    fit: HeadFit | None = None
    outlined: bool = True  # whether masks show the bare head; a person's own outline is hair and clothes too

    @property
    def shape(self) -> HeadShape:
        """The fitted head in the frame of `capture.normalized()`."""
        model, bounds = self.fit.model, self.capture.bounds
        vertices = ((self.fit.vertices() - bounds.center) / bounds.radius).astype(np.float32)
        surface = Surface(vertices, model.triangles(model.polygons).astype(np.int32))
        atlas = UvAtlas(model.uvs, model.triangles(model.uv_polygons).astype(np.int32))
        metre = self.fit.solution.placement.scale / bounds.radius
        return HeadShape(surface, atlas, self.fit.region, model.mirror, model.name, metre)

    @property
    def figures(self) -> dict:
        """What the report tells of the head."""
        fit = self.fit
        told = {"model": fit.model.name, "landmark_misfit_percent": round(100 * fit.misfit, 3)}
        strongest = np.argsort(-np.abs(fit.solution.expressions).max(0))[:5]
        told["expressions"] = {
            fit.model.expression_names[k]: [round(float(b), 3) for b in fit.solution.expressions[:, k]]
            for k in strongest
        }
        return told


def gather(request: FitRequest, settings: Settings, timeline: Timeline) -> Gathered:
    """Read the capture; a head model takes part where it is needed: without cameras, or with few views of a head."""
    path = Path(request.capture)
    if request.subject == "head" and lacks_cameras(path):
        return _from_portraits(path, request, settings, timeline)
    with timeline.stage(READING) as progress:
        capture = load_capture(path, settings.capture, progress)
        if request.subject == "head":
            capture = find_faces_in(capture, settings.capture, request.face)
    if request.subject != "head" or len(capture.views) >= FEW or not any(view.face for view in capture.views):
        timeline.leave_out((HEAD,))
        return Gathered(capture)
    with timeline.stage(HEAD) as progress:
        photos = [
            HeadPhoto(view.name, view.photo, view.face, view.mask, view.trust, view.camera) for view in capture.views
        ]
        fit = fit_head(photos, load_head_model(request.head_model), HeadFitConfig(), progress)
        fit = with_hair(fit, photos)
    bounds, cut = around(fit)
    return Gathered(replace(capture, bounds=bounds, cut=cut), fit)


def _from_portraits(path: Path, request: FitRequest, settings: Settings, timeline: Timeline) -> Gathered:
    with timeline.stage(READING) as progress:
        portraits, warnings = read_portraits(path, settings.capture, request.face, progress)
        model = load_head_model(request.head_model)
    with timeline.stage(HEAD) as progress:
        photos = [portrait.photo for portrait in portraits]
        fit = with_hair(fit_head(photos, model, HeadFitConfig(), progress), photos)
        return Gathered(capture_of(portraits, fit, settings.capture, warnings), fit, outlined=False)
