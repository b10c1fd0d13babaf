"""The gradient that a few photos exert on a surface's vertices."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import torch

from ..kernels.adjacency import face_neighbors
from ..kernels.antialias import antialias
from ..kernels.rasterize import rasterize
from ..kernels.reproject import reproject
from .losses import correlation_loss, silhouette_loss
from .targets import Target


@dataclass(frozen=True)
class ObjectiveConfig:
    """How the photos are heard."""

    silhouette: float = 1.0  # weight of a silhouette pixel
    photo: float = 1.0  # weight of a photo-consistency pixel
    window: int = 3  # pixels on either side of a correlation window's center
    sources: int = 2  # other photos that each photo is compared with, per step
    tolerance: float = 0.03  # normalized length by which a point may lie behind what a view sees
    worst: float = 0.8  # per-pixel loss above which a window is an outlier (highlight, occlusion) and is not heard


class Objective:
    """Silhouettes and photo-consistency of some targets; two views at a time on two threads.

    Each view's gradient is computed in buffers of its own and they are added in a fixed order, so that a
    run can be repeated exactly.
    """

    def __init__(self, targets: Sequence[Target], pairs: Sequence[Sequence[int]], config: ObjectiveConfig):
        self.targets, self.pairs, self.config = targets, pairs, config
        self._depth: list[torch.Tensor | None] = [None] * len(targets)
        self._pool = ThreadPoolExecutor(max_workers=2)

    def look(self, vertices: torch.Tensor, faces: torch.Tensor) -> None:
        """Draw the surface once in every view, so that each knows what it sees of it."""
        vertices = vertices.detach()

        def draw(target: Target) -> torch.Tensor:
            return target.depth(rasterize(_clip(vertices, target), faces, target.size))

        self._depth = list(self._pool.map(draw, self.targets))

    def gradient(
        self, vertices: torch.Tensor, faces: torch.Tensor, batch: Sequence[int], turn: int
    ) -> tuple[torch.Tensor, float]:
        """d loss / d vertices (V, 3) from the views in `batch`, and the loss; `turn` rotates the sources."""
        neighbors = face_neighbors(faces)
        jobs = [(vertices.detach(), faces, neighbors, index, turn) for index in batch]
        results = list(self._pool.map(lambda job: self._view_gradient(*job), jobs))
        for index, (_, _, depth) in zip(batch, results, strict=True):
            self._depth[index] = depth
        total = results[0][0]
        for gradient, _, _ in results[1:]:
            total = total + gradient
        return total / len(batch), sum(loss for _, loss, _ in results) / len(batch)

    def _view_gradient(self, vertices, faces, neighbors, index, turn):
        target, config = self.targets[index], self.config
        leaf = vertices.clone().requires_grad_(True)
        clip = _clip(leaf, target)
        rast = rasterize(clip.detach(), faces, target.size)
        coverage = antialias((rast[..., 3:] > 0).float(), rast, clip, faces, neighbors)[..., 0]
        loss = config.silhouette * silhouette_loss(coverage, target.mask, target.trust).sum()
        if config.photo > 0:
            for source in self._sources(index, turn):
                loss = loss + config.photo / config.sources * self._photo_loss(leaf, faces, rast, target, source)
        loss = target.weight * loss
        loss.backward()
        return leaf.grad, float(loss.detach()), target.depth(rast)

    def _sources(self, index: int, turn: int) -> list[int]:
        candidates = [k for k in self.pairs[index] if self._depth[k] is not None]
        count = min(self.config.sources, len(candidates))
        return [candidates[(turn * count + k) % len(candidates)] for k in range(count)]

    def _photo_loss(self, vertices, faces, rast, target: Target, number: int) -> torch.Tensor:
        source, config = self.targets[number], self.config
        sampled, weight = reproject(
            vertices, faces, rast, target.lens, source.lens,
            source.gray, source.mask, self._depth[number], config.tolerance,
        )  # fmt: skip
        loss, trusted = correlation_loss(target.gray, sampled, weight * target.mask, config.window)
        # A window that fits badly is more likely hidden or a highlight than a wrong surface: cap its say.
        return (trusted * loss.clamp(max=config.worst)).sum()


def _clip(vertices: torch.Tensor, target: Target) -> torch.Tensor:
    return torch.nn.functional.pad(vertices, (0, 1), value=1.0) @ target.clip.T
