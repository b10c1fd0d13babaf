"""The texture stage: texture coordinates, maps baked from the photos, light separated from albedo."""

from .config import TextureConfig
from .unwrap import Unwrapping

__all__ = ["TextureConfig", "Unwrapping", "paint"]


def __getattr__(name: str):
    """`paint` is loaded when first asked for: the unwrapping process imports this package without torch and Warp."""
    if name == "paint":
        from .painting import paint

        return paint
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
