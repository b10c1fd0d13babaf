"""What a few views may change of a surface that is there already, and what is held because they do not see it."""

import numpy as np
import torch

from ..kernels.renderer import Renderer
from ..mesh.smoothing import adjacency_matrix
from ..scene import Capture, Surface
from .context import FitContext
from .targets import Target, make_targets

_SIDE = 512  # pixels along the photos' longer side, to tell what they see
_FLAT = np.cos(np.radians(75.0))  # seen more obliquely than this, a photo says little of a surface
_CLEAR = 0.5  # of a pixel's mask and of its trust
_WITNESSES = 2.0  # views, by their weights, that tell a place in space
_FADE = 32  # rounds of averaging: over about twice the root of this in edges the change fades out


def free_share(surface: Surface, capture: Capture, context: FitContext, held: np.ndarray | None = None) -> np.ndarray:
    """(V,) float32 in [0, 1]: how far the views may move each vertex of a surface (normalized frame).

    0 where fewer than two of them see it, and where `held` (V,) bool says so; from there it grows smoothly to 1.
    """
    told, count = np.zeros(len(surface.vertices), np.float32), np.zeros(len(surface.vertices), int)
    targets = make_targets(capture.views, capture.cut, _SIDE, context.device)
    for target, view in zip(targets, capture.views, strict=True):
        seen = _seen(surface, target, view.camera.position, context.renderer)
        told += min(target.weight, 1.0) * seen
        count += seen if target.weight > 0 else 0
    free = np.minimum(told / _WITNESSES, 1.0)
    free[count < 2] = 0.0
    if held is not None:
        free[held] = 0.0
    return _faded(free, surface.faces)


def _seen(surface: Surface, target: Target, eye: np.ndarray, renderer: Renderer) -> np.ndarray:
    """(V,) bool: vertices of triangles that the view shows, undisturbed and not too obliquely."""
    vertices, faces = torch.from_numpy(surface.vertices), torch.from_numpy(surface.faces)
    device = target.gray.device
    rast = renderer.rasterize(target.clip_of(vertices.to(device)), faces.to(device), target.size)
    clear = (target.mask > _CLEAR) & (target.clear * target.trust > _CLEAR) & (rast[..., 3] > 0)
    shown = np.unique(rast[..., 3][clear].cpu().numpy().astype(np.int64) - 1)
    seen = np.zeros(len(surface.vertices), bool)
    seen[surface.faces[shown]] = True
    ray = eye - surface.vertices
    facing = np.einsum("vc,vc->v", surface.vertex_normals(), ray) > _FLAT * np.linalg.norm(ray, axis=1)
    return seen & facing


def _faded(free: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """The share (V,) made smooth from within: what was 0 stays so."""
    graph = adjacency_matrix(faces, len(free))
    graph = graph.multiply(1 / np.maximum(np.asarray(graph.sum(1)), 1)).tocsr()
    smooth = free
    for _ in range(_FADE):
        smooth = np.minimum(0.5 * (smooth + graph @ smooth), free)
    return smooth.astype(np.float32)
