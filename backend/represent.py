"""The part of the story that only fields have: photos become a field, and the field a first surface."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import torch

from .asset.layout import BOUNDS_CENTER, BOUNDS_RADIUS, CUT_NORMAL, CUT_POINT, FIELD
from .errors import Enough
from .fields.gaussian import GaussianField
from .fit.context import FitContext
from .fit.domain import make_domain
from .fit.fields import FieldTraining, begin_field, field_surface
from .fit.sdf import SdfFit
from .fit.surface import sculpt
from .pictures import measure_drawn
from .presets import Settings
from .scene import Capture, Live, Progress, Surface
from .timeline import Timeline

_SCULPTING = 0.2  # share of the fit that a start surface takes
_LEARNED = 0.25  # share of a field's training before which it says less of the shape than the visual hull
FITTING, MESHING, FINISHING = "Fitting the field", "Meshing the field", "Finishing the field"


@dataclass(frozen=True)
class Represented:
    """A fitted field on the way, its closed surface (normalized frame), and its figures on held-out photos."""

    training: FieldTraining
    surface: Surface
    figures: dict | None


def represent(
    capture: Capture, held_out: Capture | None, settings: Settings, context: FitContext, timeline: Timeline, live: Live
) -> Represented | None:
    """Fit the field that the settings ask for to a normalized capture, and mesh it.

    None where the artist asked for what there is before the field was worth anything.
    """
    with timeline.stage(FITTING, refining=True) as progress:
        training = _trained(capture, settings, context, progress, live)
    if training is None:
        timeline.leave_out((MESHING, FINISHING))
        return None
    with timeline.stage(MESHING) as progress, _all_cores():
        surface = field_surface(training.field, capture, progress, live)
        figures = measure_drawn(training.field.draw, held_out.views) if held_out else None
    return Represented(training, surface, figures)


def _trained(
    capture: Capture, settings: Settings, context: FitContext, progress: Progress, live: Live
) -> FieldTraining | None:
    start, done, reached = None, 0.0, 0.0

    def tell(share: float) -> None:
        nonlocal reached
        reached = share
        progress(done + (1 - done) * share)

    if isinstance(settings.field, SdfFit) and settings.field.sculpted:
        start = sculpt(capture, settings.surface, context, lambda share: progress(_SCULPTING * share), live)
        done = _SCULPTING
    with _all_cores(), suppress(Enough):
        tell(0.0)
        domain = make_domain(capture, settings.surface.dissent)
        live.surface(start or domain.hull)
        training = begin_field(capture, domain, settings.field, context, start)
        training.run(tell, live)
    return training if reached >= _LEARNED else None


def finish(represented: Represented, capture: Capture, timeline: Timeline, live: Live) -> None:
    """Let the held-out photos join the fit of the field."""
    with timeline.stage(FINISHING, refining=True) as progress, _all_cores(), suppress(Enough):
        represented.training.join(capture, progress, live)


def kept_of(represented: Represented | None, capture: Capture) -> dict:
    """What the result keeps to begin again from: fields of asset.Result. capture: in its world frame."""
    bounds, cut = capture.bounds, capture.cut
    checkpoint = {BOUNDS_CENTER: bounds.center, BOUNDS_RADIUS: bounds.radius}
    if cut is not None:
        checkpoint |= {CUT_POINT: cut.point, CUT_NORMAL: cut.normal}
    if represented is None:
        return {"checkpoint": checkpoint}
    field = represented.training.field
    checkpoint |= {FIELD + name: values for name, values in field.arrays().items()}
    splats = field.splats().to_world(bounds.center, bounds.radius) if isinstance(field, GaussianField) else None
    return {"checkpoint": checkpoint, "splats": splats}


@contextmanager
def _all_cores() -> Iterator[None]:
    """Networks are torch's own work: unlike the surface's views, they are worked on by all of its threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or 1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
