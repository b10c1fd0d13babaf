"""The whole story: photos with cameras become a result folder."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from . import rigging
from .asset.replace import check_target
from .asset.report import build_report
from .asset.result import Result
from .asset.writer import write_result
from .devices import choose_device
from .errors import UserError
from .fit.context import FitContext
from .heads import HEAD, READING, gather
from .kernels.renderer import choose_renderer
from .live import LivePreview
from .memory import is_out_of_memory
from .pictures import pictures_of
from .presets import Settings, leaner, quick, settings_for
from .protocol import Event, FitRequest, Warning
from .represent import FINISHING, FITTING, MESHING, kept_of
from .rigging import CLEAN, OPENING, RIGGING
from .scene import Unseen
from .shaping import FIRST, MEASURING, REFINEMENT, SCULPTING, shape_of_model, shape_of_views
from .texture import paint
from .timeline import Timeline

PAINTING, WRITING = "Painting", "Writing"

# Shares of the time that each stage takes, measured at the preset standard.
_SHARES = {
    READING: 3.0,
    HEAD: 12.0,
    FITTING: 160.0,
    MESHING: 5.0,
    SCULPTING: 10.0,
    OPENING: 6.0,
    FIRST: 10.0,
    MEASURING: 6.0,
    REFINEMENT: 14.0,
    FINISHING: 20.0,
    PAINTING: 20.0,
    CLEAN: 22.0,
    RIGGING: 6.0,
    WRITING: 6.0,
}
_OF_VIEWS = (FITTING, MESHING, FINISHING, SCULPTING, OPENING, FIRST, MEASURING, CLEAN)
_SMALLER = "Memory ran out: photos, textures and field were made smaller. Close other programs for all detail."


def fit(request: FitRequest, emit: Callable[[Event], None], previews: Path | None = None) -> Path:
    """Run a validated request; returns the result folder, which appears only when it is whole.

    `emit` gets Stage, Progress, Preview, InterimMesh and Warning events and may raise Cancelled; from Progress also
    Enough, after which no more is refined. `previews` is the folder for preview pictures and surfaces; without it
    there are none. Raises UserError. When memory runs out, everything is begun once more with less.
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
    timeline = Timeline(_SHARES, emit, request.time_limit)
    timeline.leave_out(() if settings.field else (FITTING, MESHING, FINISHING))
    gathered = gather(request, settings, timeline)
    still = rigging.stillness(gathered)
    if still:
        timeline.leave_out((OPENING, CLEAN, RIGGING))
    if not gathered.carried:
        alone = len(gathered.capture.views) == 1
        timeline.leave_out((*_OF_VIEWS, REFINEMENT) if alone else _OF_VIEWS)
    capture = gathered.capture.normalized()
    live = LivePreview(previews, timeline.emit, capture, gathered.capture.bounds) if previews else Unseen()
    shape = shape_of_views if gathered.carried else shape_of_model
    shaped = shape(gathered, capture, settings, context, timeline, live)
    with timeline.stage(PAINTING) as progress:
        texture = quick(settings.texture) if timeline.shortened(PAINTING) else settings.texture
        textured = paint(shaped.surface, shaped.detail, shaped.atlas, capture.views, texture, progress, shaped.head)
    clean = None
    if shaped.opened is not None:
        texture = quick(settings.texture) if timeline.shortened(CLEAN) else settings.texture
        relief = shaped.detail or shaped.surface
        clean = rigging.paint_clean(shaped.opened, relief, gathered, capture.views, texture, timeline)
    unrigged = (still,) if still and request.subject == "head" else ()
    for text in (own := [*gathered.capture.warnings, *shaped.warnings, *unrigged, *timeline.warnings]):
        timeline.emit(Warning(text))
    bounds = gathered.capture.bounds
    world = replace(textured, surface=shaped.surface.to_world(bounds.center, bounds.radius))
    rigged = None
    if shaped.head is not None and not still:
        rigged = rigging.rig(world.surface, shaped.head, shaped.opened, gathered, timeline)
    with timeline.stage(WRITING) as progress:
        worn = world
        if rigged is not None:
            world = replace(world, surface=rigged.surface)
        pictures = pictures_of(worn if gathered.worn else world, gathered.capture.views)  # in the photos' expression
        progress(0.7)
        counts = {
            "vertices": len(world.surface.vertices),
            "triangles": len(world.surface.faces),
            "views": len(capture.views),
        }
        report = build_report(
            request.to_json(), timeline.seconds, shaped.figures, [*warnings, *own], context.device.type, counts
        )
        kept = kept_of(shaped.represented, gathered.capture)
        if rigged is not None:
            report["head"] = gathered.figures | {"shape_keys": rigged.figures}
            kept |= rigging.meshes_of(rigged, clean, gathered)
            kept["checkpoint"] |= rigging.kept_of_head(gathered, shaped.head)
        result = Result(world, gathered.capture, report, *pictures, base_color=request.texture, **kept)
        return write_result(Path(request.out), result)


def _prepare(request: FitRequest) -> FitContext:
    """How to compute."""
    device = choose_device(request.device)
    # Views are worked on side by side in threads of our own; torch's threads would only get in their way.
    torch.set_num_threads(1)
    return FitContext(choose_renderer(request.renderer, device.type), device, request.seed)
