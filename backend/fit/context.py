"""Where and how a fit computes."""

from dataclasses import dataclass

import torch

from ..kernels.renderer import Renderer


@dataclass(frozen=True)
class FitContext:
    """What every stage of a fit computes with."""

    renderer: Renderer
    device: torch.device
    seed: int = 0
