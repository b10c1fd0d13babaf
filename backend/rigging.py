"""The part of the story that makes heads move: lips and lids are opened, and the rig is made and checked.

Where photos and not the head model carry the shape there are two meshes: the surface as it was fitted, and the clean
one, which is the head model with its quads, laid onto that surface.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .asset import layout
from .asset.key_checks import as_rows, check_keys
from .asset.result import CleanMesh
from .heads import Gathered
from .mesh.closest import Closest
from .mesh.graft import graft
from .mesh.wrap import settle, wrap
from .rig.assembly import Moving, Wearing, lacks, rig_head
from .scene import Carrier, HeadShape, Rig, Surface, TexturedSurface, View
from .scene.head import EAR, FACE, MOUTH
from .texture import TextureConfig, paint
from .timeline import Timeline

_FILLED = 0.002  # meters from the fitted surface: what lies deeper is a hole (nostril, ear) that no photo looks into
_NO_FACE = "No photo shows the face well enough to find it: the mesh has no shape keys. Add a photo from the front."
_NO_KEYS = "The head model {} has {}: the mesh has no shape keys. Choose the head model ict or builtin."
_HIDDEN_EYE = "Expressions need both eyes: the mesh has no shape keys. Leave out the photos in which an eye is covered."
OPENING, CLEAN, RIGGING = "Opening lips and lids", "Painting the clean mesh", "Rigging"


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


def stillness(gathered: Gathered) -> str:
    """Why the head of a fit cannot be made to move, for the artist; empty where it can."""
    if gathered.fit is None:
        return _NO_FACE
    model = gathered.fit.whole
    return _NO_KEYS.format(model.name, lacks(model)) if lacks(model) else ""


def open_face(surface: Surface, gathered: Gathered, timeline: Timeline) -> tuple[Opened | None, tuple[str, ...]]:
    """Lay the fitted head model onto a surface that photos carry, and graft its eyes and mouth into it.

    Returns what came of it and warnings. None where an eye is hidden in the surface: it stays as it was fitted.
    """
    with timeline.stage(OPENING) as progress:
        shape = gathered.shape
        laid = wrap(shape, surface, shape.metre, lambda done: progress(0.8 * done))
        grafted = graft(surface, shape, laid, shape.metre)
    if grafted.opened.count("eye") < 2:
        timeline.leave_out((CLEAN, RIGGING))
        return None, (*grafted.warnings, _HIDDEN_EYE)
    head = replace(shape, surface=grafted.surface, region=grafted.region, mirror=grafted.mirror, carried=True)
    return Opened(head, grafted.carrier, laid), grafted.warnings


def settled(opened: Opened, surface: Surface, gathered: Gathered) -> Opened:
    """With the model laid onto the surface anew, which has been refined since it was opened."""
    laid = settle(gathered.shape, opened.model, surface, opened.carrier, gathered.shape.metre)
    return replace(opened, model=laid)


def paint_clean(
    opened: Opened,
    relief: Surface,
    gathered: Gathered,
    views: Sequence[View],
    config: TextureConfig,
    timeline: Timeline,
) -> TexturedSurface:
    """The model as it was laid onto the finished surface, in that surface's frame and expression.

    relief: the finest surface that there is; what the model's quads leave out of it goes into the normal map.
    """
    with timeline.stage(CLEAN) as progress:
        shape = gathered.shape
        laid = replace(shape.surface, vertices=opened.model)
        region = np.where(_in_holes(laid, relief, shape), MOUTH, shape.region).astype(np.uint8)  # as dark as that
        head = replace(shape, surface=laid, region=region, carried=True)
        return paint(head.surface, relief, head.atlas, views, replace(config, optimize_epochs=1), progress, head)


def _in_holes(laid: Surface, relief: Surface, shape: HeadShape) -> np.ndarray:
    """(M,) bool: vertices of the skin that lie under the fitted surface, which is closed there."""
    skin = np.isin(shape.region, (FACE, EAR))
    nearest = Closest(relief, _FILLED * shape.metre, 0.0)
    skin[skin] = nearest.touch(laid.vertices[skin], laid.vertex_normals()[skin]).away > _FILLED * shape.metre
    return skin


@dataclass(frozen=True)
class Rigged:
    """A neutral surface in the world frame, what makes it move, and what the report tells of its keys.

    clean  the head model's own surface in its place
    """

    surface: Surface
    rig: Rig
    figures: dict
    clean: Moving


def rig(surface: Surface, head: HeadShape, opened: Opened | None, gathered: Gathered, timeline: Timeline) -> Rigged:
    """Rig a surface in the world frame; opened: None where the surface has the model's own vertices."""
    bounds, metre = gathered.capture.bounds, gathered.fit.solution.placement.scale
    carrier, model = Carrier.itself(len(head.region)), surface.vertices
    if opened is not None:
        carrier = opened.carrier
        model = (opened.model * bounds.radius + bounds.center).astype(np.float32)
    with timeline.stage(RIGGING) as progress:
        wearing = Wearing(surface, head.region, carrier, model, gathered.worn, gathered.coefficients)
        moving, clean = rig_head(wearing, gathered.fit, gathered.performances, lambda done: progress(0.8 * done))
        neutral, made = moving.surface, moving.rig
        found = check_keys(
            neutral.vertices, neutral.faces, made.keys, made.correctives, head.region, head.mirror, metre
        )
    return Rigged(neutral, made, as_rows(found), clean)


def meshes_of(rigged: Rigged, clean: TexturedSurface | None, gathered: Gathered) -> dict:
    """What the result keeps of a head: fields of asset.Result. clean: None where the surface is the model's own."""
    polygons = gathered.fit.model.polygons
    if clean is None:
        return {"rig": rigged.rig, "polygons": polygons}
    moved = replace(clean, surface=rigged.clean.surface)
    return {"rig": rigged.rig, "clean": CleanMesh(moved, polygons, rigged.clean.rig)}


def kept_of_head(gathered: Gathered, head: HeadShape) -> dict[str, np.ndarray]:
    """Arrays of the checkpoint that a re-fit and a recording begin with. head: of the result's mesh, in any frame."""
    return {
        layout.HEAD_NEUTRAL: gathered.neutral,
        layout.HEAD_MIRROR: head.mirror,
        layout.CLEAN + layout.HEAD_MIRROR: gathered.fit.model.mirror,
        layout.HEAD_METRE: np.float64(gathered.fit.solution.placement.scale),
        layout.HEAD_OUTLINED: np.uint8(gathered.outlined),
    }
