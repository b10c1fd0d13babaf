"""A fitted surface whose fused lips and lids are replaced by a head model's: eyes and a mouth that can open.

The model was laid onto the surface before (wrap.py). Around each eye and around the mouth the surface is cut out
along a loop of the model's edges, the model's own triangles are put there, and a strip of triangles joins both. What
remains of the surface is told where on the model it lies, so that all that is known of the model can be carried over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from ..scene import HeadShape, Surface
from ..scene.rig import Carrier
from .carrying import carried_by
from .cutting import cuts_for
from .joining import joined
from .openings import Opening, openings_of
from .parts import Parts, mouth_bag, parts_of, socket_of

_TOLD = {
    "eye": "An eye could not be cut: hair, glasses or a hole lie over it in the fitted surface. Its lids stay fused.",
    "mouth": "The mouth could not be cut: hair or a hole lies over it in the fitted surface. The lips stay fused.",
}


@dataclass(frozen=True)
class Grafted:
    """The surface with its openings. Vertices of the fitted surface come first, then those of the model.

    region   (V,) uint8, index into scene.head.REGIONS
    carrier  where each vertex lies on the model
    mirror   (V,) int32: the vertex nearest to the place on the other side of the head
    origin   (V,) int32: the model's vertex that this is; -1 for those of the fitted surface
    opened   names of the openings that were made, "eye" for each eye
    """

    surface: Surface
    region: np.ndarray
    carrier: Carrier
    mirror: np.ndarray
    origin: np.ndarray
    opened: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def graft(target: Surface, shape: HeadShape, wrapped: np.ndarray, metre: float) -> Grafted:
    """target: closed, one component. wrapped (V, 3): the model's vertices laid onto it. metre: length of one."""
    parts = parts_of(shape, metre)
    model = Surface(wrapped.astype(np.float32), shape.surface.faces)
    openings = openings_of(shape, parts, metre)
    cuts = cuts_for(target, model, parts.skin, openings, metre)
    surface, origin, cuts = joined(target, model, cuts, metre)
    made = [cut.opening for cut in cuts]
    carrier = carried_by(surface, origin, Surface(model.vertices, _outside(shape, parts, made)), metre)
    rows = np.arange(len(origin))
    return Grafted(
        surface=surface,
        region=shape.region[carrier.corners[rows, carrier.weights.argmax(1)]],
        carrier=carrier,
        mirror=_mirror(carrier, origin, model.vertices, shape.mirror),
        origin=origin,
        opened=tuple(opening.name for opening in made),
        warnings=tuple(_TOLD[opening.name] for opening in openings if not any(opening is other for other in made)),
    )


def _outside(shape: HeadShape, parts: Parts, made: Sequence[Opening]) -> np.ndarray:
    """The model's triangles (G, 3) that a vertex of the fitted surface can lie on."""
    faces = shape.surface.faces
    lining = mouth_bag(shape, parts.skin)
    for eye in parts.eyes:
        lining |= socket_of(shape, parts.skin, eye)
    kept = parts.skin[faces].all(1) & ~lining[faces].all(1)
    for opening in made:
        kept &= ~opening.faces
    return faces[kept]


def _mirror(carrier: Carrier, origin: np.ndarray, model: np.ndarray, mirror: np.ndarray) -> np.ndarray:
    """(V,) int32; the model's own vertices have their twins where these are there too."""
    there = carrier.carry(model)
    across = Carrier(mirror[carrier.corners], carrier.weights).carry(model)
    twin = cKDTree(there).query(across)[1].astype(np.int32)
    number = np.full(len(model), -1)
    number[origin[origin >= 0]] = np.flatnonzero(origin >= 0)
    own = np.flatnonzero(origin >= 0)
    known = number[mirror[origin[own]]]
    twin[own] = np.where(known >= 0, known, twin[own])
    return twin
