"""Maps painted anew from some views, laid over those of before: what the views do not see is held."""

import numpy as np
from PIL import Image

from ..scene import Maps

_SEEN = (0.55, 0.9)  # of the confidence, from not at all to in full; what a head's other side lends has 0.5


def laid_over(before: Maps, painted: Maps) -> Maps:
    """The painted colors where they were well seen, else those of before; relief stays. Both of the same atlas."""
    before = resized(before, painted.photo.shape[0])
    ramp = np.clip((painted.confidence - _SEEN[0]) / (_SEEN[1] - _SEEN[0]), 0, 1)
    share = ramp * ramp * (3 - 2 * ramp)

    def mixed(old: np.ndarray, new: np.ndarray) -> np.ndarray:
        return (old + share * (new - old)).astype(np.float32)

    confidence = np.maximum(before.confidence, share * painted.confidence)
    return Maps(mixed(before.photo, painted.photo), mixed(before.albedo, painted.albedo), before.normal, confidence)


def resized(maps: Maps, size: int) -> Maps:
    """The maps with `size` texels along a side; themselves where they have them."""
    if maps.photo.shape[0] == size:
        return maps
    way = Image.Resampling.BOX if maps.photo.shape[0] > size else Image.Resampling.BILINEAR

    def scaled(plane: np.ndarray) -> np.ndarray:
        layers = (Image.fromarray(np.ascontiguousarray(layer)) for layer in np.moveaxis(plane, -1, 0))
        return np.stack([np.asarray(layer.resize((size, size), way)) for layer in layers], -1)

    return Maps(scaled(maps.photo), scaled(maps.albedo), scaled(maps.normal), scaled(maps.confidence))
