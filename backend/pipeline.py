"""The whole story: photos with cameras become a result folder."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from .asset.replace import check_target
from .asset.report import build_report
from .asset.result import Result
from .asset.writer import write_result
from .capture import load_capture
from .devices import choose_device
from .errors import UserError
from .fit.context import FitContext
from .fit.surface import polish, sculpt
from .kernels.renderer import choose_renderer
from .live import LivePreview
from .memory import is_out_of_memory
from .mesh.subdivide import subdivide
from .pictures import contact_sheet, measure, preview, rows_of
from .presets import Settings, leaner, settings_for
from .protocol import Event, FitRequest, Warning
from .represent import FINISHING, FITTING, MESHING, finish, kept_of, represent
from .scene import Capture, Surface, TexturedSurface, Unseen, UvAtlas, silent
from .texture import TextureConfig, Unwrapping, paint
from .timeline import Timeline

# Shares of the time that each stage takes, measured at the preset standard.
_SHARES = {
    "Reading photos": 3.0,
    FITTING: 160.0,
    MESHING: 5.0,
    "Carving and sculpting": 10.0,
    "First refinement": 10.0,
    "Measuring held-out photos": 6.0,
    "Refinement": 14.0,
    FINISHING: 20.0,
    "Painting": 20.0,
    "Writing": 6.0,
}
_SMALLER = "Memory ran out: photos, textures and field were made smaller. Close other programs for all detail."
_HELD_OUT_EVERY = 8  # one view in eight
_UNWRAP_LIMIT = 180.0  # seconds
_PROOF_TEXELS = 1024  # side of the maps that held-out photos are measured with


def fit(request: FitRequest, emit: Callable[[Event], None], previews: Path | None = None) -> Path:
    """Run a validated request; returns the result folder, which appears only when it is whole.

    `emit` gets Stage, Progress, Preview and Warning events and may raise Cancelled. `previews` is the folder for
    preview pictures; none are drawn without it. Raises UserError. When memory runs out, everything is begun once
    more with less.
    """
    context = _prepare(request)
    settings = settings_for(request, context.device.type)
    check_target(Path(request.out))
    try:
        return _fit(request, settings, context, emit, previews)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
    emit(Warning(_SMALLER))
    try:
        return _fit(request, leaner(settings), context, emit, previews, _SMALLER)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise UserError(
            "Memory ran out twice, the second time with smaller settings. Close other programs, use the preset "
            "preview, or give fewer photos."
        ) from error


def _fit(request, settings: Settings, context: FitContext, emit, previews: Path | None, *warnings: str) -> Path:
    """The story itself; `warnings` were emitted before and belong into the report."""
    fielded = settings.field is not None
    shares = {name: share for name, share in _SHARES.items() if fielded or name not in (FITTING, MESHING, FINISHING)}
    timeline = Timeline(shares, emit, request.time_limit)
    with timeline.stage("Reading photos") as progress:
        captured = load_capture(Path(request.capture), settings.capture, progress)
        capture = captured.normalized()
        training, held_out = _split(capture)
        live = LivePreview(previews, emit, capture) if previews else Unseen()
    represented = represent(training, held_out, settings, context, timeline, live) if fielded else None
    first, last = settings.surface.passes[: settings.first_passes], settings.surface.passes[settings.first_passes :]
    with timeline.stage("Carving and sculpting") as progress:
        start = represented and represented.surface
        surface = sculpt(training, settings.surface, context, progress, live, start)
    with Unwrapping(surface, settings.texture) as unwrapping:
        with timeline.stage("First refinement") as progress:
            surface = polish(surface, training, first, settings.surface, context, progress, live)
        with timeline.stage("Measuring held-out photos"):
            atlas = unwrapping.result(_UNWRAP_LIMIT)
            figures = _proof(surface, atlas, training, held_out, settings.texture)
    with timeline.stage("Refinement") as progress:
        surface, detail = _finish(surface, capture, last, settings, context, progress, live)
    if represented:
        finish(represented, capture, timeline, live)
    with timeline.stage("Painting") as progress:
        textured = paint(surface, detail, atlas, capture.views, settings.texture, progress)
    for text in (own := [*captured.warnings, *([unwrapping.warning] if unwrapping.warning else [])]):
        emit(Warning(text))
    with timeline.stage("Writing") as progress:
        world = replace(textured, surface=surface.to_world(captured.bounds.center, captured.bounds.radius))
        progress(0.2)
        pictures = _pictures(world, captured)
        progress(0.7)
        counts = {"vertices": len(surface.vertices), "triangles": len(surface.faces), "views": len(captured.views)}
        if represented and figures:
            figures["field"] = represented.figures
        report = build_report(
            request.to_json(), timeline.seconds, figures, [*warnings, *own], context.device.type, counts
        )
        kept = kept_of(represented, captured.bounds)
        result = Result(world, captured, report, *pictures, base_color=request.texture, **kept)
        return write_result(Path(request.out), result)


def _prepare(request: FitRequest) -> FitContext:
    """How to compute."""
    device = choose_device(request.device)
    # Views are worked on side by side in threads of our own; torch's threads would only get in their way.
    torch.set_num_threads(1)
    return FitContext(choose_renderer(request.renderer, device.type), device, request.seed)


def _split(capture: Capture) -> tuple[Capture, Capture | None]:
    """One view in eight is kept from the first passes, so that the result can be measured on it."""
    held = capture.views[_HELD_OUT_EVERY // 2 :: _HELD_OUT_EVERY]
    if len(capture.views) < _HELD_OUT_EVERY:
        return capture, None
    names = {view.name for view in held}
    kept = tuple(view for view in capture.views if view.name not in names)
    return replace(capture, views=kept), replace(capture, views=held)


def _proof(
    surface: Surface, atlas: UvAtlas, training: Capture, held_out: Capture | None, config: TextureConfig
) -> dict | None:
    """PSNR and silhouette IoU on photos that took no part so far."""
    if held_out is None:
        return None
    quick = replace(config, size=min(config.size, _PROOF_TEXELS), optimize_epochs=1)
    painted = paint(surface, None, atlas, training.views, quick, silent)
    return measure(painted, held_out.views, training.cut)


def _finish(surface, capture, passes, settings: Settings, context, progress, live) -> tuple[Surface, Surface | None]:
    """The last passes with all views, and the finer surface that the normal map is taken from."""
    plan, share = settings.surface, 0.5 if settings.surface.detail else 1.0
    surface = polish(surface, capture, passes, plan, context, lambda done: progress(share * done), live)
    if plan.detail is None:
        return surface, None

    def rest(done: float) -> None:
        progress(share + (1 - share) * done)

    return surface, polish(subdivide(surface), capture, [plan.detail], plan, context, rest, live)


def _pictures(world: TexturedSurface, capture: Capture):
    return preview(world, capture.views), contact_sheet(rows_of(world, capture.views))
