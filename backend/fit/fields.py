"""The training of any representation, and the way from a field to a closed surface."""

from typing import Protocol

import numpy as np
import torch

from ..fields.field import Field
from ..fields.sdf import SdfField
from ..mesh.fusion import fuse
from ..mesh.hull import hull_distance
from ..mesh.lattice import cube_centers, lattice_near
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

_PICTURE = 160  # pixels along the longer side of the pictures that a field's surface is fused from
_FUSED = 48  # cubes along the lattice that depths are fused on: finer ones keep more of the depths' noise than of shape
_TRUNCATION = 4.0  # cubes behind a depth map's surface that it still speaks of
_CHUNK = 1 << 17  # points that a signed distance is asked at a time
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


def field_surface(field: Field, capture: Capture, progress: Progress, live: Live) -> Surface:
    """The field's closed surface within the capture's bounds and cut (normalized frame), one component."""
    if isinstance(field, SdfField):
        return _zero_set(field, capture)
    cameras = [view.shrunk(_PICTURE).camera for view in capture.views]
    pictures = []
    for camera in cameras:
        pictures.append(field.draw(camera))
        progress(len(pictures) / len(cameras))
        live.field(field.draw)

    def hull(points: np.ndarray) -> np.ndarray:
        return hull_distance(points, capture.views, capture.cut)

    return fuse(pictures, cameras, hull, _FUSED, EXTENT, _TRUNCATION * 2 * EXTENT / _FUSED)


def _zero_set(field: SdfField, capture: Capture) -> Surface:
    def distance(points: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            parts = [field.distance(part.to(field.device)).cpu() for part in points.split(_CHUNK)]
        bounded = torch.maximum(torch.cat(parts), points.norm(dim=1) - 1.0)
        if capture.cut is None:
            return bounded
        height = (points.double() - torch.from_numpy(capture.cut.point)) @ torch.from_numpy(capture.cut.normal)
        return torch.maximum(bounded, height.float())

    centers = torch.from_numpy(cube_centers(_ZERO_SET, EXTENT).reshape(-1, 3).astype(np.float32))
    lattice = lattice_near(distance(centers).numpy().reshape((_ZERO_SET,) * 3), EXTENT)
    vertices, faces = marching_tetrahedra(lattice, distance(lattice.points), 0.1)
    return largest_component(Surface(vertices.numpy(), faces.numpy()))
