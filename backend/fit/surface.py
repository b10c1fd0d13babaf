"""The whole fit of a surface, coarse to fine: lattice levels first, then passes over the final topology."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import Enough
from ..mesh.hull import carve
from ..mesh.topology import area
from ..scene import Capture, Live, Progress, Surface
from .context import FitContext
from .dmtet import EXTENT, DmtetConfig, fit_distances
from .neighbors import view_pairs, witnesses
from .objective import Objective, ObjectiveConfig
from .refine import RefineConfig, refine
from .targets import make_targets

# Of a surface that is nearly right: pixels that a usual first step moves a vertex, and of a correlation window's
# radius. Small windows hear texture rather than sheen.
_KEPT_LENGTH, _KEPT_WINDOW = 0.12, 2
_SKIN_NOISE = 1.0e-4  # ObjectiveConfig.noise where skin is compared by its own faint texture
_TRIANGLES_PER_SQUARE = 13.0  # of marching tetrahedra, for a surface of one cube's side squared (measured)


@dataclass(frozen=True)
class LatticeLevel:
    """One lattice, seen through photos of one size."""

    side: int  # pixels along the photos' longer side
    dmtet: DmtetConfig
    objective: ObjectiveConfig


@dataclass(frozen=True)
class RefineLevel:
    """One pass over the fixed topology, seen through photos of one size."""

    side: int  # pixels along the photos' longer side
    refine: RefineConfig
    objective: ObjectiveConfig


@dataclass(frozen=True)
class SurfaceConfig:
    """The plan of a fit."""

    hull_resolution: int = 48  # cubes along the bounds for the visual hull
    dissent: float = 0.04  # share of the views that may be wrong about a point of the hull
    lattices: tuple[LatticeLevel, ...] = ()
    triangles: int = 60_000  # of the final topology, about
    last_steps: int = 6  # on the last lattice, whose resolution follows from `triangles`
    passes: tuple[RefineLevel, ...] = ()
    detail: RefineLevel | None = None  # pass over the subdivided surface that the normal map is taken from
    compared: int = 4  # other photos that each photo is compared with, in turn
    witnesses: int = 7  # other photos that tell a photo's highlights

    def kept(self, outlined: bool, skin: bool) -> "SurfaceConfig":
        """The plan for a surface that is nearly right already: its relief stays where photos do not deny it.

        outlined: whether silhouettes are those of the surface. skin: whether it is a head's, whose gloss the last
        pass, which needs the least contrast, leaves out.
        """
        passes = tuple(
            replace(
                level,
                refine=replace(level.refine, keep=True, spread=0.0, first_length=_KEPT_LENGTH),
                objective=replace(
                    level.objective,
                    silhouette=level.objective.silhouette * outlined,
                    window=_KEPT_WINDOW,
                    matte=skin and number == len(self.passes) - 1,
                    noise=_SKIN_NOISE if skin else level.objective.noise,
                ),
            )
            for number, level in enumerate(self.passes)
        )
        return replace(self, passes=passes)


def sculpt(
    capture: Capture,
    config: SurfaceConfig,
    context: FitContext,
    progress: Progress,
    live: Live,
    start: Surface | None = None,
) -> Surface:
    """Start surface, else visual hull -> lattice levels -> a closed surface of about config.triangles (normalized).

    Where progress raises Enough, each level that is left takes a single step.
    """
    rng = np.random.default_rng(context.seed)
    surface = start or carve(capture, config.hull_resolution, EXTENT, int(config.dissent * len(capture.views)))
    total = sum(level.dmtet.steps for level in config.lattices) + config.last_steps
    done = 0

    def on_step(step: int, so_far: Surface) -> None:
        progress((done + step + 1) / total)
        live.surface(so_far)

    for level in config.lattices:
        live.surface(surface)  # what the next objective needs takes seconds
        objective = _objective(capture, level.side, level.objective, config, context)
        surface = fit_distances(surface, objective, level.dmtet, capture.cut, rng, on_step)
        done += level.dmtet.steps
    spacing = np.sqrt(_TRIANGLES_PER_SQUARE * area(surface) / config.triangles)
    last = DmtetConfig(resolution=max(8, int(2 * EXTENT / spacing)), steps=config.last_steps)
    return fit_distances(surface, objective, last, capture.cut, rng, on_step)


def polish(
    surface: Surface,
    capture: Capture,
    passes: Sequence[RefineLevel],
    config: SurfaceConfig,
    context: FitContext,
    progress: Progress,
    live: Live,
    still: np.ndarray | None = None,
) -> Surface:
    """Refine the vertices of a surface (normalized frame) in the given passes; the faces stay.

    still (V,) bool: vertices that no photo moves. Where progress raises Enough, the surface stays as it is then.
    """
    rng = np.random.default_rng(context.seed + 1)
    total, done = sum(level.refine.steps for level in passes), 0
    for level in passes:
        live.surface(surface)
        try:
            progress(done / max(total, 1))
        except Enough:
            break
        objective = _objective(capture, level.side, level.objective, config, context)

        def on_step(step: int, so_far: Surface, done: int = done) -> None:
            progress((done + step + 1) / total)
            live.surface(so_far)

        cut = None if level.refine.keep else capture.cut  # a shape that is kept has no rim to smooth
        surface = refine(surface, objective, level.refine, cut, rng, on_step, still)
        done += level.refine.steps
    return surface


def _objective(
    capture: Capture, side: int, objective: ObjectiveConfig, config: SurfaceConfig, context: FitContext
) -> Objective:
    targets = make_targets(capture.views, capture.cut, side, context.device, objective.matte)
    pairs, others = view_pairs(capture.views, config.compared), witnesses(capture.views, config.witnesses)
    return Objective(targets, pairs, objective, context.renderer, others)
