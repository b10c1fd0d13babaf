"""Deep marching tetrahedra: free signed distances on a lattice band, fitted through the rasterizer.

(Shen et al. 2021; Munkberg et al. 2022, "Extracting Triangular 3D Models, Materials, and Lighting From
Images".) Differences: the distances start from the visual hull or another closed surface, never at random; the
gradient is smoothed over the lattice before a step is taken, so that a few dozen steps suffice.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import coo_matrix, diags

from ..errors import Enough, UserError
from ..mesh.lattice import Lattice
from ..mesh.marching import marching_tetrahedra
from ..mesh.redistance import lattice_around
from ..mesh.topology import largest_component
from ..scene import CutPlane, Surface
from .descent import Descent, batches, falling
from .objective import Objective

EXTENT = 1.06  # half the side of the lattice's cube: the unit sphere and a margin


@dataclass(frozen=True)
class DmtetConfig:
    """One level of the coarse-to-fine fit."""

    resolution: int = 64  # cubes along the lattice's cube
    steps: int = 50
    views: int = 4  # per step
    first_length: float = 0.3  # pixels that a usual step moves the surface, at the start
    last_length: float = 0.06  # and at the end
    smoothing: int = 6  # passes of the lattice's own average over the gradient
    sign: float = 0.2  # weight of the sign regularizer at the start; a tenth of it from a quarter of the steps on
    roughness: float = 0.02  # share of the distances' Laplacian taken off per step


def fit_distances(
    surface: Surface,
    objective: Objective,
    config: DmtetConfig,
    cut: CutPlane | None,
    rng: np.random.Generator,
    on_step: Callable[[int, Surface], None] = lambda step, so_far: None,
) -> Surface:
    """Refit a closed surface (normalized frame) to the objective's photos on a lattice; closed, one component.

    on_step gets the step's number and surface; where it raises Enough, that step is the last.
    """
    lattice, distances = lattice_around(surface, config.resolution, EXTENT)
    plane = _plane_distance(lattice, cut)
    average = _lattice_average(lattice)
    descent, footprint = Descent(), objective.footprint
    vertices, faces = _extract(lattice, distances, plane)
    objective.look(vertices, faces)
    for step, batch in zip(range(config.steps), batches(objective.drivers, config.views, rng), strict=False):
        share = step / config.steps
        leaf = distances.clone().requires_grad_(True)
        vertices, faces = _extract(lattice, leaf, plane)
        vertices.backward(objective.gradient(vertices, faces, batch, step))
        gradient = leaf.grad.numpy()
        for _ in range(config.smoothing):
            gradient = average @ gradient
        length = falling(config.first_length, config.last_length, share) * footprint
        change = descent.step(gradient, length)
        relaxed = config.roughness * (average @ distances.numpy() - distances.numpy())
        change += relaxed - config.sign * (1.0 if share < 0.25 else 0.1) * length * _sign_pull(lattice, distances)
        distances = distances + torch.from_numpy(change)
        if not torch.isfinite(distances).all():
            raise FloatingPointError(f"a signed distance became infinite at lattice {config.resolution}, step {step}")
        try:
            on_step(step, Surface(vertices.detach().numpy(), faces.numpy()))
        except Enough:
            break
    vertices, faces = _extract(lattice, distances, plane, margin=0.12)
    return largest_component(Surface(vertices.numpy(), faces.numpy()))


def _extract(lattice: Lattice, distances: torch.Tensor, plane: torch.Tensor | None, margin: float = 0.0):
    if plane is not None:
        distances = torch.maximum(distances, plane)
    # A distance of exactly zero would put several vertices on one lattice point.
    tiny = 1e-5 * lattice.spacing
    distances = torch.where(distances.abs() < tiny, torch.full_like(distances, tiny), distances)
    vertices, faces = marching_tetrahedra(lattice, distances, margin)
    if len(faces) == 0:
        raise UserError(
            "The surface vanished during the fit: the masks and the cameras do not agree. "
            "Check that transforms.json belongs to these photos."
        )
    return vertices, faces


def _plane_distance(lattice: Lattice, cut: CutPlane | None) -> torch.Tensor | None:
    if cut is None:
        return None
    return ((lattice.points.double() - torch.from_numpy(cut.point)) @ torch.from_numpy(cut.normal)).float()


def _lattice_average(lattice: Lattice):
    """Half a point's own value and half the mean of its neighbors', as a sparse matrix (N, N)."""
    count, edges = len(lattice.points), lattice.edges.numpy()
    rows, columns = np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]]
    graph = coo_matrix((np.full(len(rows), 0.5, np.float32), (rows, columns)), shape=(count, count)).tocsr()
    degree = np.maximum(np.asarray(graph.sum(1)).ravel() * 2, 1)
    return (diags(1 / degree) @ graph + diags(np.full(count, 0.5, np.float32))).astype(np.float32).tocsr()


def _sign_pull(lattice: Lattice, distances: torch.Tensor) -> np.ndarray:
    """Gradient of the sign regularizer (N,), about 1 in size.

    Both ends of an edge whose signs differ are asked to take the other's sign (two-way binary
    cross-entropy, Munkberg et al. 2022, eq. 2), which removes floaters and thin dents.
    """
    ends = lattice.edges[(distances[lattice.edges] < 0).sum(1) == 1]
    scaled = distances[ends] / lattice.spacing
    pull = torch.sigmoid(scaled) - (scaled.flip(1) > 0).float()
    total = torch.zeros_like(distances).index_add_(0, ends.reshape(-1), pull.reshape(-1))
    count = torch.zeros_like(distances).index_add_(0, ends.reshape(-1), torch.ones_like(pull).reshape(-1))
    return (total / count.clamp_min(1)).numpy()
