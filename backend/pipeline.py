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
from .errors import UserError
from .fit.surface import FitContext, polish, sculpt
from .kernels.renderer import choose_renderer
from .mesh.subdivide import subdivide
from .pictures import contact_sheet, measure, preview, rows_of
from .presets import Settings, settings_for
from .protocol import Event, FitRequest, Warning
from .scene import Capture, Surface, TexturedSurface, UvAtlas, silent
from .texture import TextureConfig, Unwrapping, paint
from .timeline import Timeline

# Shares of the time that each stage takes, measured at the preset standard.
_SHARES = {
    "Reading photos": 3.0,
    "Carving and sculpting": 10.0,
    "First refinement": 10.0,
    "Measuring held-out photos": 6.0,
    "Refinement": 14.0,
    "Painting": 20.0,
    "Writing": 6.0,
}
_HELD_OUT_EVERY = 8  # one view in eight
_UNWRAP_LIMIT = 180.0  # seconds
_PROOF_TEXELS = 1024  # side of the maps that held-out photos are measured with


def fit(request: FitRequest, emit: Callable[[Event], None]) -> Path:
    """Run a validated request; returns the result folder, which appears only when it is whole.

    `emit` gets Stage, Progress and Warning events and may raise Cancelled. Raises UserError.
    """
    device, context = _prepare(request)
    settings = settings_for(request, device)
    timeline = Timeline(_SHARES, emit, request.time_limit)
    check_target(Path(request.out))
    with timeline.stage("Reading photos") as progress:
        captured = load_capture(Path(request.capture), settings.capture, progress)
        capture = captured.normalized()
        training, held_out = _split(capture)
    first, last = settings.surface.passes[: settings.first_passes], settings.surface.passes[settings.first_passes :]
    with timeline.stage("Carving and sculpting") as progress:
        surface = sculpt(training, settings.surface, context, progress)
    with Unwrapping(surface, settings.texture) as unwrapping:
        with timeline.stage("First refinement") as progress:
            surface = polish(surface, training, first, settings.surface, context, progress)
        with timeline.stage("Measuring held-out photos"):
            atlas = unwrapping.result(_UNWRAP_LIMIT)
            figures = _proof(surface, atlas, training, held_out, settings.texture)
    with timeline.stage("Refinement") as progress:
        surface, detail = _finish(surface, capture, last, settings, context, progress)
    with timeline.stage("Painting") as progress:
        textured = paint(surface, detail, atlas, capture.views, settings.texture, progress)
    warnings = [*captured.warnings, *([unwrapping.warning] if unwrapping.warning else [])]
    for text in warnings:
        emit(Warning(text))
    with timeline.stage("Writing") as progress:
        world = replace(textured, surface=surface.to_world(captured.bounds.center, captured.bounds.radius))
        progress(0.2)
        pictures = _pictures(world, captured)
        progress(0.7)
        counts = {"vertices": len(surface.vertices), "triangles": len(surface.faces), "views": len(captured.views)}
        report = build_report(request.to_json(), timeline.seconds, figures, warnings, device, counts)
        checkpoint = {"bounds_center": captured.bounds.center, "bounds_radius": captured.bounds.radius}
        result = Result(world, captured, report, *pictures, base_color=request.texture, checkpoint=checkpoint)
        return write_result(Path(request.out), result)


def _prepare(request: FitRequest) -> tuple[str, FitContext]:
    """The device as a name, and how to compute there."""
    available = torch.cuda.is_available()
    if request.device == "cuda" and not available:
        raise UserError("There is no CUDA device for torch here. Use --device cpu, or run `python install.py doctor`.")
    device = "cpu" if request.device == "cpu" or not available else "cuda"
    # Views are worked on side by side in threads of our own; torch's threads would only get in their way.
    torch.set_num_threads(1)
    return device, FitContext(choose_renderer(request.renderer, device), torch.device(device), request.seed)


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


def _finish(surface, capture, passes, settings: Settings, context, progress) -> tuple[Surface, Surface | None]:
    """The last passes with all views, and the finer surface that the normal map is taken from."""
    plan, share = settings.surface, 0.5 if settings.surface.detail else 1.0
    surface = polish(surface, capture, passes, plan, context, lambda done: progress(share * done))
    if plan.detail is None:
        return surface, None
    fine = polish(
        subdivide(surface), capture, [plan.detail], plan, context, lambda done: progress(share + (1 - share) * done)
    )
    return surface, fine


def _pictures(world: TexturedSurface, capture: Capture):
    return preview(world, capture.views), contact_sheet(rows_of(world, capture.views))
