"""Training of the classic radiance field."""

from dataclasses import dataclass, field

import torch

from ..fields.nerf import NerfConfig, NerfField
from ..scene import Capture
from .context import FitContext
from .domain import Domain
from .photometric import color_loss
from .pixels import PixelBatch
from .radiance import RayPlan, RayTraining


@dataclass(frozen=True)
class NerfFit:
    """How a classic radiance field is fitted."""

    plan: RayPlan
    field: NerfConfig = field(default_factory=NerfConfig)
    rate: float = 5e-4  # Adam's learning rate; narrow networks bear more


def begin_nerf(capture: Capture, domain: Domain, config: NerfFit, context: FitContext) -> RayTraining:
    """The training of a classic radiance field on a normalized capture."""
    torch.manual_seed(context.seed)
    nerf = NerfField(config.field, domain.possible, domain.extent).to(context.device)
    return RayTraining(NerfRecipe(nerf, config.rate, context.seed), capture, config.plan, context)


class NerfRecipe:
    """Both networks learn the photos' colors."""

    def __init__(self, nerf: NerfField, rate: float, seed: int):
        self.field, self._rate = nerf, rate
        self._backgrounds = torch.Generator().manual_seed(seed)
        self._jitter = torch.Generator(nerf.device).manual_seed(seed)

    def optimizer(self) -> torch.optim.Optimizer:
        """Adam, as in the paper."""
        return torch.optim.Adam(self.field.parameters(), lr=self._rate, fused=True)

    def loss(self, batch: PixelBatch, share: float) -> torch.Tensor:
        """Mean color loss of the coarse and of the fine network."""
        both = self.field.trace(batch.rays, self._jitter)
        return sum(color_loss(collected, batch, self._backgrounds).mean() for collected in both)

    def after_step(self, step: int, share: float) -> None:
        """Nothing is kept beside the parameters."""
