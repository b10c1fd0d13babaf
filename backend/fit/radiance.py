"""The training that every field shares that is drawn by rays."""

from dataclasses import dataclass
from typing import Protocol

import torch

from ..fields.field import Field
from ..scene import Capture, Live, Progress
from .context import FitContext
from .descent import falling
from .pixels import PixelBatch, PixelPool


@dataclass(frozen=True)
class RayPlan:
    """How long and with how many rays."""

    side: int  # pixels along the photos' longer side
    steps: int
    rays: int  # per step
    joined: int = 0  # further steps, at the last learning rate, when the held-out photos have joined
    warm_up: int = 0  # steps over which the learning rates rise from a hundredth
    last_rate: float = 0.1  # of the learning rates, at the end


class Recipe(Protocol):
    """What distinguishes one field's training from another's."""

    field: Field

    def optimizer(self) -> torch.optim.Optimizer:
        """Over all parameters, at their first learning rates."""

    def loss(self, batch: PixelBatch, share: float) -> torch.Tensor:
        """The scalar to descend at `share` of all steps, in [0, 1]."""

    def after_step(self, step: int, share: float) -> None:
        """Whatever is kept beside the parameters: occupancy, schedules."""


class RayTraining:
    """A recipe on its way: `run` once, then `join` with more photos. `field` may be drawn at any time."""

    def __init__(self, recipe: Recipe, capture: Capture, plan: RayPlan, context: FitContext):
        self._recipe, self._plan, self._context = recipe, plan, context
        self._pool = PixelPool(capture.views, plan.side, context.device, context.seed)
        self._optimizer = recipe.optimizer()
        self._rates = [group["lr"] for group in self._optimizer.param_groups]

    @property
    def field(self) -> Field:
        """The field so far."""
        return self._recipe.field

    def run(self, progress: Progress, live: Live) -> None:
        """All steps of the plan."""
        plan = self._plan
        for step in range(plan.steps):
            share = step / plan.steps
            rise = min(1.0, 0.01 + 0.99 * step / plan.warm_up) if plan.warm_up else 1.0
            self._step(step, share, rise * falling(1.0, plan.last_rate, share))
            progress((step + 1) / plan.steps)
            live.field(self.field.draw)

    def join(self, capture: Capture, progress: Progress, live: Live) -> None:
        """The plan's further steps, on the photos of another capture of the same subject."""
        plan = self._plan
        self._pool = PixelPool(capture.views, plan.side, self._context.device, self._context.seed + 1)
        for step in range(plan.joined):
            self._step(plan.steps + step, 1.0, plan.last_rate)
            progress((step + 1) / plan.joined)
            live.field(self.field.draw)

    def _step(self, step: int, share: float, rate: float) -> None:
        for group, first in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = first * rate
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._recipe.loss(self._pool.batch(self._plan.rays), share)
        if not torch.isfinite(loss):
            raise FloatingPointError(f"the loss became {loss.item()} at step {step} of {self._plan.steps}")
        loss.backward()
        self._optimizer.step()
        self._recipe.after_step(step, share)
