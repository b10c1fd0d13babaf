"""The last millimeter: vertices of a fixed topology moved by large, smooth steps."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import torch
from scipy.sparse import diags

from ..errors import Enough
from ..kernels.adjacency import face_neighbors
from ..mesh.smoothing import SmoothSolver, adjacency_matrix, umbrella
from ..scene import CutPlane, Surface
from .descent import Descent, batches, falling
from .objective import Objective

_CLOSE = 0.4  # edges from the cut within which a vertex belongs to it
_RIM = 0.3  # share of the way to its neighbors on the rim that a vertex of the rim goes per step


@dataclass(frozen=True)
class RefineConfig:
    """One pass over a fixed topology."""

    steps: int = 100
    views: int = 2  # per step
    first_length: float = 0.25  # pixels that a usual step moves a vertex, at the start
    last_length: float = 0.04  # and at the end
    smoothing: float = 12.0  # lambda of the solver: a step is smooth over about its root in edges
    stiffness: float = 0.05  # share of the bi-Laplacian taken off per step: no crumpling where photos say nothing
    spread: float = 0.10  # share of the way to the neighbors' mean along the surface per step: even triangles
    keep: bool = False  # whether stiffness and spread hold on to the shape at the start: relief that photos do not deny


def refine(
    surface: Surface,
    objective: Objective,
    config: RefineConfig,
    cut: CutPlane | None,
    rng: np.random.Generator,
    on_step: Callable[[int, Surface], None] = lambda step, so_far: None,
    still: np.ndarray | None = None,
) -> Surface:
    """Move the vertices of a surface (normalized frame) until it agrees with the photos; same faces.

    still (V,) bool: vertices that no photo moves. Where on_step raises Enough, that step is the last.
    """
    vertices, faces = surface.vertices.astype(np.float32), torch.from_numpy(surface.faces)
    solver = SmoothSolver(surface.faces, len(vertices), config.smoothing, tolerance=5e-2)
    average = umbrella(surface.faces, len(vertices))
    vertices, held = _on_plane(vertices, surface.faces, cut)
    rim, along_rim = _rim(surface.faces, held)
    descent, footprint = Descent(), objective.footprint
    rest = vertices.copy() if config.keep else np.float32(0)
    neighbors = face_neighbors(faces)
    objective.look(torch.from_numpy(vertices), faces)
    heard = batches(objective.drivers, config.views, rng)
    outlines = batches(objective.witnesses, 1, rng) if objective.witnesses else repeat([])
    for step, batch, outline in zip(range(config.steps), heard, outlines, strict=False):
        pull = objective.gradient(torch.from_numpy(vertices), faces, [*batch, *outline], step, neighbors)
        length = falling(config.first_length, config.last_length, step / config.steps) * footprint
        pull = pull.numpy()
        pull[held & ~rim] = 0  # no photo shows the cut
        if still is not None:
            pull[still] = 0
        change = descent.step(solver(pull), length)
        bend = average @ (vertices - rest)
        normals = Surface(vertices, surface.faces).vertex_normals()
        across = bend - normals * np.einsum("vc,vc->v", bend, normals)[:, None]
        relaxed = config.spread * across - config.stiffness * (average @ bend)
        if cut is not None:  # the cut stays the plane that it is, and its rim a smooth line
            relaxed[rim] = _RIM * (along_rim @ vertices)[rim]
        change += relaxed
        if cut is not None:
            change[held] -= (change[held] @ cut.normal)[:, None] * cut.normal.astype(np.float32)
        vertices = vertices + change
        if not np.isfinite(vertices).all():
            raise FloatingPointError(f"a vertex became infinite at refinement step {step}")
        try:
            on_step(step, Surface(vertices, surface.faces))
        except Enough:
            break
    return Surface(vertices.astype(np.float32), surface.faces)


def _on_plane(vertices: np.ndarray, faces: np.ndarray, cut: CutPlane | None) -> tuple[np.ndarray, np.ndarray]:
    """The vertices with those close to the cut moved onto it, and which they are (V,)."""
    if cut is None:
        return vertices, np.zeros(len(vertices), bool)
    height = (vertices - cut.point) @ cut.normal
    edge = np.median(np.linalg.norm(vertices[faces[:, 0]] - vertices[faces[:, 1]], axis=1))
    held = height > -_CLOSE * edge
    return (vertices - np.where(held, height, 0)[:, None] * cut.normal).astype(np.float32), held


def _rim(faces: np.ndarray, held: np.ndarray):
    """The held vertices that border on others (V,), and the mean of their rim neighbors minus themselves (V, V)."""
    graph = adjacency_matrix(faces, len(held))
    rim = held & (graph @ (~held).astype(np.float32) > 0)
    among = diags(rim.astype(np.float32)) @ graph @ diags(rim.astype(np.float32))
    degree = np.asarray(among.sum(1)).ravel()
    mean = diags(1 / np.maximum(degree, 1)) @ among
    return rim, (mean - diags((degree > 0).astype(np.float32))).astype(np.float32).tocsr()
