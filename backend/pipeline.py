"""The whole story: photos with cameras become a result folder."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from .asset.layout import HEAD_NEUTRAL
from .asset.replace import check_target
from .asset.report import build_report
from .asset.result import Result
from .asset.writer import write_result
from .capture.held_out import split
from .devices import choose_device
from .errors import UserError
from .fit.context import FitContext
from .fit.surface import polish, sculpt
from .heads import HEAD, READING, gather
from .kernels.renderer import choose_renderer
from .live import LivePreview
from .memory import is_out_of_memory
from .mesh.enclosed import enclosed
from .mesh.subdivide import subdivide
from .pictures import contact_sheet, measure, preview, rows_of
from .presets import Settings, leaner, settings_for
from .protocol import Event, FitRequest, Warning
from .represent import FINISHING, FITTING, MESHING, Represented, finish, kept_of, represent
from .rigging import CLEAN, OPENING, RIGGING, Opened, meshes_of, open_face, paint_clean, rig, settled, stillness
from .scene import Capture, HeadShape, Surface, TexturedSurface, Unseen, UvAtlas, silent
from .texture import TextureConfig, Unwrapping, paint
from .timeline import Timeline

REFINEMENT = "Refinement"

# Shares of the time that each stage takes, measured at the preset standard.
_SHARES = {
    READING: 3.0,
    HEAD: 12.0,
    FITTING: 160.0,
    MESHING: 5.0,
    "Carving and sculpting": 10.0,
    OPENING: 6.0,
    "First refinement": 10.0,
    "Measuring held-out photos": 6.0,
    REFINEMENT: 14.0,
    FINISHING: 20.0,
    "Painting": 20.0,
    CLEAN: 22.0,
    RIGGING: 6.0,
    "Writing": 6.0,
}
_OF_VIEWS = (
    FITTING, MESHING, FINISHING, "Carving and sculpting", OPENING, "First refinement", "Measuring held-out photos",
    CLEAN,
)  # fmt: skip
_TOO_FEW = "A field needs about a dozen photos with cameras: the head model was fitted without one."
_SMALLER = "Memory ran out: photos, textures and field were made smaller. Close other programs for all detail."
_FRAME = 0.04  # of the picture's longer side, kept around the subject in the pictures
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
    timeline = Timeline(_SHARES, emit, request.time_limit)
    timeline.leave_out(() if settings.field else (FITTING, MESHING, FINISHING))
    gathered = gather(request, settings, timeline)
    still = stillness(gathered)
    if still:
        timeline.leave_out((OPENING, CLEAN, RIGGING))
    if not gathered.carried:
        alone = len(gathered.capture.views) == 1
        timeline.leave_out((*_OF_VIEWS, REFINEMENT) if alone else _OF_VIEWS)
    capture = gathered.capture.normalized()
    live = LivePreview(previews, emit, capture) if previews else Unseen()
    shape = _shape_of_views if gathered.carried else _shape_of_model
    shaped = shape(gathered, capture, settings, context, timeline, live)
    with timeline.stage("Painting") as progress:
        textured = paint(
            shaped.surface, shaped.detail, shaped.atlas, capture.views, settings.texture, progress, shaped.head
        )
    clean = None
    if shaped.opened is not None:
        relief = shaped.detail or shaped.surface
        clean = paint_clean(shaped.opened, relief, gathered, capture.views, settings.texture, timeline)
    unrigged = (still,) if still and request.subject == "head" else ()
    for text in (own := [*gathered.capture.warnings, *shaped.warnings, *unrigged]):
        emit(Warning(text))
    bounds = gathered.capture.bounds
    world = replace(textured, surface=shaped.surface.to_world(bounds.center, bounds.radius))
    rigged = None
    if shaped.head is not None and not still:
        rigged = rig(world.surface, shaped.head, shaped.opened, gathered, timeline)
    with timeline.stage("Writing") as progress:
        pictures = _pictures(world, gathered.capture)  # beside the photos, in their expression
        progress(0.7)
        if rigged is not None:
            world = replace(world, surface=rigged.surface)
        counts = {
            "vertices": len(world.surface.vertices),
            "triangles": len(world.surface.faces),
            "views": len(capture.views),
        }
        report = build_report(
            request.to_json(), timeline.seconds, shaped.figures, [*warnings, *own], context.device.type, counts
        )
        kept = kept_of(shaped.represented, bounds)
        if rigged is not None:
            report["head"] = gathered.figures | {"shape_keys": rigged.figures}
            kept |= meshes_of(rigged, clean, gathered)
            kept["checkpoint"] |= {HEAD_NEUTRAL: gathered.neutral}
        result = Result(world, gathered.capture, report, *pictures, base_color=request.texture, **kept)
        return write_result(Path(request.out), result)


@dataclass(frozen=True)
class _Shaped:
    """A surface in the normalized frame, ready to be painted.

    detail  the finer one that relief is taken from
    head    of heads, what is known of it; opened: how, where photos and not the model carry the shape
    """

    surface: Surface
    atlas: UvAtlas
    figures: dict | None
    detail: Surface | None = None
    head: HeadShape | None = None
    opened: Opened | None = None
    represented: Represented | None = None
    warnings: tuple[str, ...] = ()


def _shape_of_views(gathered, capture: Capture, settings: Settings, context, timeline, live) -> _Shaped:
    """Many views carry the shape themselves: a hull (or a field), a lattice, and refinement."""
    training, held_out = split(capture)
    fielded = settings.field is not None
    represented = represent(training, held_out, settings, context, timeline, live) if fielded else None
    first, last = settings.surface.passes[: settings.first_passes], settings.surface.passes[settings.first_passes :]
    with timeline.stage("Carving and sculpting") as progress:
        start = represented and represented.surface
        surface = sculpt(training, settings.surface, context, progress, live, start)
    opened, hidden = (None, ()) if stillness(gathered) else open_face(surface, gathered, timeline)
    still = opened.head.inner if opened else None
    surface = opened.head.surface if opened else surface
    with Unwrapping(surface, settings.texture) as unwrapping:
        with timeline.stage("First refinement") as progress:
            surface = polish(surface, training, first, settings.surface, context, progress, live, still)
        with timeline.stage("Measuring held-out photos"):
            atlas = unwrapping.result(_UNWRAP_LIMIT)
            head = opened and replace(opened.head, surface=surface, atlas=atlas)
            figures = _proof(surface, atlas, training, held_out, settings.texture, head)
    with timeline.stage(REFINEMENT) as progress:
        surface, detail = _finish(surface, capture, last, settings, context, progress, live, still)
        opened = opened and settled(opened, surface, gathered)
    if represented:
        finish(represented, capture, timeline, live)
        if figures:
            figures["field"] = represented.figures
    told = (*((unwrapping.warning,) if unwrapping.warning else ()), *hidden)
    head = opened and replace(opened.head, surface=surface, atlas=atlas)
    return _Shaped(surface, atlas, figures, detail, head, opened, represented, told)


def _shape_of_model(gathered, capture: Capture, settings: Settings, context, timeline, live) -> _Shaped:
    """Few views: the head model as it was fitted, moved on by what several photos agree on."""
    head, told = gathered.shape, ()
    if settings.field is not None:
        told = (_TOO_FEW,)
    live.surface(head.surface)
    surface = head.surface
    if len(capture.views) > 1:
        with timeline.stage(REFINEMENT) as progress:
            plan = settings.surface.kept(gathered.outlined)
            surface = polish(surface, capture, plan.passes, plan, context, progress, live, still=head.inner)
            surface = enclosed(head, surface, head.metre)
    return _Shaped(surface, head.atlas, None, head=head, warnings=told)


def _prepare(request: FitRequest) -> FitContext:
    """How to compute."""
    device = choose_device(request.device)
    # Views are worked on side by side in threads of our own; torch's threads would only get in their way.
    torch.set_num_threads(1)
    return FitContext(choose_renderer(request.renderer, device.type), device, request.seed)


def _proof(
    surface: Surface,
    atlas: UvAtlas,
    training: Capture,
    held_out: Capture | None,
    config: TextureConfig,
    head: HeadShape | None,
) -> dict | None:
    """PSNR and silhouette IoU on photos that took no part so far."""
    if held_out is None:
        return None
    quick = replace(config, size=min(config.size, _PROOF_TEXELS), optimize_epochs=1)
    painted = paint(surface, None, atlas, training.views, quick, silent, head)
    return measure(painted, held_out.views, training.cut)


def _finish(
    surface, capture, passes, settings: Settings, context, progress, live, still
) -> tuple[Surface, Surface | None]:
    """The last passes with all views, and the finer surface that the normal map is taken from."""
    plan, share = settings.surface, 0.5 if settings.surface.detail else 1.0
    surface = polish(surface, capture, passes, plan, context, lambda done: progress(share * done), live, still)
    if plan.detail is None:
        return surface, None

    def rest(done: float) -> None:
        progress(share + (1 - share) * done)

    finer, still = subdivide(surface, still)
    return surface, polish(finer, capture, [plan.detail], plan, context, rest, live, still)


def _pictures(world: TexturedSurface, capture: Capture):
    """Preview and contact sheet; of photos that show much else, the part with the subject."""
    views = [view.cropped(_FRAME) for view in capture.views]
    return preview(world, views), contact_sheet(rows_of(world, views))
