"""The expression network learns what a teacher shows: units and keys in closed form, the branch by gradient descent.

The modes are the principal directions of what the teacher shows beyond sums of keys (a POD basis, as in Lu et al.
2022, section 3.1.3), so that the branch learns a small table of amounts instead of whole surfaces.
"""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from ..head.model import HeadModel
from ..scene.head import EYEBALL
from ..scene.progress import Progress
from ..scene.rig import ARKIT
from .canonical import canonical_points
from .correctives import PAIRS
from .network import ExpressionNetwork
from .teacher import Teacher, sampled_states
from .units import UnitsConfig, placed_units, values_at, weights_of


@dataclass(frozen=True)
class LearningConfig:
    """How long and how large."""

    units: UnitsConfig = field(default_factory=UnitsConfig)
    modes: int = 30
    width: int = 160  # of the branch's hidden layer
    witnesses: int = 400  # vertices that modes and amounts are found on
    shown: int = 110  # states, beside the pairs, that are shown on every vertex
    states: int = 5000  # states that the branch learns from
    steps: int = 1600
    batch: int = 256
    rate: float = 1.2e-2
    floor: float = 0.05  # of the strongest mode's amount: weaker ones are learned as if they had it


_PAIRED = 24  # states of each pair among those that are learned from
_ROOM = 100_000  # vertices times states that are worked on at once
# Where sums of keys go wrong and faces go often: each is shown at 1 and 1, and may be baked.


def learned_network(model: HeadModel, config: LearningConfig, seed: int, progress: Progress) -> ExpressionNetwork:
    """A network that does on the model's mean head what its expressions do, and what `Teacher` adds."""
    rows = np.flatnonzero(model.region != EYEBALL)  # balls turn rigidly, eyes.gaze_keys
    teacher, points = Teacher.of(model).at(rows), canonical_points(model)[rows]
    keys = np.ascontiguousarray(teacher.keys.transpose(1, 0, 2))
    centers, radii = placed_units(points, keys, config.units)
    progress(0.3)
    witnesses = teacher.at(centers[np.linspace(0, len(centers) - 1, config.witnesses).astype(int)])
    states, amounts, modes = _amounts(teacher, witnesses, config, seed)
    progress(0.5)
    network = _seeded(len(centers), config, seed)
    network.centers.data, network.radii.data = torch.from_numpy(points[centers]), torch.from_numpy(radii)
    wanted = torch.from_numpy(np.concatenate([keys, modes], 1).reshape(len(points), -1).astype(np.float32))
    weights = weights_of(values_at(points, points[centers], radii), wanted, config.units.ridge)
    network.keys.data, network.modes.data = (part.contiguous() for part in weights.unflatten(1, (-1, 3)).split(
        [len(ARKIT), config.modes], 1))  # fmt: skip
    progress(0.7)
    _teach_branch(network, states, amounts, config, seed)
    progress(1.0)
    return network.requires_grad_(False)


def _amounts(teacher: Teacher, witnesses: Teacher, config: LearningConfig, seed: int):
    """States (S, 64), amounts of the modes in each (S, R), and the modes on the teacher's vertices (P, R, 3)."""
    expressions, poses = sampled_states(config.states, seed)
    _pair_up(expressions, poses, seed)
    seen = _shown(witnesses, expressions, poses).reshape(config.states, -1)
    _, directions = np.linalg.eigh(seen.T @ seen)
    amounts = seen @ directions[:, : -config.modes - 1 : -1]
    amounts /= max(float(amounts[:, 0].std()), 1e-9)
    rows = np.r_[: len(PAIRS), np.linspace(len(PAIRS), config.states - 1, config.shown).astype(int)]
    shown = _shown(teacher, expressions[rows], poses[rows]).reshape(len(rows), -1)
    modes = np.linalg.lstsq(amounts[rows], shown, rcond=1e-6)[0]
    return np.concatenate([expressions, poses], 1), amounts, modes.reshape(config.modes, -1, 3).transpose(1, 0, 2)


def _pair_up(expressions: np.ndarray, poses: np.ndarray, seed: int) -> None:
    """The first states become pairs alone, each at 1 and 1 and then at random shares, in place."""
    random = np.random.default_rng(seed)
    for row in range(_PAIRED * len(PAIRS)):
        shares = random.uniform(0.3, 1, 2) if row >= len(PAIRS) else 1
        expressions[row], poses[row] = 0, 0
        expressions[row, [ARKIT.index(name) for name in PAIRS[row % len(PAIRS)]]] = shares


def _shown(teacher: Teacher, expressions: np.ndarray, poses: np.ndarray) -> np.ndarray:
    """(S, P, 3), a few states at a time."""
    cuts = range(_ROOM, len(expressions) * len(teacher.vertices), _ROOM)
    rows = sorted({cut // len(teacher.vertices) for cut in cuts} - {0})
    parts = zip(np.split(expressions, rows), np.split(poses, rows), strict=True)
    return np.concatenate([teacher.beyond(*part).astype(np.float32) for part in parts])


def _seeded(units: int, config: LearningConfig, seed: int) -> ExpressionNetwork:
    """An untrained network, the same for the same seed, without touching torch's own random state."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ExpressionNetwork(units, config.modes, config.width)


def _teach_branch(network: ExpressionNetwork, states, amounts, config: LearningConfig, seed: int) -> None:
    """Adam on the amounts, each mode measured by its own strength."""
    given, wanted = (torch.from_numpy(array.astype(np.float32)) for array in (states, amounts))
    strength = wanted.square().mean(0).sqrt()
    scale = 1 / (strength + config.floor * max(float(strength.max()), 1e-9))
    optimizer = torch.optim.Adam(network.branch.parameters(), config.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.rate, total_steps=config.steps)
    random = torch.Generator().manual_seed(seed)
    for _ in range(config.steps):
        chosen = torch.randint(len(given), (config.batch,), generator=random)
        loss = (_misfit(network, given[chosen], wanted[chosen]) * scale).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()


def _misfit(network: ExpressionNetwork, given: Tensor, wanted: Tensor) -> Tensor:
    """Amounts (S, R): the network's less those wanted; given (S, 64)."""
    return network.beyond(*given.split([len(ARKIT), given.shape[1] - len(ARKIT)], 1)) - wanted
