"""The gradient that a few photos exert on a surface's vertices."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch

from ..kernels.adjacency import face_neighbors
from ..kernels.renderer import Renderer
from ..kernels.reproject import reproject
from .highlights import highlight_trust
from .looks import Scene
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
    noise: float = 3.0e-4  # variance of gray values below which a window says nothing: sensor noise, compression
    matte: bool = False  # whether photos are compared by what skin shows beneath its gloss (matte.py), if they can be
    matte_noise: float = 2.0e-3  # as noise, of that light: the difference of two channels is faint
    worst: float = 0.8  # per-pixel loss above which a window is an outlier (highlight, occlusion) and is not heard


class Objective:
    """Silhouettes and photo-consistency of some targets.

    On the CPU two views are worked on at a time, on two threads. Each view's gradient is computed in buffers
    of its own and they are added in a fixed order, so that a run can be repeated exactly.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        pairs: Sequence[Sequence[int]],
        config: ObjectiveConfig,
        renderer: Renderer,
        witnesses: Sequence[Sequence[int]] | None = None,
    ):
        """pairs: for each view those it is compared with in turn; witnesses: those that tell its highlights."""
        self.targets, self.pairs, self.config, self._renderer = targets, pairs, config, renderer
        self._witnesses = pairs if witnesses is None else witnesses
        self._device = targets[0].gray.device
        self._depth: list[torch.Tensor | None] = [None] * len(targets)
        self._belief = [target.mask * target.clear for target in targets]  # in what a pixel shows of the surface, 0..1
        self._pool = ThreadPoolExecutor(max_workers=1 if self._device.type == "cuda" else 2)

    @property
    def drivers(self) -> list[int]:
        """The views that tell where the surface lies."""
        return [number for number, target in enumerate(self.targets) if target.weight > 0]

    @property
    def witnesses(self) -> list[int]:
        """Views of weight 0: only their outlines are heard, and they tell the others' highlights."""
        return [number for number, target in enumerate(self.targets) if target.weight <= 0]

    @property
    def footprint(self) -> float:
        """Length of a pixel at the subject, in the normalized frame: the median over the views."""
        return float(np.median([target.footprint for target in self.targets]))

    def look(self, vertices: torch.Tensor, faces: torch.Tensor) -> None:
        """Draw the surface once in every view, so that each knows what it sees of it and where it shows highlights."""
        vertices, faces = vertices.detach().to(self._device), faces.to(self._device)

        def draw(target: Target) -> torch.Tensor:
            return target.depth(self._renderer.rasterize(target.clip_of(vertices), faces, target.size))

        self._depth = list(self._pool.map(draw, self.targets))
        if self.config.photo > 0:
            scene = Scene(
                vertices, faces, self.targets, self._depth, self._witnesses, self.config.tolerance, self._renderer
            )
            trusts = self._pool.map(lambda index: highlight_trust(scene, index), self.drivers)
            for index, trust in zip(self.drivers, trusts, strict=True):
                target = self.targets[index]
                self._belief[index] = target.mask * target.clear * trust

    def gradient(
        self,
        vertices: torch.Tensor,
        faces: torch.Tensor,
        batch: Sequence[int],
        turn: int,
        neighbors: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """vertices (V, 3), faces (F, 3) -> d loss / d vertices (V, 3) from the views in `batch`, all on the CPU.

        `turn` rotates the photos that each view is compared with; `neighbors` (F, 3) from
        `face_neighbors` saves its computation where the topology stays.
        """
        if neighbors is None:
            neighbors = face_neighbors(faces)
        surface = [part.detach().to(self._device) for part in (vertices, faces, neighbors)]
        results = list(self._pool.map(lambda index: self._view_gradient(*surface, index, turn), batch))
        for index, (_, depth) in zip(batch, results, strict=True):
            self._depth[index] = depth
        total = results[0][0]
        for gradient, _ in results[1:]:
            total = total + gradient
        return (total / len(batch)).cpu()

    def _view_gradient(self, vertices, faces, neighbors, index, turn):
        target, config = self.targets[index], self.config
        leaf = vertices.clone().requires_grad_(True)
        clip = target.clip_of(leaf)
        rast = self._renderer.rasterize(clip.detach(), faces, target.size)
        coverage = self._renderer.antialias((rast[..., 3:] > 0).float(), rast, clip, faces, neighbors)[..., 0]
        loss = config.silhouette * silhouette_loss(coverage, target.mask, target.trust).sum()
        for source in self._sources(index, turn) if target.weight > 0 else ():
            loss = loss + config.photo / config.sources * self._photo_loss(leaf, faces, rast, index, source)
        ((target.weight or 1.0) * loss).backward()
        return leaf.grad, target.depth(rast)

    def _sources(self, index: int, turn: int) -> list[int]:
        candidates = self.pairs[index]
        count = min(self.config.sources, len(candidates))
        return [candidates[(turn * count + k) % len(candidates)] for k in range(count)]

    def _photo_loss(self, vertices, faces, rast, index: int, number: int) -> torch.Tensor:
        target, source, config = self.targets[index], self.targets[number], self.config
        sampled, weight = reproject(
            vertices, faces, rast, target.lens, source.lens,
            source.gray, self._belief[number], self._depth[number], config.tolerance,
        )  # fmt: skip
        weight = weight * self._belief[index]
        noise = config.matte_noise if target.matte else config.noise
        loss, trusted = correlation_loss(target.gray, sampled, weight, config.window, noise)
        # A window that fits badly is more likely hidden or a highlight than a wrong surface: cap its say.
        return (trusted * loss.clamp(max=config.worst)).sum()
