"""Where to compute."""

import torch

from .errors import UserError


def choose_device(name: str) -> torch.device:
    """The device that "auto", "cpu" or "cuda" asks for; UserError where it is not there."""
    available = torch.cuda.is_available()
    if name == "cuda" and not available:
        raise UserError("There is no CUDA device for torch here. Use --device cpu, or run `python install.py doctor`.")
    return torch.device("cpu" if name == "cpu" or not available else "cuda")
