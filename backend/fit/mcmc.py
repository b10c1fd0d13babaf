"""Densification as Markov chain Monte Carlo: the number of Gaussians is given, and none is wasted.

(Kheradmand et al. 2024, "3D Gaussian Splatting as Markov Chain Monte Carlo".) Gaussians that have faded are moved onto
opaque ones, which become several that look like one; the cloud grows in the same way until it is full; noise keeps the
faint ones exploring; a pull on opacities and scales lets fade what is not needed.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import comb

from ..fields.gaussian import GaussianField

_MOST = 51  # that one Gaussian becomes, at most
_KEENNESS, _FAINT = 100.0, 0.005  # how the noise depends on the opacity (the paper's k and 1 - t)


@dataclass(frozen=True)
class McmcConfig:
    """How often and how far the cloud is rearranged."""

    every: int = 100  # steps between two rearrangements
    first: float = 0.05  # share of all steps before the first
    last: float = 0.8  # share of all steps after which nothing is rearranged any more
    growth: float = 1.05  # at every rearrangement, until the cloud is full
    dead: float = 0.005  # opacity below which a Gaussian is moved
    noise: float = 5e5  # per learning rate of the means, covariance and normal deviate
    opacity_pull: float = 0.01  # weight of the mean opacity in the loss
    scale_pull: float = 0.01  # weight of the mean standard deviation (normalized lengths) in the loss


class Chain:
    """The moves on a field of at most `cap` Gaussians; the optimizer (one group per part) is kept in step."""

    def __init__(self, field: GaussianField, optimizer: torch.optim.Optimizer, config: McmcConfig, cap: int, seed: int):
        self._field, self._optimizer, self._config, self._cap = field, optimizer, config, cap
        self._random = torch.Generator().manual_seed(seed)

    def pull(self) -> torch.Tensor:
        """The regularizers, a scalar to add to the loss."""
        parts = self._field.parts
        opacity, scale = torch.sigmoid(parts["opacities"]).mean(), parts["log_scales"].exp().mean()
        return self._config.opacity_pull * opacity + self._config.scale_pull * scale

    @torch.no_grad()
    def shake(self, rate: float) -> None:
        """Noise along each faint Gaussian's own covariance; rate: the means' learning rate."""
        parts = self._field.parts
        opacity = torch.sigmoid(parts["opacities"])
        keen = torch.sigmoid(_KEENNESS * (_FAINT - opacity))
        faint = torch.nonzero(keen > 1e-3).squeeze(1)
        deviate = torch.randn((len(faint), 3), generator=self._random).to(faint.device)
        moved = covariances(parts["log_scales"][faint], parts["rotations"][faint]) @ deviate[:, :, None]
        parts["means"][faint] += self._config.noise * rate * keen[faint, None] * moved.squeeze(2)

    @torch.no_grad()
    def rearrange(self) -> None:
        """Move the dead onto the living, then grow."""
        opacity = torch.sigmoid(self._field.parts["opacities"])
        dead = torch.nonzero(opacity <= self._config.dead).squeeze(1)
        if 0 < len(dead) < len(opacity):
            self._multiply(dead)
        grown = min(self._cap, int(self._config.growth * len(opacity))) - len(opacity)
        if grown > 0:
            self._enlarge(grown)
            self._multiply(torch.arange(len(opacity), len(opacity) + grown, device=opacity.device))

    def _multiply(self, free: torch.Tensor) -> None:
        """Overwrite the Gaussians `free` by copies of others, drawn by opacity; together they look as one did."""
        parts = self._field.parts
        chances = torch.sigmoid(parts["opacities"])
        chances[free] = 0
        drawn = torch.multinomial(chances.cpu(), len(free), replacement=True, generator=self._random).to(free.device)
        times = torch.bincount(drawn, minlength=len(chances)) + 1
        sources = torch.unique(drawn)
        opacity, shrink = shared_out(torch.sigmoid(parts["opacities"][sources]), times[sources])
        parts["opacities"][sources] = torch.logit(opacity.clamp(self._config.dead, 1 - 1e-6))
        parts["log_scales"][sources] += shrink.log()[:, None]
        for part in parts.values():
            part[free] = part[drawn]
            memory = self._optimizer.state[part]
            for name in ("exp_avg", "exp_avg_sq"):
                memory[name][sources] = 0
                memory[name][free] = 0

    def _enlarge(self, count: int) -> None:
        """Room for more Gaussians at the end of every part, and of the optimizer's memory."""
        for group, (name, old) in zip(self._optimizer.param_groups, list(self._field.parts.items()), strict=True):

            def longer(tensor: torch.Tensor) -> torch.Tensor:
                return torch.cat([tensor, tensor.new_zeros((count, *tensor.shape[1:]))])

            part = longer(old.detach()).requires_grad_()
            memory = self._optimizer.state.pop(old)
            memory |= {moment: longer(memory[moment]) for moment in ("exp_avg", "exp_avg_sq")}
            self._optimizer.state[part] = memory
            group["params"], self._field.parts[name] = [part], part


def shared_out(opacity: torch.Tensor, times: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """For Gaussians of `opacity` (M,) that become `times` (M,) each: each one's opacity, and the factor of its scales.

    Equation 9: the opacities blend to the old one, and the widths keep the blended Gaussians' integral.
    """
    times = times.clamp_max(_MOST)
    each = 1 - (1 - opacity.double()) ** (1 / times)
    k = np.arange(_MOST)
    series = torch.from_numpy(comb(k[:, None], k[None]) * (-1.0) ** k / np.sqrt(k + 1)).to(opacity.device)
    terms = (each[:, None] ** torch.arange(1, _MOST + 1, device=opacity.device)) @ series.T
    integral = terms.cumsum(1).gather(1, times[:, None] - 1).squeeze(1)
    return each.float(), (opacity / integral).float()


def covariances(log_scales: torch.Tensor, rotations: torch.Tensor) -> torch.Tensor:
    """(N, 3), (N, 4) w x y z -> (N, 3, 3)."""
    w, x, y, z = torch.nn.functional.normalize(rotations, dim=1).unbind(1)
    rows = [
        1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
        2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
    ]  # fmt: skip
    axes = torch.stack(rows, 1).view(-1, 3, 3) * log_scales.exp()[:, None]
    return axes @ axes.transpose(1, 2)
