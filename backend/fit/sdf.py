"""Training a signed distance by volume rendering."""

from dataclasses import dataclass, field

import numpy as np
import torch
from scipy import ndimage

from ..fields.occupancy import OccupancyGrid
from ..fields.sdf import SdfConfig, SdfField
from ..fields.volume import collect
from ..mesh.lattice import cube_centers
from ..mesh.redistance import signed_distance
from ..scene import Capture, CutPlane, Surface
from .context import FitContext
from .domain import Domain
from .photometric import color_loss, mask_loss
from .pixels import PixelBatch
from .radiance import RayPlan, RayTraining

_CELLS = 96  # along the cube, of the distances that a surface is turned into
_SMOOTH = 0.6  # cells by which they are blurred: their creases are no knowledge
_CAP = (-0.25, -0.1)  # heights against the cut between which the start goes over from the surface to the hull


@dataclass(frozen=True)
class SdfFit:
    """How a signed distance is fitted."""

    plan: RayPlan
    field: SdfConfig = field(default_factory=SdfConfig)
    rate: float = 1e-2  # learning rate of the table
    network_rate: float = 2e-3  # learning rate of the networks
    sharpness_rate: float = 2e-3  # learning rate of the sharpness' exponent
    eikonal: float = 0.1  # weight of | |gradient| - 1 |^2
    mask: float = 0.02  # weight of the mask's cross-entropy: the random backgrounds ask for the same already
    probes: int = 2048  # points at which the gradient is measured, per step
    sculpted: bool = True  # whether it begins with a surface sculpted from the hull, or with the hull itself
    coarse: int = 4  # levels of the encoding that are there from the start
    held: float = 0.2  # share of the steps over which only colors are learned
    unfolded: float = 0.5  # share of the steps after which all levels are there
    refresh_every: int = 16  # steps between two looks at the occupancy


def begin_sdf(
    capture: Capture, domain: Domain, start: Surface | None, config: SdfFit, context: FitContext
) -> RayTraining:
    """The training of a signed distance on a normalized capture, from a closed surface or from the visual hull."""
    torch.manual_seed(context.seed)
    grid = OccupancyGrid(domain.extent, domain.possible, context.device)
    distance = domain.distance if start is None else distance_from(start, domain, capture.cut)
    distance = torch.from_numpy(ndimage.gaussian_filter(distance, _SMOOTH))
    sdf = SdfField(config.field, grid, distance).to(context.device)
    return RayTraining(SdfRecipe(sdf, config, context.seed), capture, config.plan, context)


def distance_from(start: Surface, domain: Domain, cut: CutPlane | None) -> np.ndarray:
    """Signed distance (C, C, C) to a closed surface at the cell centers of the domain's cube.

    Where the surface was closed at the cut, and beyond, the hull stands for it.
    """
    points = cube_centers(_CELLS, domain.extent).reshape(-1, 3).astype(np.float32)
    own = signed_distance(start, torch.from_numpy(points), 2 * 3**0.5 * domain.extent).numpy()
    if cut is not None:
        hull = ndimage.zoom(domain.distance, _CELLS / len(domain.distance), order=1, grid_mode=True, mode="nearest")
        height = (points - cut.point) @ cut.normal
        share = np.clip((height - _CAP[0]) / (_CAP[1] - _CAP[0]), 0, 1)
        own = own * (1 - share) + hull.reshape(-1) * share
    return own.reshape((_CELLS,) * 3).astype(np.float32)


class SdfRecipe:
    """Color over random backgrounds, masks, the eikonal equation, and levels that unfold coarse to fine."""

    def __init__(self, sdf: SdfField, config: SdfFit, seed: int):
        self.field, self._config = sdf, config
        self._generator = torch.Generator().manual_seed(seed)
        self._unfold(0.0)
        sdf.refresh(self._generator, everywhere=True)

    def optimizer(self) -> torch.optim.Optimizer:
        """Adam with a learning rate for the table, the networks and the sharpness."""
        sdf, config = self.field, self._config
        networks = [*sdf.body.parameters(), *sdf.color.parameters()]
        groups = [
            {"params": list(sdf.encoding.parameters()), "lr": config.rate},
            {"params": networks, "lr": config.network_rate},
            {"params": [sdf.log_sharpness], "lr": config.sharpness_rate},
        ]
        return torch.optim.Adam(groups, betas=(0.9, 0.99), eps=1e-15, fused=True)

    def loss(self, batch: PixelBatch, share: float) -> torch.Tensor:
        """Weighted sum of the mean losses."""
        config = self._config
        self._unfold(share)
        self.field.held = share < config.held
        samples = self.field.scatter(batch.rays, self._generator)
        seen = collect(self.field, samples)
        loss = color_loss(seen, batch, self._generator).mean() + config.mask * mask_loss(seen, batch).mean()
        if len(samples.points) and not self.field.held:
            pick = torch.randint(len(samples.points), (config.probes,), generator=self._generator)
            loss = loss + config.eikonal * self._eikonal(samples.points[pick.to(self.field.device)]).mean()
        return loss

    def after_step(self, step: int, share: float) -> None:
        """Bring the occupancy up to date now and then."""
        if (step + 1) % self._config.refresh_every == 0:
            self.field.refresh(self._generator, everywhere=step < 4 * self._config.refresh_every)

    def _eikonal(self, points: torch.Tensor) -> torch.Tensor:
        encoding = self.field.encoding
        step = encoding.cell(int(np.ceil(encoding.active_levels)) - 1)
        return (self.field.gradient(points, step).norm(dim=1) - 1).square()

    def _unfold(self, share: float) -> None:
        encoding, coarse = self.field.encoding, self._config.coarse
        levels = self._config.field.encoding.levels
        grown = min(1.0, share / self._config.unfolded) if self._config.unfolded else 1.0
        encoding.active_levels = coarse + int(grown * (levels - coarse))
