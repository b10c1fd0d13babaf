"""The story of `refit`: a result is refined from some of its views, from where its fit ended; elsewhere it is held.

Meshes keep their vertices, faces and texture coordinates: what artists have made of them stays theirs.
"""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from .asset.key_checks import as_rows, check_keys
from .asset.layout import CAMERAS, FIELD
from .asset.replace import check_target
from .asset.report import build_report
from .asset.result import CleanMesh, Result
from .asset.writer import write_result
from .capture.faces import find_faces_in
from .devices import choose_device
from .errors import UserError
from .fields import restore
from .fit.context import FitContext
from .fit.held import free_share
from .fit.surface import polish
from .kept import Kept, KeptMesh, read_kept
from .kernels.renderer import choose_renderer
from .live import LivePreview
from .mesh.following import followed
from .pictures import pictures_of
from .pipeline import fit
from .presets import Settings, settings_for
from .protocol import Event, FitRequest, RefitRequest, Warning
from .request import target_of
from .scene import Capture, Live, Progress, Splats, Surface, TexturedSurface, Unseen, View
from .texture import TextureConfig, paint
from .texture.held import laid_over
from .timeline import Timeline

READING, REFINEMENT, PAINTING = "Reading the result", "Refinement", "Painting"
CLEAN, WRITING = "Painting the clean mesh", "Writing"
_SHARES = {READING: 2.0, REFINEMENT: 14.0, PAINTING: 10.0, CLEAN: 8.0, WRITING: 5.0}
_SQUARE = 55.0  # degrees: what photos see more obliquely is painted better by those that are not heard here
_ALONE = "One view alone tells no depth: only the colors were refined. Select two or more for the shape."


def refit(request: RefitRequest, emit: Callable[[Event], None], previews: Path | None = None) -> Path:
    """Run a validated request; returns the result folder, which appears only when it is whole.

    `emit` and `previews` as of pipeline.fit. Raises UserError.
    """
    kept, target = read_kept(Path(request.result)), Path(target_of(request))
    weights = _weights(request, kept)
    again = _first_request(request, kept)
    check_target(target)
    if request.rebuild:
        return _rebuilt(again, kept, weights, emit, previews)
    device = choose_device(request.device)
    torch.set_num_threads(1)  # as in a fit
    context = FitContext(choose_renderer(request.renderer, device.type), device, again.seed)
    settings, timeline = settings_for(again, device.type), Timeline(_SHARES, emit, request.time_limit)
    timeline.leave_out((CLEAN,) if kept.clean is None else ())
    with timeline.stage(READING) as progress:
        capture = kept.views(weights, settings.capture.max_side, lambda done: progress(0.5 * done))
        chosen = replace(capture, views=tuple(view for view in capture.views if view.name in weights))
        if kept.head_known:  # what disturbs the face is kept with the photos, where its parts are is not
            chosen = find_faces_in(chosen, replace(settings.capture, obstructions=False), again.face)
    live = LivePreview(previews, timeline.emit, chosen.normalized(), kept.bounds) if previews else Unseen()
    others = [replace(view, weight=0.0) for view in capture.views if view.name not in weights]
    heard = replace(chosen, views=(*chosen.views, *others)).normalized()
    fitted, clean = _refined(kept, heard, settings, context, timeline, live)
    for text in (told := [*capture.warnings, *((_ALONE,) if len(weights) < 2 else ()), *timeline.warnings]):
        timeline.emit(Warning(text))
    with timeline.stage(WRITING) as progress:
        pictures = pictures_of(fitted.worn, chosen.views)
        progress(0.5)
        report = _report(request, again, kept, fitted, timeline.seconds, told, device.type)
        stored = kept.fitted.stored
        meshes = {"rig": stored.rig, "polygons": stored.polygons, "splats": _splats(kept, device)}
        if clean is not None:
            meshes["clean"] = CleanMesh(clean.still, kept.clean.stored.polygons, kept.clean.stored.rig)
        result = Result(fitted.still, capture, report, *pictures, again.texture, dict(kept.checkpoint), **meshes)
        return write_result(target, result)


@dataclass(frozen=True)
class _Painted:
    """A mesh in the world frame with its maps: in the expression of the photos, and at rest."""

    worn: TexturedSurface
    still: TexturedSurface


def _refined(
    kept: Kept, capture: Capture, settings: Settings, context: FitContext, timeline: Timeline, live: Live
) -> tuple[_Painted, _Painted | None]:
    """The fitted mesh and the clean one, refined from the capture's views (normalized frame) but those of weight 0.

    Of these only the outlines are heard, and they tell which bright spots in the others are highlights.
    """
    surface, config = kept.fitted.worn(kept.bounds), settings.texture
    views = [view for view in capture.views if view.weight > 0]
    with timeline.stage(REFINEMENT, refining=True) as progress:
        change = _change(kept, surface, capture, settings, context, progress, live)
    with timeline.stage(PAINTING) as progress:
        config = replace(config, max_angle=_SQUARE)
        config = replace(config, optimize_epochs=1) if timeline.shortened(PAINTING) else config
        fitted = _painted(kept, kept.fitted, surface, change, views, config, progress)
    if kept.clean is None:
        return fitted, None
    with timeline.stage(CLEAN) as progress:
        worn = kept.clean.worn(kept.bounds)
        carried = followed(surface, change, worn, kept.metre)
        config = replace(config, optimize_epochs=1)
        return fitted, _painted(kept, kept.clean, worn, carried, views, config, progress)


def _change(kept: Kept, surface: Surface, capture: Capture, settings, context, progress, live) -> np.ndarray:
    """(V, 3) float32: what several views agree on that their surface should move by; 0 where they do not see it."""
    live.surface(surface)
    if sum(view.weight > 0 for view in capture.views) < 2:
        return np.zeros_like(surface.vertices)
    head = kept.head(kept.fitted, surface)
    held = None if head is None else head.inner
    plan = settings.surface.kept(kept.outlined, skin=head is not None)
    moved = polish(surface, capture, plan.passes[-1:], plan, context, progress, live, held)
    share = free_share(surface, capture, context, held)
    return (share[:, None] * (moved.vertices - surface.vertices)).astype(np.float32)


def _painted(
    kept: Kept, mesh: KeptMesh, surface: Surface, change: np.ndarray, views: Sequence[View], config: TextureConfig,
    progress: Progress,
) -> _Painted:  # fmt: skip
    """surface: the mesh as worn, and what it moves by (normalized frame)."""
    moved = Surface(surface.vertices + change, surface.faces)
    painted = paint(moved, None, mesh.stored.atlas, views, config, progress, kept.head(mesh, moved))
    maps = laid_over(mesh.maps(), painted.maps)
    worn = moved.to_world(kept.bounds.center, kept.bounds.radius)
    rest = mesh.stored.surface
    still = Surface((rest.vertices + kept.bounds.radius * change).astype(np.float32), rest.faces)
    return _Painted(*(TexturedSurface(own, mesh.stored.atlas, maps) for own in (worn, still)))


def _weights(request: RefitRequest, kept: Kept) -> dict[str, float]:
    """View -> how much it counts, of those that count at all; UserError where one is unknown or none counts."""
    stored = {camera.name: camera.weight for camera in kept.stored.cameras}
    if unknown := sorted(set(request.views) - set(stored)):
        raise UserError(f"The result has no views {', '.join(unknown)}. There are: {', '.join(stored)}.")
    given = request.weights or tuple(stored[name] for name in request.views)
    weights = {name: weight for name, weight in zip(request.views, given, strict=True) if weight > 0}
    if not weights:
        raise UserError("All of the views have the weight 0. Give those to refine from a weight above 0.")
    return weights


def _first_request(request: RefitRequest, kept: Kept) -> FitRequest:
    """The first fit's request, with what the re-fit asks for otherwise."""
    asked = {name: getattr(request, name) for name in ("preset", "texture") if getattr(request, name)}
    options = {"device": request.device, "renderer": request.renderer, "time_limit": request.time_limit}
    return replace(kept.request, out=target_of(request), views=(), **asked, **options)


def _rebuilt(again: FitRequest, kept: Kept, weights: Mapping[str, float], emit, previews: Path | None) -> Path:
    """A fit from the beginning, with the cameras as they were solved; one photo alone is a portrait."""
    if len(weights) == 1:
        (only,) = (camera for camera in kept.stored.cameras if camera.name in weights)
        if only.image is None:
            raise UserError(f"The photo of the view {only.name} is gone. Put it back, or choose other views.")
        return fit(replace(again, capture=str(only.image)), emit, previews)
    document = json.loads((kept.stored.folder / CAMERAS).read_text(encoding="utf-8"))
    images = {camera.name: camera.image for camera in kept.stored.cameras}
    frames = []
    for frame in document["frames"]:
        if (image := images.get(frame["name"])) is not None and frame["name"] in weights:
            mask = (kept.stored.folder / frame["mask_path"]).resolve().as_posix()
            own = {"file_path": image.as_posix(), "mask_path": mask, "weight": weights[frame["name"]]}
            frames.append({**frame, **own})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / CAMERAS
        path.write_text(json.dumps({**document, "frames": frames}), encoding="utf-8")
        return fit(replace(again, capture=str(path)), emit, previews)


def _report(
    request: RefitRequest, again: FitRequest, kept: Kept, fitted: _Painted, seconds: Mapping[str, float],
    told: Sequence[str], device: str,
) -> dict:  # fmt: skip
    """As of a fit; photos that were held out of the first fit have been seen since: no figure of theirs is repeated."""
    surface, rig, before = fitted.still.surface, kept.fitted.stored.rig, kept.stored.report
    counts = {**before.get("counts", {}), "views": len(request.views)}
    report = build_report(replace(again, out=kept.request.out).to_json(), seconds, None, told, device, counts)
    report["refits"] = [*before.get("refits", []), {"views": list(request.views), "weights": list(request.weights)}]
    if "head" in before:
        report["head"] = before["head"]
    if rig is not None and not np.array_equal(surface.vertices, kept.fitted.stored.surface.vertices):
        scale = kept.metre * kept.bounds.radius
        found = check_keys(
            surface.vertices, surface.faces, rig.keys, rig.correctives, rig.region, kept.fitted.mirror, scale
        )
        report["head"] = {**before["head"], "shape_keys": as_rows(found)}
    return report


def _splats(kept: Kept, device: torch.device) -> Splats | None:
    """Those of a Gaussian fit, as they were: world frame."""
    arrays = {name.removeprefix(FIELD): values for name, values in kept.checkpoint.items() if name.startswith(FIELD)}
    if not arrays or kept.request.representation != "gaussian":
        return None
    field = restore("gaussian", arrays, device)
    return field.splats().to_world(kept.bounds.center, kept.bounds.radius)
