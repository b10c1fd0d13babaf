"""The light that skin sends back from within, without its gloss.

What is mirrored at a surface has the lamp's color, and adds about as much to every channel of linear light (Shafer
1985, the dichromatic model): the difference of two channels is free of it (Tan and Ikeuchi 2005; the specular-free
axes of Mallick et al. 2005). Gloss lies behind the skin, seen from two sides, and dents what is compared with it;
freckles, pores and lips stay where the skin is. The price is contrast, and skin that is overexposed says nothing.
"""

from collections.abc import Sequence

import numpy as np

from ..scene import View
from ..scene.color import to_linear, to_srgb

# Share of red by which it exceeds green from which on a pixel has a color of its own: skin has 0.39 to 0.57 (measured).
_COLORED = 0.12
_ENOUGH = 0.2  # share of the subject that must be colored
_CLIPPED = 0.985  # sRGB


def has_color(views: Sequence[View]) -> bool:
    """Whether enough of the subject is of skin's colors; it is not in gray photos."""
    pixels = np.concatenate([view.photo[view.mask > 0.5] for view in views])
    red, green = to_linear(pixels[:, 0]), to_linear(pixels[:, 1])
    return bool(np.mean(red - green > _COLORED * red) > _ENOUGH)


def matte_light(photo: np.ndarray) -> np.ndarray:
    """photo (H, W, 3) sRGB -> red light without what it shares with green (H, W) in [0, 1], encoded as sRGB."""
    return to_srgb(to_linear(photo[..., 0]) - to_linear(photo[..., 1]))


def unclipped(photo: np.ndarray) -> np.ndarray:
    """photo (H, W, 3) sRGB -> (H, W) bool: where no channel has reached its end."""
    return photo.max(-1) < _CLIPPED
