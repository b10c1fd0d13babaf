"""Radiance and distance fields: one file for each, behind one interface (`field.Field`)."""

from collections.abc import Mapping

import numpy as np
import torch

from .field import Field
from .gaussian import GaussianField
from .hash import HashField
from .nerf import NerfField
from .sdf import SdfField

_KINDS = {"sdf": SdfField, "nerf": NerfField, "hash": HashField, "gaussian": GaussianField}

__all__ = ["Field", "restore"]


def restore(representation: str, arrays: Mapping[str, np.ndarray], device: torch.device) -> Field:
    """The field of that representation from its `arrays()`, in the normalized frame."""
    return _KINDS[representation].from_arrays(arrays, device)
