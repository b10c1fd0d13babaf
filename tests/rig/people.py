"""People drawn from a head model, and their keys under Apple's names."""

import numpy as np
import pytest

from backend.head.model import HeadModel
from backend.head.models import installed_model, load_head_model
from backend.scene.rig import ARKIT


def model_or_skip(name: str) -> HeadModel:
    """The model, if it is there."""
    if name != "builtin" and not installed_model(name).exists():
        pytest.skip(f"the head model {name} is not installed here")
    return load_head_model(name)


def person(model: HeadModel, seed: int) -> np.ndarray:
    """Neutral (V, 3) of somebody within two standard deviations; seed 0 is the mean."""
    identity = np.clip(np.random.default_rng(seed).normal(size=len(model.identity)), -2, 2) * (seed > 0)
    return model.shape(identity, np.zeros(len(model.expressions))).astype(float)


def keys_of(model: HeadModel) -> dict[str, np.ndarray]:
    """The model's expressions that are Apple's, (V, 3) each."""
    own = dict(zip(model.expression_names, model.expressions, strict=True))
    return {name: own[name].astype(np.float32) for name in ARKIT if name in own}
