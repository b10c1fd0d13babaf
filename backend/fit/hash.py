"""Training a hash-grid NeRF."""

from dataclasses import dataclass, field

import torch

from ..fields.hash import HashConfig, HashField
from ..fields.occupancy import OccupancyGrid
from ..scene import Capture
from .context import FitContext
from .domain import Domain
from .photometric import color_loss
from .pixels import PixelBatch
from .radiance import RayPlan, RayTraining


@dataclass(frozen=True)
class HashFit:
    """How a hash-grid NeRF is fitted."""

    plan: RayPlan
    field: HashConfig = field(default_factory=HashConfig)
    rate: float = 1e-2  # learning rate of the table and the networks
    decay: float = 1e-6  # weight decay of the networks
    refresh_every: int = 16  # steps between two looks at the occupancy
    trust: int = 48  # steps before the occupancy is first looked at: what has not been learned yet must not be skipped
    settle: int = 256  # steps over which it is looked at everywhere


def begin_hash(capture: Capture, domain: Domain, config: HashFit, context: FitContext) -> RayTraining:
    """The training of a hash-grid NeRF on a normalized capture."""
    torch.manual_seed(context.seed)
    grid = OccupancyGrid(domain.extent, domain.possible, context.device)
    recipe = HashRecipe(HashField(config.field, grid).to(context.device), config, context.seed)
    return RayTraining(recipe, capture, config.plan, context)


class HashRecipe:
    """Color over random backgrounds; the occupancy follows the density."""

    def __init__(self, hash_field: HashField, config: HashFit, seed: int):
        self.field, self._config = hash_field, config
        self._generator = torch.Generator().manual_seed(seed)

    def optimizer(self) -> torch.optim.Optimizer:
        """Adam with instant-ngp's constants."""
        field, config = self.field, self._config
        networks = [*field.body.parameters(), *field.color.parameters()]
        groups = [
            {"params": list(field.encoding.parameters()), "weight_decay": 0.0},
            {"params": networks, "weight_decay": config.decay},
        ]
        return torch.optim.Adam(groups, lr=config.rate, betas=(0.9, 0.99), eps=1e-15, fused=True)

    def loss(self, batch: PixelBatch, share: float) -> torch.Tensor:
        """Mean color loss."""
        return color_loss(self.field.trace(batch.rays, self._generator), batch, self._generator).mean()

    def after_step(self, step: int, share: float) -> None:
        """Bring the occupancy up to date now and then."""
        if (step + 1) % self._config.refresh_every == 0 and step >= self._config.trust:
            self.field.refresh(self._generator, everywhere=step < self._config.settle)
