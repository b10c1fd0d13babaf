"""The expression network: canonical point, 52 coefficients and pose -> displacement.

    d(x, c, p) = B(x) c + H(x) n(c, p)
    n(c, p) = m(c, p) - m(0, 0) - sum_k c_k (m(e_k, 0) - m(0, 0))

A trunk over the point and a branch over expression and pose, multiplied (DeepONet, Lu et al. 2021, eq. 2). Whatever
the weights, d is exactly 0 at the neutral and exactly B(x) e_k where key k alone is 1: baked keys lose nothing, and n
carries only what sums of keys cannot do (arcs, pairs, pose). The trunk's units are radial (Broomhead and Lowe 1988)
with compact support (Wendland 1995, phi_3,1): the surface between vertices is smooth, and no unit reaches far.

Glossary: N points, M units, R modes of n, K = 52 coefficients.
"""

import numpy as np
import torch
from torch import Tensor, nn

from ..scene.rig import ARKIT

POSE = 12  # rotation vectors, radians: neck, jaw, left eye, right eye
_SIDED = tuple(1 if name.endswith("Left") else -1 if name.endswith("Right") else 0 for name in ARKIT)
_WHOLE = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")  # a direction, not a side
_STILL, _FULL = (
    0.020,
    0.012,
)  # meters on the other side of the head: a sided key is still from there on, whole up to there
_CHUNK = 4096  # points at a time: their units' values stay in the cache's reach


def radial(points: Tensor, centers: Tensor, radii: Tensor) -> Tensor:
    """Values of the units (N, M) at points (N, 4): (1 - r)^4 (4 r + 1) of the distance r in radii, 0 from 1 on."""
    apart = torch.cdist(points, centers, compute_mode="donot_use_mm_for_euclid_dist").div_(radii)
    rest = (1 - apart).clamp_(min=0).square_()
    return rest.square_().mul_(apart.mul_(4).add_(1))


class Gated(nn.Module):
    """A layer that can multiply its inputs, as pairs of keys ask for: (W x + b) tanh(V x + c) (Dauphin et al. 2017)."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.value, self.gate = nn.Linear(inputs, outputs), nn.Linear(inputs, outputs)

    def forward(self, given: Tensor) -> Tensor:
        """(..., inputs) -> (..., outputs)."""
        return self.value(given) * torch.tanh(self.gate(given))


class ExpressionNetwork(nn.Module):
    """See the module's text."""

    def __init__(self, units: int, modes: int, width: int):
        super().__init__()
        self.centers = nn.Parameter(torch.zeros(units, 4), requires_grad=False)  # canonical space, meters
        self.radii = nn.Parameter(torch.ones(units), requires_grad=False)
        self.keys = nn.Parameter(torch.zeros(units, len(ARKIT), 3), requires_grad=False)
        self.modes = nn.Parameter(torch.zeros(units, modes, 3), requires_grad=False)
        self.branch = nn.Sequential(Gated(len(ARKIT) + POSE, width), nn.Linear(width, modes))
        sided = [0 if name in _WHOLE else side for name, side in zip(ARKIT, _SIDED, strict=True)]
        self.register_buffer("sided", torch.tensor(sided, dtype=torch.float32), persistent=False)

    def beyond(self, coefficients: Tensor, pose: Tensor) -> Tensor:
        """n: coefficients (..., 52), pose (..., 12) -> (..., R)."""
        alone = torch.eye(len(ARKIT), len(ARKIT) + POSE)
        both = torch.cat([coefficients, pose], -1)
        neutral = self.branch(torch.zeros(len(ARKIT) + POSE))
        return self.branch(both) - neutral - coefficients @ (self.branch(alone) - neutral)

    def linear(self, points: Tensor) -> Tensor:
        """B: canonical points (N, 4) -> (N, 52, 3) meters."""
        return self._trunk(points, self.keys) * self.reach(points)[..., None]

    def forward(self, points: Tensor, coefficients: Tensor, pose: Tensor) -> Tensor:
        """canonical points (N, 4), coefficients (52,), pose (12,) -> displacements (N, 3) meters."""
        moved = torch.einsum("nki,k->ni", self.linear(points), coefficients)
        return moved + self.moved_by(points, self.beyond(coefficients, pose))

    def moved_by(self, points: Tensor, amounts: Tensor) -> Tensor:
        """H: canonical points (N, 4), amounts of the modes (..., R) -> (..., N, 3) meters."""
        return torch.einsum("nri,...r->...ni", self._trunk(points, self.modes), amounts)

    def reach(self, points: Tensor) -> Tensor:
        """How far each key goes at each point, (N, 52) in [0, 1]: a left key leaves the right half still."""
        own = points[:, :1] * self.sided
        share = ((own + _STILL) / (_STILL - _FULL)).clamp(0, 1)
        return torch.where(self.sided == 0, 1.0, share * share * (3 - 2 * share))

    def _trunk(self, points: Tensor, weights: Tensor) -> Tensor:
        """(N, 4) and (M, C, 3) -> (N, C, 3)."""
        flat = weights.flatten(1)
        parts = [radial(part, self.centers, self.radii) @ flat for part in points.split(_CHUNK)]
        return torch.cat(parts).unflatten(1, weights.shape[1:])

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything that was learned, by name."""
        return {name: value.numpy().copy() for name, value in self.state_dict().items()}

    @classmethod
    def of(cls, arrays: dict[str, np.ndarray]) -> "ExpressionNetwork":
        """The inverse of `arrays`. KeyError or RuntimeError where they are not a network's."""
        units, modes, _ = arrays["modes"].shape
        network = cls(units, modes, len(arrays["branch.1.weight"][0]))
        network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in arrays.items()})
        return network.requires_grad_(False)
