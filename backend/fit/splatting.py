"""Fitting 3D Gaussians to photos (Kerbl et al. 2023), with their number bounded (Kheradmand et al. 2024)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from ..errors import UserError
from ..fields.gaussian import GaussianField
from ..kernels.ssim import ssim
from ..scene import Camera, Capture, Live, Progress, View
from .cloud import cloud_on
from .context import FitContext
from .descent import batches, falling
from .domain import Domain
from .mcmc import Chain, McmcConfig

_MARGIN = 0.06  # background that is learned around a mask, as a share of the picture's longer side


@dataclass(frozen=True)
class Rates:
    """Learning rates (Adam) at the start."""

    means: float = 4e-3  # normalized lengths
    log_scales: float = 6e-2
    rotations: float = 2e-2
    opacities: float = 5e-2
    base: float = 2e-2  # the constant harmonic of the color
    rest: float = 4e-3  # the other harmonics


@dataclass(frozen=True)
class GaussianFit:
    """The plan of a fit; one photo is compared in each step."""

    steps: int = 1500
    joined: int = 100  # further steps when the held-out photos have joined
    side: int = 256  # pixels along the photos' longer side
    cap: int = 10_000  # Gaussians at most
    start: float = 1.0  # share of the cap that the fit starts with
    degree: int = 3  # of the harmonics; one degree more at each degree's share of the run
    rise: float = 0.5  # share of the run until all degrees are learned
    structure: float = 0.2  # weight of the structural dissimilarity against the absolute difference
    last_means: float = 0.01  # of the means' learning rate, at the end
    last_rate: float = 0.1  # of the other learning rates, at the end
    rates: Rates = field(default_factory=Rates)
    mcmc: McmcConfig = field(default_factory=McmcConfig)


@dataclass(frozen=True)
class Shot:
    """A photo as the fit compares it: color times mask (3, H, W), mask (H, W), the camera of this part of the photo.

    clear (H, W): how far a pixel shows the subject undisturbed (View.trust); None: everywhere 1.
    """

    color: torch.Tensor
    mask: torch.Tensor
    camera: Camera
    weight: float
    clear: torch.Tensor | None = None


def begin_gaussians(capture: Capture, domain: Domain, config: GaussianFit, context: FitContext) -> "GaussianTraining":
    """The training of Gaussians on a normalized capture, from the visual hull's surface."""
    views = _shrunk(capture, config.side)
    splats = cloud_on(domain.hull, views, int(config.start * config.cap), config.degree, context.seed)
    return GaussianTraining(GaussianField(splats, context.device), _shots(views, context), config, context)


def _shrunk(capture: Capture, side: int) -> list[View]:
    views = [view.shrunk(side) for view in capture.views if view.weight > 0]
    if not views:
        raise UserError("Every photo has the weight 0. Give at least some of them a weight above it.")
    return views


def _shots(views: Sequence[View], context: FitContext) -> list[Shot]:
    return [make_shot(view, context.device) for view in views]


def make_shot(view: View, device: torch.device) -> Shot:
    """The view without the background far around its mask: what is not compared costs nothing."""
    view = view.cropped(_MARGIN)
    mask = torch.from_numpy(view.mask.copy()).to(device)
    photo = torch.from_numpy(np.moveaxis(view.photo, -1, 0).copy()).to(device)
    clear = None if view.trust is None else torch.from_numpy(view.trust.copy()).to(device)
    return Shot(photo * mask, mask, view.camera, view.weight, clear)


class GaussianTraining:
    """Gaussians on their way: `run` once, then `join` with more photos. `field` may be drawn at any time."""

    def __init__(self, field: GaussianField, shots: Sequence[Shot], config: GaussianFit, context: FitContext):
        self.field, self._shots, self._config, self._context = field, shots, config, context
        rates = vars(config.rates)
        groups = [{"params": [part], "lr": rates[name], "name": name} for name, part in field.parts.items()]
        self._optimizer = torch.optim.Adam(groups, eps=1e-15, fused=True)
        self._chain = Chain(field, self._optimizer, config.mcmc, config.cap, context.seed)
        self._rng = np.random.default_rng(context.seed)

    def run(self, progress: Progress, live: Live) -> None:
        """All steps of the plan."""
        self._descend(self._config.steps, lambda step: step / self._config.steps, progress, live)

    def join(self, capture: Capture, progress: Progress, live: Live) -> None:
        """The plan's further steps, on the photos of another capture of the same subject."""
        self._shots = _shots(_shrunk(capture, self._config.side), self._context)
        self._descend(self._config.joined, lambda step: 1.0, progress, live)

    def _descend(self, steps: int, share_of: Callable[[int], float], progress: Progress, live: Live) -> None:
        mean_weight = float(np.mean([shot.weight for shot in self._shots]))
        for step, (number,) in zip(range(steps), batches(range(len(self._shots)), 1, self._rng), strict=False):
            share, shot = share_of(step), self._shots[number]
            self._schedule(share)
            loss = self._loss(shot) * (shot.weight / mean_weight) + self._chain.pull()
            if not torch.isfinite(loss):
                raise FloatingPointError(f"the loss became {loss.item()} at step {step} of {steps}")
            self._optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self._optimizer.step()
            self._move(step, share)
            progress((step + 1) / steps)
            live.field(self.field.draw)

    def _schedule(self, share: float) -> None:
        config = self._config
        full = int(config.degree * share / config.rise) if config.rise else config.degree
        self.field.degree = min(config.degree, full)
        for group in self._optimizer.param_groups:
            last = config.last_means if group["name"] == "means" else config.last_rate
            group["lr"] = getattr(config.rates, group["name"]) * falling(1.0, last, share)

    def _loss(self, shot: Shot) -> torch.Tensor:
        """Picture and photo before the same random background: what is transparent must be, and nothing else."""
        background = torch.from_numpy(self._rng.random((3, 1, 1), np.float32)).to(shot.mask.device)
        planes, _ = self.field.planes(shot.camera)
        ours = planes[:3] + (1 - planes[3]) * background
        photo = shot.color + (1 - shot.mask) * background
        if shot.clear is not None:  # what disturbs is compared with what is there already: it pulls at nothing
            photo = shot.clear * photo + (1 - shot.clear) * ours.detach()
        loss = (1 - self._config.structure) * (ours - photo).abs().mean()
        if self._config.structure:
            loss = loss + self._config.structure * 0.5 * (1 - ssim(ours, photo).mean())
        return loss

    def _move(self, step: int, share: float) -> None:
        mcmc = self._config.mcmc
        self._chain.shake(self._optimizer.param_groups[0]["lr"])
        if mcmc.first <= share < mcmc.last and step % mcmc.every == 0:
            self._chain.rearrange()
