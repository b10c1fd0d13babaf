"""The space that a field fills: a cube, and which of its cells the masks allow."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from scipy import ndimage

from ..mesh.hull import hull_distance
from ..mesh.lattice import cube_centers, lattice_near
from ..mesh.marching import marching_tetrahedra
from ..mesh.topology import largest_component
from ..scene import Capture, Surface
from .dmtet import EXTENT

_BEYOND = 1.7  # half the cube's side where photos show more of the subject than its mesh will have (shoulders)
_CELLS = 64  # cubes along the cube for the hull's distance
_GRID = 128  # cells along the cube that a field's grid has
_VIEWS = 32  # that carve: more of them make the hull no tighter than its cells can tell


@dataclass(frozen=True)
class Domain:
    """Where a field may be (normalized frame).

    extent    half the side of the cube around the origin
    distance  (64, 64, 64) float32 signed distance to the visual hull at the centers of its cells, negative inside
    possible  (128, 128, 128) bool: cells of the cube that the hull touches
    """

    extent: float
    distance: np.ndarray
    possible: np.ndarray

    @cached_property
    def hull(self) -> Surface:
        """The hull's closed surface, with what lies beyond the capture's cut."""
        lattice = lattice_near(self.distance, self.extent)
        at = (lattice.points.numpy().T + self.extent) * (_CELLS / (2 * self.extent)) - 0.5
        distance = ndimage.map_coordinates(self.distance, at, order=1, mode="nearest")
        vertices, faces = marching_tetrahedra(lattice, torch.from_numpy(distance))
        return largest_component(Surface(vertices.numpy(), faces.numpy()))


def make_domain(capture: Capture, dissent: float) -> Domain:
    """The domain of a normalized capture; `dissent` is the share of views that may be wrong about a point.

    The cut is no wall here: photos show what lies beyond it, and a field that could not explain it would put its
    color elsewhere.
    """
    extent = EXTENT if capture.cut is None else _BEYOND
    radius = 1.0 if capture.cut is None else extent
    views = capture.views[:: -(-len(capture.views) // _VIEWS)]
    points = cube_centers(_CELLS, extent).reshape(-1, 3).astype(np.float32)
    distance = hull_distance(points, views, None, int(dissent * len(views)), radius).reshape((_CELLS,) * 3)
    fine = ndimage.zoom(distance, _GRID // _CELLS, order=1, grid_mode=True, mode="nearest")
    return Domain(extent, distance, _largest(fine < 1.5 * 2 * extent / _GRID))


def _largest(cells: np.ndarray) -> np.ndarray:
    """The largest connected part of cells (R, R, R) bool: where hardly a photo looks, hulls leave crumbs."""
    parts, count = ndimage.label(cells)
    return parts == 1 + np.argmax(np.bincount(parts.ravel())[1:]) if count else cells
