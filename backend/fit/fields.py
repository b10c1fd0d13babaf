"""The training of any representation, and the way from a field to a closed surface."""

from typing import Protocol

import numpy as np
import torch

from ..fields.field import Field
from ..fields.sdf import SdfField
from ..mesh.fusion import fuse
from ..mesh.hull import hull_distance
from ..mesh.lattice import band_lattice
from ..mesh.marching import marching_tetrahedra
from ..mesh.topology import largest_component
from ..scene import Capture, Live, Progress, Surface
from .context import FitContext
from .dmtet import EXTENT
from .domain import Domain
from .hash import HashFit, begin_hash
from .nerf import NerfFit, begin_nerf
from .sdf import SdfFit, begin_sdf
from .splatting import GaussianFit, begin_gaussians

FieldFit = NerfFit | HashFit | GaussianFit | SdfFit

_PICTURE = 256  # pixels along the longer side of the pictures that a field's surface is fused from
_FUSED = 48  # cubes along the lattice that depths are fused on: finer ones keep more of the depths' noise than of shape
_TRUNCATION = 4.0  # cubes behind a depth map's surface that it still speaks of
_ZERO_SET = 96  # cubes along the lattice that a signed distance is read on


class FieldTraining(Protocol):
    """A field on its way: `run` once, then `join` with more photos."""

    @property
    def field(self) -> Field:
        """The field so far."""

    def run(self, progress: Progress, live: Live) -> None:
        """Fit to the photos that it began with."""

    def join(self, capture: Capture, progress: Progress, live: Live) -> None:
        """Go on for a little with the photos of another capture of the same subject."""


def begin_field(
    capture: Capture, domain: Domain, config: FieldFit, context: FitContext, start: Surface | None = None
) -> FieldTraining:
    """The training of the representation that `config` is for, on a normalized capture.

    start: a closed surface that a signed distance begins with; without one it begins with the visual hull.
    """
    if isinstance(config, SdfFit):
        return begin_sdf(capture, domain, start, config, context)
    begin = {NerfFit: begin_nerf, HashFit: begin_hash, GaussianFit: begin_gaussians}[type(config)]
    return begin(capture, domain, config, context)


def field_surface(field: Field, capture: Capture, domain: Domain) -> Surface:
    """The field's closed surface within the capture's bounds and cut (normalized frame), one component."""
    if isinstance(field, SdfField):
        return _zero_set(field, capture)
    views = [view.shrunk(_PICTURE) for view in capture.views]
    pictures = [field.draw(view.camera) for view in views]

    def hull(points: np.ndarray) -> np.ndarray:
        return hull_distance(points, capture.views, capture.cut)

    cameras = [view.camera for view in views]
    return fuse(pictures, cameras, hull, _FUSED, EXTENT, _TRUNCATION * 2 * EXTENT / _FUSED)


def _zero_set(field: SdfField, capture: Capture) -> Surface:
    lattice = band_lattice(np.ones((_ZERO_SET,) * 3, bool), EXTENT)
    with torch.no_grad():
        parts = [field.distance(part.to(field.device)).cpu() for part in lattice.points.split(1 << 18)]
    distance = torch.maximum(torch.cat(parts), lattice.points.norm(dim=1) - 1.0)
    if capture.cut is not None:
        plane = (lattice.points.double() - torch.from_numpy(capture.cut.point)) @ torch.from_numpy(capture.cut.normal)
        distance = torch.maximum(distance, plane.float())
    vertices, faces = marching_tetrahedra(lattice, distance, 0.1)
    return largest_component(Surface(vertices.numpy(), faces.numpy()))
