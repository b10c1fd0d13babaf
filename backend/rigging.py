"""The part of the story that makes heads move: lips and lids are opened, and the rig is made and checked."""

from dataclasses import dataclass, replace

import numpy as np

from .asset.key_checks import as_rows, check_keys
from .heads import Gathered
from .mesh.graft import graft
from .mesh.wrap import wrap
from .rig.assembly import Wearing, rig_head
from .scene import Carrier, HeadShape, Rig, Surface
from .timeline import Timeline

OPENING, RIGGING = "Opening lips and lids", "Rigging"


@dataclass(frozen=True)
class Opened:
    """A surface (normalized frame) whose eyes and mouth are the head model's.

    head     what the painting needs to know of it; its atlas is the model's, of no use here
    carrier  where its vertices lie on the model
    model    (M, 3) the model's vertices, laid onto the surface
    """

    head: HeadShape
    carrier: Carrier
    model: np.ndarray
    warnings: tuple[str, ...] = ()


def open_face(surface: Surface, gathered: Gathered, timeline: Timeline) -> Opened:
    """Lay the fitted head model onto a surface that photos carry, and graft its eyes and mouth into it."""
    with timeline.stage(OPENING) as progress:
        shape = gathered.shape
        laid = wrap(shape, surface, shape.metre, lambda done: progress(0.8 * done))
        grafted = graft(surface, shape, laid, shape.metre)
        head = replace(shape, surface=grafted.surface, region=grafted.region, mirror=grafted.mirror, carried=True)
        return Opened(head, grafted.carrier, laid, grafted.warnings)


@dataclass(frozen=True)
class Rigged:
    """A neutral surface in the world frame, what makes it move, and what the report tells of its keys."""

    surface: Surface
    rig: Rig
    figures: dict


def rig(surface: Surface, head: HeadShape, opened: Opened | None, gathered: Gathered, timeline: Timeline) -> Rigged:
    """Rig a surface in the world frame; opened: None where the surface has the model's own vertices."""
    bounds, metre = gathered.capture.bounds, gathered.fit.solution.placement.scale
    carrier, model = Carrier.itself(len(head.region)), surface.vertices
    if opened is not None:
        carrier = opened.carrier
        model = (opened.model * bounds.radius + bounds.center).astype(np.float32)
    with timeline.stage(RIGGING) as progress:
        wearing = Wearing(surface, head.region, carrier, model, gathered.worn, gathered.coefficients)
        neutral, made = rig_head(wearing, gathered.fit, gathered.performances, lambda done: progress(0.8 * done))
        found = check_keys(
            neutral.vertices, neutral.faces, made.keys, made.correctives, head.region, head.mirror, metre
        )
    return Rigged(neutral, made, as_rows(found))
