"""The part of the story that makes the shape: views carry it themselves, or a head model does."""

from dataclasses import dataclass, replace

from . import rigging
from .capture.held_out import split
from .fit.surface import polish, sculpt
from .mesh.enclosed import enclosed
from .mesh.subdivide import subdivide
from .pictures import measure
from .presets import Settings, quick
from .represent import Represented, finish, represent
from .rigging import Opened
from .scene import Capture, HeadShape, Surface, UvAtlas, silent
from .texture import TextureConfig, Unwrapping, paint

SCULPTING, FIRST = "Carving and sculpting", "First refinement"
MEASURING, REFINEMENT = "Measuring held-out photos", "Refinement"
_TOO_FEW = "A field needs about a dozen photos with cameras: the head model was fitted without one."
_UNWRAP_LIMIT = 180.0  # seconds


@dataclass(frozen=True)
class Shaped:
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


def shape_of_views(gathered, capture: Capture, settings: Settings, context, timeline, live) -> Shaped:
    """Many views carry the shape themselves: a hull (or a field), a lattice, and refinement."""
    training, held_out = split(capture)
    fielded = settings.field is not None
    represented = represent(training, held_out, settings, context, timeline, live) if fielded else None
    first, last = settings.surface.passes[: settings.first_passes], settings.surface.passes[settings.first_passes :]
    with timeline.stage(SCULPTING, refining=True) as progress:
        start = represented and represented.surface
        surface = sculpt(training, settings.surface, context, progress, live, start)
    opened, hidden = (None, ()) if rigging.stillness(gathered) else rigging.open_face(surface, gathered, timeline)
    still = opened.head.inner if opened else None
    surface = opened.head.surface if opened else surface
    with Unwrapping(surface, settings.texture) as unwrapping:
        with timeline.stage(FIRST, refining=True) as progress:
            surface = polish(surface, training, first, settings.surface, context, progress, live, still)
        with timeline.stage(MEASURING):
            atlas = unwrapping.result(_UNWRAP_LIMIT)
            head = opened and replace(opened.head, surface=surface, atlas=atlas)
            figures = None
            if held_out is not None and not timeline.shortened(MEASURING):
                figures = _proof(surface, atlas, training, held_out, settings.texture, head)
    with timeline.stage(REFINEMENT, refining=True) as progress:
        surface, detail = _finish(surface, capture, last, settings, context, progress, live, still)
        opened = opened and rigging.settled(opened, surface, gathered)
    if represented:
        finish(represented, capture, timeline, live)
        if figures:
            figures["field"] = represented.figures
    told = (*((unwrapping.warning,) if unwrapping.warning else ()), *hidden)
    head = opened and replace(opened.head, surface=surface, atlas=atlas)
    return Shaped(surface, atlas, figures, detail, head, opened, represented, told)


def shape_of_model(gathered, capture: Capture, settings: Settings, context, timeline, live) -> Shaped:
    """Few views: the head model as it was fitted, moved on by what several photos agree on."""
    head, told = gathered.shape, ()
    if settings.field is not None:
        told = (_TOO_FEW,)
    live.surface(head.surface)
    surface = head.surface
    if len(capture.views) > 1:
        with timeline.stage(REFINEMENT, refining=True) as progress:
            plan = settings.surface.kept(gathered.outlined, skin=True)
            surface = polish(surface, capture, plan.passes, plan, context, progress, live, still=head.inner)
            surface = enclosed(head, surface, head.metre)
    return Shaped(surface, head.atlas, None, head=head, warnings=told)


def _proof(
    surface: Surface,
    atlas: UvAtlas,
    training: Capture,
    held_out: Capture,
    config: TextureConfig,
    head: HeadShape | None,
) -> dict:
    """PSNR and silhouette IoU on photos that took no part so far."""
    painted = paint(surface, None, atlas, training.views, quick(config), silent, head)
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
